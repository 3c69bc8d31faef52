import type { ErrorRecord } from '../errors.js';
import type { Mailbox } from '../messaging/mailbox.js';
import type { Delivery } from '../state/delivery.js';
import type { Logger } from './logger.js';

/** How long nothing more is written of an agent and a channel of which something was, in milliseconds. */
const PAUSE = 10_000;
/** So many pairs of agent and channel are told apart at a time; all others share one place. */
const MOST_PAIRS = 20;
/** Characters of an error's message in a note. */
const LONGEST_MESSAGE = 300;

interface Written {
  at: number;
  /** How many have failed since, of which nothing was written. */
  untold: number;
}

/**
 * Tells the developer of messages that an agent could not cope with. All of it is in the report and in the tree, but who
 * looks at neither would only see that nothing happens. A storm of failures must not bury everything else, so each agent and
 * channel has its first told at once, and later ones at most every ten seconds, counted.
 */
export class FailureNote {
  readonly #logger: Logger;
  readonly #written = new Map<Mailbox<Delivery> | undefined, Written>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** A delivery has failed for good. */
  write(
    at: number,
    { mailbox, attempts }: Delivery,
    error: ErrorRecord,
    invalid: boolean,
    thrown: unknown,
  ): void {
    const pair = this.#written.has(mailbox) || this.#hasRoom(at) ? mailbox : undefined;
    const written = this.#written.get(pair);
    // A clock that was set back must not silence it.
    if (written && at >= written.at && at < written.at + PAUSE) {
      written.untold++;
      return;
    }
    this.#written.set(pair, { at, untold: 0 });
    const tries = attempts === 1 ? '1 attempt' : `${attempts} attempts`;
    const what = invalid ? 'could not be given' : `failed for good, after ${tries}, at`;
    this.#logger.warn(
      `agent "${mailbox.agent}" ${what} a message of channel "${mailbox.channel}": ` +
        `${textOf(error)}${since(written?.untold)}`,
      thrown,
    );
  }

  /** Nothing more will fail: what was not told is. */
  close(): void {
    let untold = 0;
    for (const written of this.#written.values()) untold += written.untold;
    this.#written.clear();
    if (untold > 0) this.#logger.warn(`${countOf(untold)} failed for good, beside those told of`);
  }

  /** Pairs of which nothing has been written for long make place, once nothing of theirs is left to tell. */
  #hasRoom(at: number): boolean {
    if (this.#written.size < MOST_PAIRS) return true;
    for (const [pair, written] of this.#written) {
      if (written.untold === 0 && at >= written.at + PAUSE) this.#written.delete(pair);
    }
    return this.#written.size < MOST_PAIRS;
  }
}

function textOf({ name, message }: ErrorRecord): string {
  const text = name === undefined ? message : `${name}: ${message}`;
  return text.length > LONGEST_MESSAGE ? `${text.slice(0, LONGEST_MESSAGE)}…` : text;
}

function since(untold = 0): string {
  return untold === 0 ? '' : ` (${countOf(untold)} failed since the last such note)`;
}

function countOf(count: number): string {
  return count === 1 ? '1 more message' : `${count} more messages`;
}
