import type { ErrorRecord, PubSubError } from '../errors.js';
import { type Mail, Mailbox } from '../messaging/mailbox.js';
import type { Message } from '../messaging/message.js';
import { Publication } from '../messaging/publication.js';
import type { Published } from './publish-ledger.js';
import type { RunRecord } from './run-record.js';
import { NO_SESSION, type Session } from './session.js';
import { type TreeScope, treeScope } from './tree-labels.js';

/**
 * - `waiting`: in its mailbox
 * - `running`: an invocation has it
 * - `retrying`: an attempt failed, the next one is due at `dueAt`
 * - `parked`: nobody answered its question in time; it runs again when the answer comes
 */
export type DeliveryStatus = 'waiting' | 'running' | 'retrying' | 'parked';

/** The executor's side of a delivery that runs; state knows no more of it. */
export interface RunningAttempt {
  /** Takes its say away: see `Invocation.abandon`. */
  abandon(reason: PubSubError): void;
}

/** What few deliveries have; made when one does. */
class DeliveryExtras {
  /** When a retry is due, in milliseconds since 1970. */
  dueAt = 0;
  /** What went wrong in each attempt that failed. */
  errors: ErrorRecord[] | undefined = undefined;
  /** Ids of the questions it asked, in order. */
  questions: string[] | undefined = undefined;
  tokensReserved = 0;
}

/**
 * A message on its way to one agent, until its outcome is known. Unfinished deliveries form one list in the order of
 * their numbers, and the waiting ones of a mailbox another: both are linked through the delivery itself, so that
 * adding and removing allocate nothing and cost the same however many there are.
 */
export class Delivery implements Mail<Delivery> {
  readonly number: number;
  readonly publication: Publication;
  readonly mailbox: Mailbox<Delivery>;
  /** Number of its node in the execution tree. */
  node: number;
  run: RunRecord | undefined;
  /** How the tree names its run, and the session in which it came into being. */
  scope: TreeScope;
  status: DeliveryStatus = 'waiting';
  /** How often it was started. */
  attempts = 0;
  /** What its invocation has published, so that a further attempt does not publish it again. */
  published: Published | undefined = undefined;
  /** Set while an attempt at it is in progress. */
  attempt: RunningAttempt | undefined = undefined;
  /** Undefined for most: smaller objects let more of them stay in the processor's cache. */
  extras: DeliveryExtras | undefined = undefined;

  /** Its neighbours among the unfinished, of which the border of the list is one; itself before it was in a list. */
  previous: Delivery = this;
  next: Delivery = this;
  nextInMailbox: Delivery | undefined = undefined;

  constructor(
    number: number,
    scope: TreeScope,
    publication: Publication,
    mailbox: Mailbox<Delivery>,
    run: RunRecord | undefined,
    node: number,
  ) {
    this.number = number;
    this.scope = scope;
    this.publication = publication;
    this.mailbox = mailbox;
    this.run = run;
    this.node = node;
  }

  get message(): Message {
    return this.publication.message;
  }

  /** When a retry is due, in milliseconds since 1970; 0: at once. */
  get dueAt(): number {
    return this.extras?.dueAt ?? 0;
  }

  set dueAt(dueAt: number) {
    if (dueAt !== this.dueAt) this.withExtras().dueAt = dueAt;
  }

  /** What went wrong in each attempt that failed. */
  get errors(): readonly ErrorRecord[] | undefined {
    return this.extras?.errors;
  }

  /** Ids of the questions it asked, in order. */
  get questions(): readonly string[] | undefined {
    return this.extras?.questions;
  }

  get tokensReserved(): number {
    return this.extras?.tokensReserved ?? 0;
  }

  set tokensReserved(amount: number) {
    if (amount !== this.tokensReserved) this.withExtras().tokensReserved = amount;
  }

  withExtras(): DeliveryExtras {
    this.extras ??= new DeliveryExtras();
    return this.extras;
  }

  /** The session in which it came into being: its ids tell of that. */
  get session(): Session {
    return this.scope.session;
  }
}

/** What stands at both ends of a list, so that no delivery in it lacks a neighbour. It is itself no delivery. */
function border(): Delivery {
  const message: Message = { id: '', timestamp: '', source: '', channel: '', payload: null, parentId: '' };
  const publication = Publication.of(message, 0, false);
  const delivery = new Delivery(
    0,
    treeScope(undefined, NO_SESSION),
    publication,
    new Mailbox('', ''),
    undefined,
    0,
  );
  delivery.previous = delivery;
  delivery.next = delivery;
  return delivery;
}

/**
 * Unfinished deliveries in the order of their numbers: a ring through a border, so that adding and removing do the same
 * whether it is empty or not. What is done for the first time after a pause makes the engine compile anew.
 */
export class DeliveryList {
  length = 0;
  private readonly border: Delivery = border();
  /** By number; made at the first look-up, so that a live run, which holds the deliveries themselves, pays nothing. */
  private index: Map<number, Delivery> | undefined = undefined;

  push(delivery: Delivery): void {
    this.index?.set(delivery.number, delivery);
    const after = this.border;
    const before = after.previous;
    delivery.previous = before;
    delivery.next = after;
    before.next = delivery;
    after.previous = delivery;
    this.length++;
  }

  /** The unfinished delivery with this number. */
  find(number: number): Delivery | undefined {
    this.index ??= new Map([...this].map((delivery) => [delivery.number, delivery]));
    return this.index.get(number);
  }

  remove(delivery: Delivery): void {
    this.index?.delete(delivery.number);
    const { previous, next } = delivery;
    previous.next = next;
    next.previous = previous;
    // Whoever keeps it must not keep its neighbours, and whoever walks the list and is at this one comes to the end.
    delivery.previous = this.border;
    delivery.next = this.border;
    this.length--;
  }

  *[Symbol.iterator](): Generator<Delivery> {
    let at = this.border.next;
    while (at !== this.border) {
      const { next } = at;
      yield at;
      at = next;
    }
  }
}
