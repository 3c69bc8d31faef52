import { EVENT_KINDS } from '../../core/inspection/event-batch.js';
import type { Recording } from './recording.js';

/** Milliseconds over which a rate is taken, and over which where there is no other sample. */
const RECENT_MS = 1500;
const LATEST_MS = 5000;

/** Sums of something over time, and how fast they grow: per second, over the last second or so. */
export class Rates {
  #samples: { readonly at: number; readonly totals: ReadonlyMap<string, number> }[] = [];
  #rates: ReadonlyMap<string, number> = new Map();

  /** Notes the sums at a time; at most ten samples a second are worth keeping. */
  sample(at: number, totals: ReadonlyMap<string, number>): void {
    const newest = this.#samples.at(-1);
    if (newest && at - newest.at < 90) return;
    const recent = this.#samples.filter((sample) => at - sample.at <= RECENT_MS);
    // In a flood somebody looks every two seconds only.
    if (recent.length === 0 && newest && at - newest.at <= LATEST_MS) recent.push(newest);
    this.#samples = [...recent, { at, totals }];
    const oldest = this.#samples[0];
    if (!oldest || at - oldest.at < 50) {
      this.#rates = new Map();
      return;
    }
    // A lone sample long ago says nothing of now: what came since then is spread over a second at least.
    const seconds = Math.max(at - oldest.at, 500) / 1000;
    this.#rates = new Map(
      [...totals].map(([name, total]) => [
        name,
        Math.max(0, total - (oldest.totals.get(name) ?? 0)) / seconds,
      ]),
    );
  }

  of(name: string): number {
    return this.#rates.get(name) ?? 0;
  }

  clear(): void {
    this.#samples = [];
    this.#rates = new Map();
  }
}

/** Events looked back over for what happened in a second of the past. */
const MOST_LOOKED_AT = 100_000;

/** What happened in the second up to event `seq`: messages published by channel, invocations started by agent. */
export function secondBefore(
  { log, first, flows, lanes }: Recording,
  seq: number,
): { readonly published: ReadonlyMap<string, number>; readonly started: ReadonlyMap<string, number> } {
  const published = new Map<string, number>();
  const started = new Map<string, number>();
  const now = log.timeOf(seq);
  const last = Math.max(first, seq - MOST_LOOKED_AT);
  let at = seq;
  for (; at > last && now - log.timeOf(at) <= 1000; at--) {
    const kind = log.kindOf(at);
    if (kind === EVENT_KINDS.published) count(published, log.publishOf(at)?.route.channel);
    else if (kind === EVENT_KINDS.started) count(started, lanes.nameOf(flows.laneOf(log.deliveryOf(at))));
    else if (kind === EVENT_KINDS.body) {
      // A publish that says more than its route is kept whole: an id of its own, a task.
      const event = log.bodyOf(at);
      if (event?.type === 'message.published') count(published, event.message.channel);
    }
  }
  // So many that they do not fill the second stand for the rest of it.
  const share = Math.max(1, now - log.timeOf(at + 1)) / 1000;
  if (at === last && last > first && share < 1)
    for (const sums of [published, started]) for (const [name, sum] of sums) sums.set(name, sum / share);
  return { published, started };
}

function count(sums: Map<string, number>, name = ''): void {
  sums.set(name, (sums.get(name) ?? 0) + 1);
}
