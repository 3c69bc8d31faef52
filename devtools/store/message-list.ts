import type { NODE_STATUSES } from '../../core/state/tree-node.js';
import { NODE_STATUSES as STATUSES } from '../../core/state/tree-node.js';
import type { Activity } from './activity.js';
import { integers } from './column.js';
import { type ParsedFilter, parseComparison, parseNames, type Term } from './filter-language.js';
import { type MessageRow, messageRow } from './message-row.js';
import type { PanelStore } from './panel-store.js';
import type { FoundPayloads } from './payload-source.js';

export type MessageStatus = (typeof NODE_STATUSES)[number];

/** Messages looked at in one go, at most. */
const SLICE = 20_000;
/** Events that hold the messages of any window, about. */
const NEWEST_EVENTS = 2000;

type Test = (row: MessageRow) => boolean;

/**
 * The messages that pass a filter, oldest first; found bit by bit, so that no filter can hold up a frame. Without a filter
 * its length is known, and its newest rows are there, before all that came has been gathered.
 */
export class MessageList {
  readonly #store: PanelStore;
  #tests: readonly Test[] = [];
  #generation = -1;
  #position: unknown;
  readonly #matches = integers();
  #scannedTo = 0;
  /** Scanned before they were settled: how they end may change what they are. */
  #unsettled: number[] = [];
  /** Texts that are looked for in payloads, and what was found, by text; asked of the executor. */
  #texts: readonly string[] = [];
  readonly #found = new Map<string, FoundPayloads>();
  /** Without a filter: how many there are, and those at the end that are not gathered with the others yet. */
  #length = 0;
  #newest: Activity | undefined;

  constructor(store: PanelStore) {
    this.#store = store;
  }

  setFilter(filter: ParsedFilter): void {
    this.#texts = filter.terms.filter(({ key }) => key === 'text').map(({ value }) => value);
    this.#tests = filter.terms.map((term) => this.#testOf(term));
    this.#restart();
  }

  /** Texts that payloads have to be searched for, each answered with `setFound`. */
  get texts(): readonly string[] {
    return this.#texts;
  }

  setFound(text: string, found: FoundPayloads): void {
    this.#found.set(text, found);
    this.#restart();
  }

  /** Brings the list up to date; false when there is more to look at in the next frame. */
  update(): boolean {
    const { recording, generation, position } = this.#store;
    if (!recording) return true;
    if (generation !== this.#generation || position !== this.#position) {
      this.#generation = generation;
      this.#position = position;
      this.#restart();
    }
    if (this.#tests.length === 0) {
      this.#follow();
      return true;
    }
    this.#recheck();
    const end = recording.activity.messages.countUpTo(this.#store.seq);
    const until = Math.min(end, this.#scannedTo + SLICE);
    for (; this.#scannedTo < until; this.#scannedTo++) {
      const row = messageRow(this.#store, this.#scannedTo);
      if (!row) continue;
      if (!row.settled) this.#unsettled.push(this.#scannedTo);
      if (this.#passes(row)) this.#matches.push(this.#scannedTo);
    }
    return this.#scannedTo >= end;
  }

  get isFiltered(): boolean {
    return this.#tests.length > 0;
  }

  get length(): number {
    return this.#tests.length > 0 ? this.#matches.length : this.#length;
  }

  /** How many there are with those that do not pass. */
  get total(): number {
    return this.#tests.length > 0 ? this.#gathered() : this.#length;
  }

  /** Of how many messages, the newest, the payloads were searched; undefined when of all, or when none had to be. */
  get searched(): number | undefined {
    const messages = this.#store.recording?.activity.messages;
    for (const text of this.#texts) {
      const found = this.#found.get(text);
      if (!found || !messages) continue;
      const before = found.searched === 0 ? this.#store.seq : Math.min(this.#store.seq, found.oldest - 1);
      if (messages.countUpTo(before) > 0) return found.searched;
    }
    return undefined;
  }

  /** Whether its end is there although not all has been gathered, or all has: who looks at the end needs no more. */
  get showsEnd(): boolean {
    const { recording } = this.#store;
    if (this.#tests.length > 0 || !recording) return false;
    return this.#newest !== undefined || recording.activity.seq === recording.last;
  }

  /** The `index`-th that passes; undefined when it is not gathered yet. */
  row(index: number): MessageRow | undefined {
    if (this.#tests.length > 0) return messageRow(this.#store, this.#matches.at(index));
    const fromEnd = this.#length - index;
    const gathered = this.#store.recording?.activity.messages.length ?? 0;
    const newest = this.#newest;
    if (index < gathered || !newest) return messageRow(this.#store, index);
    return messageRow(this.#store, newest.messages.length - fromEnd, newest);
  }

  /** Where the message of an event is in the list, or -1. */
  indexOfSeq(seq: number): number {
    const row = this.#store.recording?.activity.messages.rowOfSeq(seq) ?? -1;
    if (row < 0 || this.#tests.length === 0) return row;
    const index = this.#matches.countUpTo(row) - 1;
    return index >= 0 && this.#matches.at(index) === row ? index : -1;
  }

  #follow(): void {
    const { recording, live } = this.#store;
    this.#newest = live ? this.#store.gathering.newest(NEWEST_EVENTS) : undefined;
    this.#length = this.#newest ? (recording?.messageCount ?? 0) : this.#gathered();
  }

  /** Up to the position that is shown. */
  #gathered(): number {
    return this.#store.recording?.activity.messages.countUpTo(this.#store.seq) ?? 0;
  }

  #restart(): void {
    this.#matches.length = 0;
    this.#scannedTo = 0;
    this.#unsettled = [];
  }

  #passes(row: MessageRow): boolean {
    for (const test of this.#tests) if (!test(row)) return false;
    return true;
  }

  #recheck(): void {
    if (this.#unsettled.length === 0) return;
    const before = this.#unsettled;
    this.#unsettled = [];
    for (const index of before.slice(-SLICE)) {
      const row = messageRow(this.#store, index);
      if (!row) continue;
      if (!row.settled) this.#unsettled.push(index);
      this.#setMatch(index, this.#passes(row));
    }
  }

  #setMatch(index: number, passes: boolean): void {
    const place = this.#matches.countUpTo(index) - 1;
    const present = place >= 0 && this.#matches.at(place) === index;
    if (present === passes) return;
    const { values, length } = this.#matches;
    if (present) {
      values.copyWithin(place, place + 1, length);
      this.#matches.length--;
    } else {
      this.#matches.push(0);
      this.#matches.values.copyWithin(place + 2, place + 1, length);
      this.#matches.set(place + 1, index);
    }
  }

  #testOf({ key, value, negated }: Term): Test {
    const test = this.#positive(key, value);
    return negated ? (row) => !test(row) : test;
  }

  #positive(key: Term['key'], value: string): Test {
    switch (key) {
      case 'dur': {
        const compare = parseComparison(value) ?? (() => true);
        return ({ durationMs }) => durationMs !== undefined && compare(durationMs);
      }
      case 'seq': {
        const compare = parseComparison(value) ?? (() => true);
        return ({ seq }) => compare(seq);
      }
      case 'text':
        return ({ seq }) => this.#found.get(value)?.messages.has(seq) ?? false;
      case 'agent': {
        const names = parseNames(value);
        return ({ to }) => to.some(names);
      }
      case 'from': {
        const names = parseNames(value);
        return ({ from }) => names(from);
      }
      case 'channel': {
        const names = parseNames(value);
        return ({ channel }) => names(channel);
      }
      case 'status': {
        const names = parseNames(value);
        return ({ statuses, status }) =>
          names(STATUSES[status] ?? '') || statuses.some((each) => names(STATUSES[each] ?? ''));
      }
      case 'id': {
        const names = parseNames(value);
        return ({ id }) => names(id);
      }
      case 'run': {
        const names = parseNames(value);
        return ({ run }) => run !== null && names(run);
      }
      case 'any': {
        const wanted = value.toLowerCase();
        return ({ channel, from, to, id }) =>
          [channel, from, id, ...to].some((name) => name.toLowerCase().includes(wanted));
      }
    }
  }
}
