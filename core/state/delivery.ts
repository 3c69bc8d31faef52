import type { ErrorRecord } from '../errors.js';
import type { Mail, Mailbox } from '../messaging/mailbox.js';
import type { Message } from '../messaging/message.js';
import type { Published } from './publish-ledger.js';
import type { RunRecord } from './run-record.js';
import type { Session } from './session.js';

/**
 * - `waiting`: in its mailbox
 * - `running`: an invocation has it
 * - `retrying`: an attempt failed, the next one is due at `dueAt`
 * - `parked`: nobody answered its question in time; it runs again when the answer comes
 */
export type DeliveryStatus = 'waiting' | 'running' | 'retrying' | 'parked';

/**
 * A message on its way to one agent, until its outcome is known. Unfinished deliveries form one list in the order of
 * their numbers, and the waiting ones of a mailbox another: both are linked through the delivery itself, so that
 * adding and removing allocate nothing and cost the same however many there are.
 */
export class Delivery implements Mail<Delivery> {
  readonly number: number;
  readonly session: Session;
  readonly message: Message;
  readonly mailbox: Mailbox<Delivery>;
  /** Number of its node in the execution tree. */
  node: number;
  run: RunRecord | undefined;
  status: DeliveryStatus = 'waiting';
  /** How often it was started. */
  attempts = 0;
  /** When a retry is due, in milliseconds since 1970. */
  dueAt = 0;
  /** What went wrong in each attempt that failed. */
  errors: ErrorRecord[] | undefined;
  /** What its invocation has published, so that a further attempt does not publish it again. */
  published: Published | undefined;
  /** Ids of the questions it asked, in order. */
  questions: string[] | undefined;
  tokensReserved = 0;

  previous: Delivery | undefined;
  next: Delivery | undefined;
  nextInMailbox: Delivery | undefined;

  constructor(
    number: number,
    session: Session,
    message: Message,
    mailbox: Mailbox<Delivery>,
    run: RunRecord | undefined,
    node: number,
  ) {
    this.number = number;
    this.session = session;
    this.message = message;
    this.mailbox = mailbox;
    this.run = run;
    this.node = node;
  }
}

/** Unfinished deliveries in the order of their numbers. */
export class DeliveryList {
  head: Delivery | undefined;
  length = 0;
  #tail: Delivery | undefined;
  /** By number; made at the first look-up, so that a live run, which holds the deliveries themselves, pays nothing. */
  #index: Map<number, Delivery> | undefined;

  push(delivery: Delivery): void {
    this.#index?.set(delivery.number, delivery);
    delivery.previous = this.#tail;
    if (this.#tail) this.#tail.next = delivery;
    else this.head = delivery;
    this.#tail = delivery;
    this.length++;
  }

  /** The unfinished delivery with this number. */
  find(number: number): Delivery | undefined {
    this.#index ??= new Map([...this].map((delivery) => [delivery.number, delivery]));
    return this.#index.get(number);
  }

  remove(delivery: Delivery): void {
    this.#index?.delete(delivery.number);
    const { previous, next } = delivery;
    if (previous) previous.next = next;
    else this.head = next;
    if (next) next.previous = previous;
    else this.#tail = previous;
    delivery.previous = undefined;
    delivery.next = undefined;
    this.length--;
  }

  *[Symbol.iterator](): Generator<Delivery> {
    let at = this.head;
    while (at) {
      const { next } = at;
      yield at;
      at = next;
    }
  }
}
