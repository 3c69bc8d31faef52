import { invalid, PubSubError } from '../errors.js';
import { applyEvent } from '../state/fold.js';
import { restore } from '../state/restore.js';
import type { RunEvent } from '../state/run-event.js';
import { RunState } from '../state/run-state.js';
import { EVENT_KINDS, type EventBatch, type MessageRoute } from './event-batch.js';
import { rebuildPublished } from './event-rebuild.js';
import {
  type AckFrame,
  type CommandResult,
  type GapFrame,
  INSPECTOR_VERSION,
  type InspectorCommand,
  type InspectorFrame,
} from './frames.js';
import type { WatcherEnd } from './link.js';

export interface WatchOptions {
  /** Called for each event after it has become part of `state`; message payloads are null in it. */
  readonly onEvent?: ((event: RunEvent, state: RunState) => void) | undefined;
  /** Called when the state is another as a whole: at the beginning, and after a gap. */
  readonly onState?: ((state: RunState) => void) | undefined;
  /** Called when detail was given up; `onState` follows. */
  readonly onGap?: ((gap: GapFrame) => void) | undefined;
  /** Called once, when the executor is closed, or has been when the watching began. */
  readonly onClosed?: (() => void) | undefined;
  /** Called when the other end speaks another version: nothing of what it sends can be shown. */
  readonly onForeignVersion?: ((version: number) => void) | undefined;
}

/** What {@link watchExecutor} answers. */
export interface ExecutorWatch {
  /** What the executor is called; empty until it has said so. */
  readonly name: string;
  /** The executor's state, payloads of messages apart, folded here. Read it; never change it. */
  readonly state: RunState;
  /** Whether the executor has been closed: commands that would change something are refused. */
  readonly closed: boolean;
  /** Asks the executor to do something. Rejects with the `PubSubError` that it met there. */
  command(command: InspectorCommand): Promise<CommandResult | undefined>;
  /** From then on watching costs the executor nothing; commands that were not answered are rejected. */
  stop(): void;
}

/**
 * Follows an executor at the other end of a link, as the panel does: what comes is folded, by the core's own fold, into
 * a state of its own. For whoever builds another view of it: a terminal, a dashboard, a test.
 *
 * @throws PubSubError `VALIDATION_ERROR` when `link` is none.
 * @example
 * const watch = watchExecutor(portWatcherEnd(port), { onEvent: ({ seq, type }) => console.log(seq, type) });
 * await watch.command({ name: 'pause' });
 */
export function watchExecutor(link: WatcherEnd, options: WatchOptions = {}): ExecutorWatch {
  if (typeof link?.onFrame !== 'function') throw invalid('link', 'the watcher’s end of a link', link);
  return new Watcher(link, options);
}

class Watcher implements ExecutorWatch {
  name = '';
  closed = false;
  state = new RunState({ nodes: 1 });
  readonly #link: WatcherEnd;
  readonly #options: WatchOptions;
  readonly #waiting = new Map<number, (frame: Pick<AckFrame, 'error' | 'result'>) => void>();
  readonly #offFrame: () => void;
  #routes: MessageRoute[] = [];
  #commands = 0;
  #stopped = false;

  constructor(link: WatcherEnd, options: WatchOptions) {
    this.#link = link;
    this.#options = options;
    this.#offFrame = link.onFrame((frame) => this.#receive(frame));
    link.send({ v: INSPECTOR_VERSION, type: 'watch' });
  }

  command(command: InspectorCommand): Promise<CommandResult | undefined> {
    if (this.#stopped) return Promise.reject(new PubSubError('CANCELLED', 'this watch has been stopped'));
    const id = ++this.#commands;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ error, result }) => {
        if (error) reject(PubSubError.fromRecord(error));
        else resolve(result);
      });
      this.#link.send({ v: INSPECTOR_VERSION, type: 'command', id, command });
    });
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#link.send({ v: INSPECTOR_VERSION, type: 'unwatch' });
    this.#offFrame();
    const error = { code: 'CANCELLED', message: 'the watch was stopped before the answer came' } as const;
    for (const settle of this.#waiting.values()) settle({ error });
    this.#waiting.clear();
  }

  #receive(frame: InspectorFrame): void {
    if (frame.v !== INSPECTOR_VERSION) {
      this.#options.onForeignVersion?.(frame.v);
      return;
    }
    switch (frame.type) {
      case 'hello':
        this.name = frame.name;
        return;
      case 'snapshot': {
        const head = frame.parts.find((part) => part.part === 'head');
        this.state = restore(frame.parts, head?.limits ?? { nodes: 1 });
        this.#routes = [];
        this.#options.onState?.(this.state);
        break;
      }
      case 'gap':
        this.#options.onGap?.(frame);
        return;
      case 'delta':
        // What does not follow on what is known is never shown: a fresh snapshot is.
        if (frame.batch.first !== this.state.seq + 1 || !this.#folds(frame.batch)) {
          this.#link.send({ v: INSPECTOR_VERSION, type: 'watch' });
          return;
        }
        break;
      case 'closed':
        if (!this.closed) {
          this.closed = true;
          this.#options.onClosed?.();
        }
        return;
      case 'ack': {
        const settle = this.#waiting.get(frame.id);
        this.#waiting.delete(frame.id);
        settle?.(frame);
        return;
      }
    }
    this.#link.send({ v: INSPECTOR_VERSION, type: 'received', seq: this.state.seq });
  }

  /** False when what is known here is something else than what it was made for. */
  #folds(batch: EventBatch): boolean {
    const { state } = this;
    this.#routes.push(...batch.routes);
    let publish = 0;
    let body = 0;
    for (let index = 0; index < batch.kind.length; index++) {
      const kind = batch.kind[index];
      const [seq, at, delivery] = [batch.first + index, batch.at[index] ?? 0, batch.delivery[index] ?? 0];
      let event: RunEvent | undefined;
      if (kind === EVENT_KINDS.published) {
        const route = this.#routes[batch.route[publish] ?? -1];
        const [publisher = 0, ordinal = 0] = [batch.publisher[publish], batch.ordinal[publish]];
        publish++;
        event = route && rebuildPublished(state, seq, at, publisher, ordinal, route);
      } else if (kind === EVENT_KINDS.body) event = batch.bodies[body++];
      else event = { seq, at, delivery, type: kind === EVENT_KINDS.started ? STARTED : SUCCEEDED };
      if (!event || !applies(state, event)) return false;
      this.#options.onEvent?.(event, state);
    }
    return true;
  }
}

function applies(state: RunState, event: RunEvent): boolean {
  try {
    applyEvent(state, event);
    return true;
  } catch {
    return false;
  }
}

const STARTED = 'delivery.started' as const;
const SUCCEEDED = 'delivery.succeeded' as const;
