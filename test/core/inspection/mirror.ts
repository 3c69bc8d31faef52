import { EVENT_KINDS, type EventBatch, type MessageRoute } from '../../../core/inspection/event-batch.js';
import { rebuildPublished } from '../../../core/inspection/event-rebuild.js';
import type { CommandResult, InspectorCommand, InspectorFrame } from '../../../core/inspection/frames.js';
import type { WatcherEnd } from '../../../core/inspection/link.js';
import { applyEvent } from '../../../core/state/fold.js';
import { restore } from '../../../core/state/restore.js';
import type { RunEvent } from '../../../core/state/run-event.js';
import { RunState } from '../../../core/state/run-state.js';

/** The least that a watcher must do: it keeps every frame, and folds what it gets into a state of its own. */
export class Mirror {
  readonly frames: InspectorFrame[] = [];
  readonly events: RunEvent[] = [];
  state: RunState = new RunState({ nodes: 1 });
  /** Whether what came is reported as taken in. */
  prompt = true;
  readonly #link: WatcherEnd;
  readonly #waiting = new Map<number, (frame: Extract<InspectorFrame, { type: 'ack' }>) => void>();
  readonly #listeners = new Set<() => void>();
  #routes: MessageRoute[] = [];
  #commands = 0;

  constructor(link: WatcherEnd) {
    this.#link = link;
    link.onFrame((frame) => this.#receive(frame));
  }

  watch(): void {
    this.#link.send({ v: 1, type: 'watch' });
  }

  unwatch(): void {
    this.#link.send({ v: 1, type: 'unwatch' });
  }

  received(): void {
    this.#link.send({ v: 1, type: 'received', seq: this.state.seq });
  }

  /** Resolves with the result; rejects with the error record of the ack. */
  command(command: InspectorCommand): Promise<CommandResult | undefined> {
    const id = ++this.#commands;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ error, result }) => (error ? reject(error) : resolve(result)));
      this.#link.send({ v: 1, type: 'command', id, command });
    });
  }

  /** Resolves as soon as `condition` holds after a frame (or already does). */
  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (!condition()) return;
        this.#listeners.delete(check);
        resolve();
      };
      this.#listeners.add(check);
      check();
    });
  }

  #receive(frame: InspectorFrame): void {
    this.frames.push(frame);
    if (frame.type === 'snapshot') {
      const head = frame.parts.find((part) => part.part === 'head');
      this.state = restore(frame.parts, head?.limits ?? { nodes: 1 });
      this.#routes = [];
    }
    if (frame.type === 'delta') this.#fold(frame.batch);
    if (frame.type === 'ack') this.#waiting.get(frame.id)?.(frame);
    if (this.prompt && (frame.type === 'delta' || frame.type === 'snapshot')) this.received();
    for (const listener of [...this.#listeners]) listener();
  }

  #fold(batch: EventBatch): void {
    this.#routes.push(...batch.routes);
    let publish = 0;
    let body = 0;
    for (let index = 0; index < batch.kind.length; index++) {
      const kind = batch.kind[index];
      const [seq, at, delivery] = [batch.first + index, batch.at[index] ?? 0, batch.delivery[index] ?? 0];
      let event: RunEvent | undefined;
      if (kind === EVENT_KINDS.body) event = batch.bodies[body++];
      else if (kind === EVENT_KINDS.published) {
        const route = this.#routes[batch.route[publish] ?? 0];
        const [publisher = 0, ordinal = 0] = [batch.publisher[publish], batch.ordinal[publish++]];
        if (route) event = rebuildPublished(this.state, seq, at, publisher, ordinal, route);
      } else {
        event = {
          seq,
          at,
          delivery,
          type: kind === EVENT_KINDS.started ? 'delivery.started' : 'delivery.succeeded',
        };
      }
      if (!event) throw new Error(`event ${seq} is not in its batch`);
      applyEvent(this.state, event);
      this.events.push(event);
    }
  }
}
