import { type ErrorRecord, PubSubError } from '../errors.js';
import type { Mailbox } from '../messaging/mailbox.js';
import type { Delivery } from '../state/delivery.js';
import { errorFrom, isError, thrownRecord } from '../thrown.js';
import { FailureNote } from './failure-note.js';
import type { Logger } from './logger.js';
import type { Recorder } from './recorder.js';

/** So many of the newest throws are kept as they were thrown: an error may hold on to anything. */
const MOST_THROWN = 1000;
/** So many stacks of one agent and channel are recorded in so many milliseconds: a storm must not fill the journal. */
const MOST_STACKS = 20;
const STACKS_PERIOD = 600_000;

/**
 * Records what agents threw. An event can only say it in JSON; the thrown itself, with its stack and its cause, is kept beside the
 * record of it, in this session, and goes when the record goes.
 */
export class Failures {
  readonly #recorder: Recorder;
  readonly #note: FailureNote;
  readonly #recordsStacks: boolean;
  /** By the record, which the tree keeps as long as the node. */
  readonly #thrown = new WeakMap<ErrorRecord, unknown>();
  /** Records of the newest, each in the place of the oldest. */
  readonly #newest: WeakRef<ErrorRecord>[] = [];
  #place = 0;
  readonly #stacks = new WeakMap<Mailbox<Delivery>, { readonly since: number; count: number }>();

  /** @param recordsStacks whether events say where an error was thrown: it differs from machine to machine. */
  constructor(recorder: Recorder, logger: Logger, recordsStacks: boolean) {
    this.#recorder = recorder;
    this.#note = new FailureNote(logger);
    this.#recordsStacks = recordsStacks;
  }

  /** An attempt has failed; the next is due in so many milliseconds. */
  retry(delivery: Delivery, thrown: unknown, delay: number): void {
    const at = this.#recorder.now();
    this.#recorder.deliveryRetrying(at, delivery, this.#record(at, delivery, thrown), at + delay);
  }

  /** The last attempt has failed, or none could be made, as the input did not fit: told to the developer, too. */
  fail(delivery: Delivery, thrown: unknown, invalid: boolean): void {
    const at = this.#recorder.now();
    const record = this.#record(at, delivery, thrown);
    this.#recorder.deliveryFailed(at, delivery, record, invalid);
    this.#note.write(at, delivery, record, invalid, isError(thrown) ? thrown : this.errorOf(record));
  }

  #record(at: number, { mailbox }: Delivery, thrown: unknown): ErrorRecord {
    const record = thrownRecord(thrown, this.#recordsStacks && this.#takeStack(at, mailbox));
    const oldest = this.#newest[this.#place]?.deref();
    if (oldest) this.#thrown.delete(oldest);
    this.#newest[this.#place] = new WeakRef(record);
    this.#place = (this.#place + 1) % MOST_THROWN;
    this.#thrown.set(record, thrown);
    return record;
  }

  /** The error that a record tells of; with its cause, if it is of this session and not too long ago. */
  errorOf(record: ErrorRecord): PubSubError {
    const thrown = this.#thrown.get(record);
    return thrown === undefined ? PubSubError.fromRecord(record) : errorFrom(record, thrown);
  }

  close(): void {
    this.#note.close();
  }

  #takeStack(at: number, mailbox: Mailbox<Delivery>): boolean {
    let taken = this.#stacks.get(mailbox);
    if (!taken || at < taken.since || at >= taken.since + STACKS_PERIOD) {
      taken = { since: at, count: 0 };
      this.#stacks.set(mailbox, taken);
    }
    return ++taken.count <= MOST_STACKS;
  }
}
