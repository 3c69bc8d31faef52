import type { Channel } from '../messaging/channel.js';
import type { Mailbox } from '../messaging/mailbox.js';
import type { Publication } from '../messaging/publication.js';
import type { Delivery } from './delivery.js';
import type { RunEvent } from './run-event.js';
import type { RunRecord } from './run-record.js';
import type { RunState } from './run-state.js';

/**
 * Sees each event at once, as soon as the state has taken it in. For what happens most no event is made: who keeps columns
 * of numbers needs none, and making three objects for each message costs more than keeping it. It must be quick and must
 * not throw. The number of the event is the state's `seq`.
 */
export interface RunObserver {
  messagePublished(
    at: number,
    channel: Channel,
    publication: Publication,
    publisher: Delivery | undefined,
    run: RunRecord | undefined,
    mailboxes: readonly Mailbox<Delivery>[],
  ): void;
  deliveryStarted(at: number, delivery: Delivery): void;
  deliverySucceeded(at: number, delivery: Delivery): void;
  /** Anything else. */
  take(event: RunEvent): void;
}

/** Who makes things happen to a live state, and tells of it. */
export interface Observable {
  /** Adds an observer; the answer takes it out again. */
  observe(observer: RunObserver): () => void;
  /**
   * Calls back when the executor has been closed, at once if it has been already; the answer ends the wait. The callback
   * must not throw: whoever closes would meet it.
   */
  whenClosed(callback: () => void): () => void;
}

const observables = new WeakMap<RunState, Observable>();

/** From now on, who observes this state is told by `observable`; undefined: by nobody. */
export function letObserve(state: RunState, observable: Observable | undefined): void {
  if (observable) observables.set(state, observable);
  else observables.delete(state);
}

/** Who tells of a live state; undefined for one that nobody lives, as it was folded or restored. */
export function observableOf(state: RunState): Observable | undefined {
  return observables.get(state);
}
