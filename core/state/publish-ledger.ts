import { encodeJson, equalJson, type JsonValue } from '../json.js';
import type { Message } from '../messaging/message.js';

/** How many messages of one invocation are kept whole; of any further only a fingerprint. */
const KEPT_WHOLE = 256;

/** One message that an invocation has published: itself, or its id and a fingerprint of its content. */
type Entry = Message | { readonly id: string; readonly fingerprint: string };

/** A ledger as plain JSON. */
export interface LedgerRecord {
  readonly nextOrdinal: number;
  readonly entries: readonly Entry[];
}

/**
 * What one invocation has published so far. A retry, or the attempt after a crash, publishes again: what has the same
 * content as an entry *is* that message and must not be sent twice.
 */
export class PublishLedger {
  /** Most invocations publish once: the list is made for the second. */
  #first: Entry | undefined;
  #others: Entry[] | undefined;
  /** One more than the highest ordinal published so far: what the next new message is numbered with. */
  nextOrdinal = 0;

  get length(): number {
    if (this.#others) return this.#others.length + 1;
    return this.#first ? 1 : 0;
  }

  /** Whether `value` is a message object that this invocation published: the very object, not an equal one. */
  holds(value: unknown): boolean {
    return this.#first === value || (this.#others?.some((entry) => entry === value) ?? false);
  }

  add(message: Message, ordinal: number): void {
    if (ordinal >= this.nextOrdinal) this.nextOrdinal = ordinal + 1;
    if (!this.#first) {
      this.#first = message;
      return;
    }
    this.#others ??= [];
    const { id, channel, payload } = message;
    const whole = this.#others.length < KEPT_WHOLE - 1;
    this.#others.push(whole ? message : { id, fingerprint: fingerprintOf(channel, payload) });
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
      if ('payload' in entry) return entry.channel === channel && equalJson(entry.payload, payload);
      fingerprint ??= fingerprintOf(channel, payload);
      return entry.fingerprint === fingerprint;
    };
    for (let step = 0; step < count; step++) {
      const index = (place + step) % count;
      const entry = index === 0 ? this.#first : this.#others?.[index - 1];
      if (entry && !matched.has(index) && fits(entry)) {
        return { index, id: entry.id, message: 'payload' in entry ? entry : undefined };
      }
    }
    return undefined;
  }

  /** For snapshots. */
  toJSON(): LedgerRecord {
    const entries = this.#first ? [this.#first, ...(this.#others ?? [])] : [];
    return { nextOrdinal: this.nextOrdinal, entries };
  }

  static fromJSON({ nextOrdinal, entries }: LedgerRecord): PublishLedger {
    const ledger = new PublishLedger();
    ledger.nextOrdinal = nextOrdinal;
    const [first, ...others] = entries;
    ledger.#first = first;
    if (others.length > 0) ledger.#others = others;
    return ledger;
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
