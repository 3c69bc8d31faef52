import { encodeJson, equalJson, type JsonValue } from '../json.js';
import { isMessage, type Message } from '../messaging/message.js';
import { Publication } from '../messaging/publication.js';

/** How many messages of one invocation are kept whole; of any further only a fingerprint. */
const KEPT_WHOLE = 256;

/** Of a message that is not kept whole: its id and a fingerprint of its content. */
interface Fingerprint {
  readonly id: string;
  readonly fingerprint: string;
}

/** One message that an invocation has published. */
type Entry = Publication | Fingerprint;

/** A ledger as plain JSON. */
export interface LedgerRecord {
  readonly nextOrdinal: number;
  readonly entries: readonly (Message | Fingerprint)[];
}

/** What an invocation has published: most publish once, and that message alone says it all. */
export type Published = Publication | PublishLedger;

/** What an invocation has published, with one message more. The first alone, if numbered 0, needs no ledger. */
export function addPublished(published: Published | undefined, publication: Publication): PublishLedger {
  const ledger = published ? ledgerOf(published) : new PublishLedger();
  ledger.add(publication);
  return ledger;
}

export function ledgerOf(published: Published): PublishLedger {
  if (published instanceof PublishLedger) return published;
  const ledger = new PublishLedger();
  ledger.add(published);
  return ledger;
}

/** Whether `value` is a message object that was published here: the very object, or its id where that is all that is kept. */
export function holdsPublished(published: Published | undefined, value: unknown): boolean {
  return published instanceof PublishLedger ? published.holds(value) : published?.is(value) === true;
}

/**
 * What one invocation has published so far. A retry, or the attempt after a crash, publishes again: what has the same
 * content as an entry *is* that message and must not be sent twice.
 */
export class PublishLedger {
  #entries: Entry[] = [];
  /** One more than the highest ordinal published so far: what the next new message is numbered with. */
  nextOrdinal = 0;

  /** Ids of those that are not kept whole; gathered when somebody asks for one. */
  #ids: Set<string> | undefined = undefined;

  get length(): number {
    return this.#entries.length;
  }

  holds(value: unknown): boolean {
    const whole = this.#entries.slice(0, KEPT_WHOLE);
    if (whole.some((entry) => entry instanceof Publication && entry.is(value))) return true;
    if (this.length <= KEPT_WHOLE || !isMessage(value)) return false;
    this.#ids ??= new Set(this.#entries.map((entry) => (entry instanceof Publication ? '' : entry.id)));
    return this.#ids.has(value.id);
  }

  add(publication: Publication): void {
    const { ordinal, channel, payload } = publication;
    if (ordinal >= this.nextOrdinal) this.nextOrdinal = ordinal + 1;
    const whole = this.#entries.length < KEPT_WHOLE;
    this.#ids = undefined;
    this.#entries.push(
      whole ? publication : { id: publication.id, fingerprint: fingerprintOf(channel, payload) },
    );
  }

  /**
   * Finds the entry with this content that no earlier publish of the attempt has `matched`, trying first the one
   * published in the same place. Looks at the first `count` entries: what earlier attempts have published.
   */
  find(
    place: number,
    channel: string,
    payload: JsonValue,
    matched: ReadonlySet<number>,
    count: number,
  ): { index: number; id: string; message: Message | undefined } | undefined {
    let fingerprint: string | undefined;
    const fits = (entry: Entry): boolean => {
      if (entry instanceof Publication) return entry.channel === channel && equalJson(entry.payload, payload);
      fingerprint ??= fingerprintOf(channel, payload);
      return entry.fingerprint === fingerprint;
    };
    for (let step = 0; step < count; step++) {
      const index = (place + step) % count;
      const entry = this.#entries[index];
      if (entry && !matched.has(index) && fits(entry)) {
        return entry instanceof Publication
          ? { index, id: entry.id, message: entry.message }
          : { index, id: entry.id, message: undefined };
      }
    }
    return undefined;
  }

  /** For snapshots. */
  toJSON(): LedgerRecord {
    const entries = this.#entries.map((entry) => (entry instanceof Publication ? entry.message : entry));
    return { nextOrdinal: this.nextOrdinal, entries };
  }

  static fromJSON({ nextOrdinal, entries }: LedgerRecord): PublishLedger {
    const ledger = new PublishLedger();
    ledger.nextOrdinal = nextOrdinal;
    ledger.#entries = entries.map((entry) => ('payload' in entry ? Publication.of(entry, 0, false) : entry));
    return ledger;
  }
}

/** Finds, in a further attempt, the messages of those before it: each of them serves one publish. */
export class Repetition {
  readonly #ledger: PublishLedger;
  readonly #count: number;
  readonly #matched = new Set<number>();
  /** How many publishes the attempt has made. */
  #place = 0;
  /** What the first new message is numbered with. */
  readonly nextOrdinal: number;

  constructor(published: Published) {
    this.#ledger = ledgerOf(published);
    this.#count = this.#ledger.length;
    this.nextOrdinal = this.#ledger.nextOrdinal;
  }

  /** The message that the next publish repeats: whole where it is kept, else its id alone. */
  take(
    channel: string,
    payload: JsonValue,
  ): { readonly id: string; readonly message: Message | undefined } | undefined {
    const found = this.#ledger.find(this.#place++, channel, payload, this.#matched, this.#count);
    if (found) this.#matched.add(found.index);
    return found;
  }
}

/** 106 bits of the content, the same for any order of keys. Two lanes of a multiply-and-rotate hash. */
function fingerprintOf(channel: string | undefined, payload: JsonValue): string {
  const text = `${channel}\n${encodeJson(sorted(payload))}`;
  return `${hash(text, 0x9e3779b9)}${hash(text, 0x85ebca6b)}`;
}

function hash(text: string, seed: number): string {
  let high = 0xdeadbeef ^ seed;
  let low = 0x41c6ce57 ^ seed;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    high = Math.imul(high ^ unit, 2654435761);
    low = Math.imul(low ^ unit, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return (4294967296 * (2097151 & low) + (high >>> 0)).toString(36);
}

function sorted(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  return Object.fromEntries(
    Object.entries(value)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  );
}
