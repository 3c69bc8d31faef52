import { plainObjects } from '../plain-objects.js';
import { nodeIdOf } from './session-ids.js';
import type { LabelTable, TreeLabel, TreeScope } from './tree-labels.js';
import { type PlainSuccess, PUBLISH_STATUSES } from './tree-node.js';

/*
 * What the eight words of a row hold, 32 bits each:
 *
 *   0, 1  time: milliseconds, a float of 64 bits
 *   2     parent: number of the node that caused this one
 *   3     label: index of its agent and channel
 *   4     scope: index of its run and session
 *   5     delivery: the one that published it; the one that an invocation is of
 *   6     state: status (bits 0 to 3), whether more is kept beside the row (bit 4), attempts (from bit 5)
 *   7     publish: its ordinal. Invocation: how long it took, a float of 32 bits; NaN until it has settled
 *
 * Their numbers are written out in this file, and nowhere else. With constants, which bundlers make variables of, the
 * engine reads each from memory.
 */

const NONE: readonly string[] = Object.freeze<string[]>([]);

const Success = plainObjects<PlainSuccess, [string, string, string, number]>(
  function (nodeId, agent, channel, durationMs) {
    this.nodeId = nodeId;
    this.agent = agent;
    this.channel = channel;
    this.success = true;
    this.attempts = 1;
    this.retryMessages = NONE;
    this.durationMs = durationMs;
  },
);

/** Statuses before it are those of publishes. */
export const FIRST_INVOCATION: number = PUBLISH_STATUSES.length;

/** What a node is when it comes into being, or is put back. */
export interface RowValues {
  readonly status: number;
  readonly parent: number;
  readonly label: number;
  readonly scope: number;
  readonly delivery: number;
  /** Publish: its ordinal. Invocation: attempts. */
  readonly count: number;
  readonly time: number;
  /** Milliseconds; NaN until settled. */
  readonly duration: number;
}

/**
 * Rows of the execution tree in one block of memory: 32 bytes a node, nothing for the garbage collector to walk. What
 * belongs to a node lies together: with a typed array for each property, adding a node took more than twice the
 * instructions (about 290), as the engine asks each array where its memory is and how long. A row is named by where its
 * first word is.
 */
export class TreeRows {
  /** How many rows there is room for. */
  length: number;
  /**
   * When what is put down happens, in milliseconds. It stands here and is not handed on from call to call: for each call that
   * is not merged into its caller the engine puts a number with a fraction into a box, and takes it out again. At first it is
   * NaN and not 0, which is whole: the first with a fraction would make the engine forget what all these objects have in common.
   */
  now: number = Number.NaN;
  private words: Uint32Array;
  private times: Float64Array;
  private durations: Float32Array;

  constructor(length: number) {
    this.length = length;
    this.words = new Uint32Array(length << 3);
    this.times = new Float64Array(this.words.buffer);
    this.durations = new Float32Array(this.words.buffer);
  }

  /** Makes room for `length` rows, not fewer than there are; those that are there stay. */
  protected lengthen(length: number): void {
    const before = this.words;
    this.length = length;
    this.words = new Uint32Array(length << 3);
    this.times = new Float64Array(this.words.buffer);
    this.durations = new Float32Array(this.words.buffer);
    this.words.set(before);
  }

  /** The row after `index` others. */
  rowAt(index: number): number {
    return index << 3;
  }

  /** Forgets what is in all of them. */
  protected clear(): void {
    this.words.fill(0);
  }

  /** Puts a new node there. @param last of a publish: its ordinal; of an invocation: 0x7fc0_0000, NaN as a word. */
  begin(
    row: number,
    status: number,
    parent: number,
    label: number,
    scope: number,
    delivery: number,
    last: number,
  ): void {
    const words = this.words;
    // `| 0` changes nothing of what is stored; the engine need not ask what else than a number each could be.
    words[row | 2] = parent | 0;
    words[row | 3] = label | 0;
    words[row | 4] = scope | 0;
    words[row | 5] = delivery | 0;
    words[row | 6] = status | 0;
    words[row | 7] = last | 0;
    this.times[row >> 1] = this.now;
  }

  /** Puts a node there as it was read by the methods below. */
  put(row: number, values: RowValues): void {
    const { status, parent, label, scope, delivery, count, time, duration } = values;
    this.begin(row, status, parent, label, scope, delivery, count);
    this.times[row >> 1] = time;
    if (status < FIRST_INVOCATION) return;
    this.setState(row, status, count);
    this.durations[row | 7] = duration;
  }

  setState(row: number, status: number, attempts: number): void {
    const words = this.words;
    words[row | 6] = ((words[row | 6] ?? 0) & 16) | status | (attempts << 5);
  }

  /** An attempt starts. */
  start(row: number, status: number, attempts: number): void {
    const words = this.words;
    words[row | 6] = ((words[row | 6] ?? 0) & 16) | status | (attempts << 5);
    words[row | 7] = 0x7fc0_0000;
    this.times[row >> 1] = this.now;
  }

  /** The newest attempt ends. */
  settle(row: number, status: number): void {
    const words = this.words;
    words[row | 6] = ((words[row | 6] ?? 0) & ~15) | status;
    this.durations[row | 7] = this.now - (this.times[row >> 1] ?? 0);
  }

  /** Something is kept beside the row. */
  markSpecial(row: number): void {
    const words = this.words;
    words[row | 6] = (words[row | 6] ?? 0) | 16;
  }

  isSpecial(row: number): boolean {
    return ((this.words[row | 6] ?? 0) & 16) !== 0;
  }

  /**
   * The outcome of an invocation that has this status, success, after one attempt; undefined for any other, and where
   * something is kept beside the row. Read here at once: outcomes are made for every delivery.
   */
  plainOutcome(
    row: number,
    status: number,
    labels: LabelTable<TreeLabel>,
    scopes: LabelTable<TreeScope>,
  ): PlainSuccess | undefined {
    const { words } = this;
    const named = labels.get(words[row | 3] ?? 0);
    const within = scopes.get(words[row | 4] ?? 0);
    if (words[row | 6] !== (status | 32) || named === undefined || within === undefined) return undefined;
    const { agent, channel } = named;
    const nodeId = nodeIdOf(agent, within.session, words[row | 5] ?? 0);
    const durationMs = this.durations[row | 7] || 0;
    return new Success(nodeId, agent, channel, durationMs);
  }

  status(row: number): number {
    return (this.words[row | 6] ?? 0) & 15;
  }

  parent(row: number): number {
    return this.words[row | 2] ?? 0;
  }

  label(row: number): number {
    return this.words[row | 3] ?? 0;
  }

  scope(row: number): number {
    return this.words[row | 4] ?? 0;
  }

  /** Publish: number of the publishing delivery. Invocation: number of the delivery. */
  delivery(row: number): number {
    return this.words[row | 5] ?? 0;
  }

  /** Publish: its ordinal. Invocation: attempts. */
  count(row: number): number {
    const words = this.words;
    return this.status(row) < FIRST_INVOCATION ? (words[row | 7] ?? 0) : (words[row | 6] ?? 0) >>> 5;
  }

  time(row: number): number {
    return this.times[row >> 1] ?? 0;
  }

  /** Milliseconds; NaN until settled, and for a publish. */
  duration(row: number): number {
    return this.status(row) < FIRST_INVOCATION ? Number.NaN : this.took(row);
  }

  /** `duration` of what is known to be an invocation. */
  took(row: number): number {
    return this.durations[row | 7] ?? Number.NaN;
  }

  /** Gives labels other numbers, in `count` rows. */
  renumberLabels(row: number, count: number, numberOf: (label: number) => number): void {
    this.renumber(row | 3, count, numberOf);
  }

  renumberScopes(row: number, count: number, numberOf: (scope: number) => number): void {
    this.renumber(row | 4, count, numberOf);
  }

  private renumber(first: number, count: number, numberOf: (number: number) => number): void {
    const words = this.words;
    const end = first + (count << 3);
    for (let word = first; word < end; word += 8) words[word] = numberOf(words[word] ?? 0);
  }

  /** Copies `count` rows of another block, or of this one, to `row` and on. */
  take(row: number, from: TreeRows, source: number, count: number): void {
    this.words.set(from.words.subarray(source, source + (count << 3)), row);
  }

  /** Bit for bit, so that a duration that is no number equals itself. */
  equals(other: TreeRows): boolean {
    const [mine, theirs] = [this.words, other.words];
    for (let word = 0; word < mine.length; word++) if (mine[word] !== theirs[word]) return false;
    return true;
  }

  copy(): TreeRows {
    const copy = new TreeRows(this.length);
    copy.words.set(this.words);
    return copy;
  }
}
