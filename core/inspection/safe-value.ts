import { describe, messageOf } from '../errors.js';
import { type JsonValue, setOwn } from '../json.js';

/** How much of a value is shown. */
export interface ValueLimits {
  /** Levels of nesting. */
  readonly depth: number;
  /** Characters of JSON, about, over the whole value. */
  readonly characters: number;
}

/** Why a part of a value could not be shown as it is. */
export type LossKind = 'too-deep' | 'too-large' | 'cycle' | 'not-json' | 'getter' | 'threw' | 'withheld';

export interface Loss {
  readonly path: readonly (string | number)[];
  readonly kind: LossKind;
  /** What stood there, in a few words. */
  readonly text: string;
}

/**
 * Any value as plain JSON: at each place of `lost` stands a short text instead of what was there, or, where the kind is
 * `withheld`, whatever `redact` made of it. Nothing is lost of a value that is shown whole, and of no other.
 */
export interface SafeValue {
  readonly json: JsonValue;
  readonly lost: readonly Loss[];
}

export const DEFAULT_LIMITS: ValueLimits = { depth: 24, characters: 256 * 1024 };
/** Longest list of losses: a value that is all holes must not cost more than one that has none. */
const MAX_LOSSES = 200;
/** What a number, a bracket or a comma is taken to cost. */
const SMALL = 8;

/**
 * Turns any value into JSON that can be sent and shown. It never throws, calls no getter and no `toJSON`, ends on cycles
 * and Proxies, and looks at no more than the limits allow.
 */
export function safeValue(value: unknown, limits: ValueLimits = DEFAULT_LIMITS): SafeValue {
  const encoder = new Encoder(limits);
  return { json: encoder.encode(value), lost: encoder.lost };
}

class Encoder {
  readonly lost: Loss[] = [];
  readonly #depth: number;
  #left: number;
  readonly #path: (string | number)[] = [];
  readonly #ancestors: object[] = [];

  constructor({ depth, characters }: ValueLimits) {
    this.#depth = depth;
    this.#left = characters;
  }

  encode(value: unknown): JsonValue {
    try {
      return this.#encode(value);
    } catch (thrown) {
      // A Proxy can throw from anywhere.
      return this.#lose('threw', `(threw: ${messageOf(thrown).slice(0, 80)})`);
    }
  }

  #encode(value: unknown): JsonValue {
    switch (typeof value) {
      case 'string':
        return this.#text(value);
      case 'boolean':
        this.#left -= SMALL;
        return value;
      case 'number':
        this.#left -= SMALL;
        return Number.isFinite(value) ? value : this.#lose('not-json', String(value));
      case 'object':
        return value === null ? null : this.#object(value);
      default:
        return this.#lose('not-json', describe(value));
    }
  }

  #text(value: string): JsonValue {
    if (value.length + 2 <= this.#left) {
      this.#left -= value.length + 2;
      return value;
    }
    const shown = value.slice(0, Math.max(0, Math.min(this.#left, 4096)));
    this.#left = 0;
    return this.#lose(
      'too-large',
      `${shown}… (${value.length.toLocaleString('en')} characters in all)`,
      value.length,
    );
  }

  #object(value: object): JsonValue {
    if (this.#ancestors.includes(value)) return this.#lose('cycle', '(circular)');
    if (this.#ancestors.length >= this.#depth) return this.#lose('too-deep', describe(value));
    this.#ancestors.push(value);
    try {
      if (Array.isArray(value)) return this.#list(value);
      if (value instanceof Error) return this.#error(value);
      const prototype: unknown = Object.getPrototypeOf(value);
      if (prototype !== Object.prototype && prototype !== null && !isForeignPlain(prototype)) {
        return this.#lose('not-json', value instanceof Date ? `Date ${dateText(value)}` : describe(value));
      }
      return this.#members(value, Object.keys(value));
    } finally {
      this.#ancestors.pop();
    }
  }

  #error(error: Error): JsonValue {
    const keys = ['name', 'message', ...Object.keys(error).filter((key) => key !== 'stack')];
    const members: Record<string, JsonValue> = {};
    for (const key of new Set(keys)) {
      // name and message are mostly inherited; that is where an Error keeps them.
      const own = Object.getOwnPropertyDescriptor(error, key);
      const value: unknown = own ? own.value : key === 'name' ? error.constructor.name : '';
      this.#path.push(key);
      setOwn(members, key, this.encode(value));
      this.#path.pop();
    }
    return members;
  }

  #list(value: readonly unknown[]): JsonValue {
    const items: JsonValue[] = [];
    for (let index = 0; index < value.length; index++) {
      if (this.#left <= 0) {
        this.#path.push(index);
        items.push(this.#lose('too-large', `… (${value.length - index} more)`));
        this.#path.pop();
        break;
      }
      items.push(this.#member(value, index));
    }
    return items;
  }

  #members(value: object, keys: readonly string[]): JsonValue {
    const members: Record<string, JsonValue> = {};
    for (const [place, key] of keys.entries()) {
      if (this.#left <= 0) {
        const more = '…';
        this.#path.push(more);
        setOwn(members, more, this.#lose('too-large', `(${keys.length - place} more)`));
        this.#path.pop();
        break;
      }
      this.#left -= key.length + 4;
      setOwn(members, key.length > 512 ? `${key.slice(0, 512)}…` : key, this.#member(value, key));
    }
    return members;
  }

  /** A member without calling anything: a getter is named, not run. */
  #member(holder: object, key: string | number): JsonValue {
    this.#path.push(key);
    try {
      const property = Object.getOwnPropertyDescriptor(holder, key);
      if (!property) return this.#lose('not-json', '(empty)');
      return 'value' in property ? this.encode(property.value) : this.#lose('getter', '(getter)');
    } catch (thrown) {
      return this.#lose('threw', `(threw: ${messageOf(thrown).slice(0, 80)})`);
    } finally {
      this.#path.pop();
    }
  }

  #lose(kind: LossKind, text: string, paid = 0): string {
    if (paid === 0) this.#left -= text.length + SMALL;
    if (this.lost.length < MAX_LOSSES)
      this.lost.push({ path: [...this.#path], kind, text: text.slice(0, 200) });
    return text;
  }
}

/** The plain objects of another frame or realm. */
function isForeignPlain(prototype: unknown): boolean {
  return (
    typeof prototype === 'object' &&
    prototype !== null &&
    Object.getPrototypeOf(prototype) === null &&
    Object.hasOwn(prototype, 'isPrototypeOf')
  );
}

function dateText(date: Date): string {
  const time = Date.prototype.getTime.call(date);
  return Number.isNaN(time) ? '(invalid)' : new Date(time).toISOString();
}
