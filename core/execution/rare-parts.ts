import { type PubSubError, toPubSubError } from '../errors.js';
import type { Message } from '../messaging/message.js';
import type { Repetition } from '../state/publish-ledger.js';
import { FloatingRefusal } from './floating-refusal.js';
import type { Transaction } from './transaction.js';

/** What few attempts at a message need; made when one does, so that the others stay small. */
export class RareParts {
  /** Called when it ends, however it does. */
  endings: (() => void)[] | undefined = undefined;
  /** Ids of the questions it has asked. */
  readonly questions: string[] = [];
  /** What earlier attempts have published. */
  repetition: Repetition | undefined = undefined;
  transaction: Transaction | undefined = undefined;
  pendingPublishes = 0;
  whenPublished: (() => void) | undefined = undefined;
  refusals: { readonly promise: FloatingRefusal<Message>; readonly error: PubSubError }[] | undefined =
    undefined;
  controller: AbortController | undefined = undefined;

  /** A publish that has to wait: the attempt is not over before it has settled. */
  track(published: Promise<Message>): Promise<Message> {
    this.pendingPublishes++;
    const watched = new FloatingRefusal<Message>((resolve) => resolve(published));
    published.then(
      () => this.publishSettled(),
      (thrown: unknown) => {
        this.note(watched, toPubSubError(thrown));
        // One more round, so that an agent that awaits the promise has seen the refusal before anybody judges.
        void Promise.resolve().then(() => this.publishSettled());
      },
    );
    return watched.silence();
  }

  /** A refused publish fails the attempt if nobody ever looks at its promise. */
  note(promise: FloatingRefusal<Message>, error: PubSubError): void {
    promise.silence();
    this.refusals ??= [];
    this.refusals.push({ promise, error });
  }

  private publishSettled(): void {
    if (--this.pendingPublishes > 0) return;
    this.whenPublished?.();
    this.whenPublished = undefined;
  }
}
