import type { ErrorRecord, PubSubError } from '../errors.js';
import type { Mail, Mailbox } from '../messaging/mailbox.js';
import type { Message } from '../messaging/message.js';
import type { Publication } from '../messaging/publication.js';
import type { Published } from './publish-ledger.js';
import type { RunRecord } from './run-record.js';
import type { Session } from './session.js';
import type { TreeScope } from './tree-labels.js';

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
  /** It was there before the run that works on it now. */
  isAdopted = false;
}

/**
 * A message on its way to one agent, until its outcome is known. The waiting ones of a mailbox are linked through
 * themselves, so that adding and removing allocate nothing.
 */
export class Delivery implements Mail {
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
  nextInMailbox = 0;

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

  /** Whether it was there before the run that works on it now. */
  get isAdopted(): boolean {
    return this.extras?.isAdopted ?? false;
  }

  set isAdopted(isAdopted: boolean) {
    if (isAdopted !== this.isAdopted) this.withExtras().isAdopted = isAdopted;
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
