import type { ErrorRecord } from '../../core/errors.js';
import type { RunEvent } from '../../core/state/run-event.js';

/** Something went wrong, at an event. */
export interface Problem {
  readonly seq: number;
  readonly at: number;
  readonly kind: 'failed' | 'invalid' | 'retrying' | 'dropped' | 'refused' | 'run';
  /** Empty while it is not known yet; see `Problems.locate`. */
  agent: string;
  readonly channel: string;
  /** Number of the node in the tree; 0 when it has none, or it is not known yet. */
  node: number;
  readonly error: ErrorRecord | undefined;
}

/** How many of these, which are oldest first, had happened when event `seq` had. */
export function problemsUpTo(problems: readonly Problem[], seq: number): number {
  let [low, high] = [0, problems.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((problems[middle]?.seq ?? 0) <= seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Problems kept. */
const MOST_PROBLEMS = 20_000;

/**
 * What went wrong, oldest first. It is noted as soon as it comes; where it happened only the deliveries tell, which may be
 * gathered a little later.
 */
export class Problems {
  list: Problem[] = [];
  /** How many have been located, or need not be. */
  #located = 0;

  /** Takes an event that may be one. */
  note(event: RunEvent): void {
    switch (event.type) {
      case 'message.refused':
        this.#add(event, 'refused', event.reason, event.channel, event.node);
        return;
      case 'delivery.retrying':
        this.#add(event, 'retrying', event.error);
        return;
      case 'delivery.failed':
        this.#add(event, event.invalid ? 'invalid' : 'failed', event.error);
        return;
      case 'delivery.dropped':
        this.#add(event, 'dropped', undefined);
        return;
      case 'run.ended':
        if (event.error) this.#add(event, 'run', event.error);
    }
  }

  /** The problem of event `seq` happened here. Problems are located in their order. */
  locate(seq: number, agent: string, node: number): void {
    while ((this.list[this.#located]?.seq ?? seq) < seq) this.#located++;
    const problem = this.list[this.#located];
    if (problem?.seq !== seq) return;
    problem.agent = agent;
    problem.node = node;
    this.#located++;
  }

  dropUpTo(seq: number): void {
    const kept = this.list.findIndex((problem) => problem.seq > seq);
    this.#dropFirst(kept < 0 ? this.list.length : kept);
  }

  #add(
    { seq, at }: RunEvent,
    kind: Problem['kind'],
    error: ErrorRecord | undefined,
    channel = '',
    node = 0,
  ): void {
    this.list.push({ seq, at, kind, agent: '', channel, node, error });
    if (this.list.length > MOST_PROBLEMS * 1.1) this.#dropFirst(this.list.length - MOST_PROBLEMS);
  }

  #dropFirst(count: number): void {
    this.list = this.list.slice(count);
    this.#located = Math.max(0, this.#located - count);
  }
}
