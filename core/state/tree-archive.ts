import { CHUNK_ROWS, TreeChunk } from './tree-chunk.js';
import { type LabelTable, type TreeLabel, treeLabel } from './tree-labels.js';
import type { TreeData, TreeRowsPart } from './tree-snapshot.js';

/** The rows of a tree at a moment. Most of its chunks are those of the archived tree before. */
export interface ArchivedTree {
  readonly first: number;
  readonly next: number;
  /** From the one that holds row `first` to the one that holds the last. */
  readonly chunks: readonly TreeChunk[];
  /** Places of chunks whose rows may still change: deliveries in them were not finished. */
  readonly open: ReadonlySet<number>;
}

type Names = Pick<TreeLabel, 'agent' | 'channel'>;
type Scope = TreeRowsPart['scopes'][number];

/**
 * Keeps the tree of one state at many moments, for turning back time. From one moment to the next only the newest rows
 * differ, and those that belonged to unfinished deliveries: a moment costs little more than what is new in it, and
 * putting one back is a copy of columns.
 */
export class TreeArchive {
  readonly #names: Names[] = [];
  readonly #nameNumbers = new Map<string, Map<string, number>>();
  readonly #scopes: Scope[] = [];
  readonly #scopeNumbers = new Map<string, number>();
  /** Where a chunk is put together before it is known whether it is a new one. */
  readonly #draft = new TreeChunk();

  /** @param unfinished nodes of deliveries that are not finished: no other row ever changes. */
  take(
    { columns, labels, scopes }: TreeData,
    unfinished: Iterable<number>,
    before: ArchivedTree | undefined,
  ): ArchivedTree {
    const { first, next } = columns;
    const open = new Set<number>();
    for (const node of unfinished) open.add(placeOf(node));
    const labelNumbers = numbering(labels, (label) => this.#nameNumber(label.agent, label.channel));
    const scopeNumbers = numbering(scopes, ({ run = null, ...session }) =>
      this.#scopeNumber({ run, ...session }),
    );
    const chunks: TreeChunk[] = [];
    for (let place = placeOf(first); place * CHUNK_ROWS < next; place++) {
      const known = before && chunkAt(before, place);
      if (before && known && isSettled(before, place)) {
        chunks.push(known);
        continue;
      }
      // Rows that the tree has dropped since stay as they were. A chunk that is new need not be compared.
      const draft = known ? this.#draft : new TreeChunk();
      if (known) draft.become(known);
      const end = Math.min(next, (place + 1) * CHUNK_ROWS);
      for (let number = Math.max(first, place * CHUNK_ROWS); number < end; ) {
        const from = columns.row(number);
        const to = Math.min(columns.length, from + end - number);
        const at = number % CHUNK_ROWS;
        draft.time.set(columns.time.subarray(from, to), at);
        draft.duration.set(columns.duration.subarray(from, to), at);
        draft.parent.set(columns.parent.subarray(from, to), at);
        draft.delivery.set(columns.delivery.subarray(from, to), at);
        draft.count.set(columns.count.subarray(from, to), at);
        draft.status.set(columns.status.subarray(from, to), at);
        renumber(columns.label.subarray(from, to), labelNumbers, draft.label.subarray(at));
        renumber(columns.scope.subarray(from, to), scopeNumbers, draft.scope.subarray(at));
        number += to - from;
      }
      chunks.push(known ? (known.equals(draft) ? known : draft.copy()) : draft);
    }
    return { first, next, chunks, open };
  }

  /** From the parts of a snapshot instead of a tree. */
  takeParts(
    first: number,
    next: number,
    parts: Iterable<TreeRowsPart>,
    open: Iterable<number>,
  ): ArchivedTree {
    const chunks: TreeChunk[] = [];
    const lowest = placeOf(first);
    for (let place = lowest; place * CHUNK_ROWS < next; place++) chunks.push(new TreeChunk());
    for (const part of parts) {
      const channels = part.channels.length;
      const names = part.agents.flatMap((agent) =>
        part.channels.map((channel) => this.#nameNumber(agent, channel)),
      );
      const scopes = part.scopes.map((scope) => this.#scopeNumber(scope));
      if (channels === 0) continue;
      for (let offset = 0; offset < part.status.length; offset++) {
        const number = part.first + offset;
        const chunk = chunks[placeOf(number) - lowest];
        if (!chunk) continue;
        const row = number % CHUNK_ROWS;
        const duration = part.duration[offset] ?? -1;
        chunk.time[row] = part.time[offset] ?? 0;
        chunk.duration[row] = duration < 0 ? Number.NaN : duration;
        chunk.parent[row] = part.parent[offset] ?? 0;
        chunk.label[row] = names[part.label[offset] ?? 0] ?? 0;
        chunk.scope[row] = scopes[part.scope[offset] ?? 0] ?? 0;
        chunk.delivery[row] = part.delivery[offset] ?? 0;
        chunk.count[row] = part.count[offset] ?? 0;
        chunk.status[row] = part.status[offset] ?? 0;
      }
    }
    return { first, next, chunks, open: new Set([...open].map(placeOf)) };
  }

  /** Puts the rows back into an empty tree whose range is theirs already. */
  restore({ columns, labels, scopes }: TreeData, { first, next, chunks }: ArchivedTree): void {
    const labelOf = entering(this.#names.length, (number) => {
      const { agent, channel } = this.nameOf(number);
      return labels.indexOf(treeLabel(agent, channel));
    });
    const scopeOf = entering(this.#scopes.length, (number) => {
      const { run, sessionPrefix, sessionStartedAt } = this.#scopes[number] ?? NO_SCOPE;
      return scopes.indexOf({ run: run ?? undefined, sessionPrefix, sessionStartedAt, index: -1 });
    });
    for (let index = 0; index < chunks.length; index++) {
      const chunk = chunks[index];
      const base = (placeOf(first) + index) * CHUNK_ROWS;
      const end = Math.min(next, base + CHUNK_ROWS);
      for (let number = Math.max(columns.first, base); chunk && number < end; ) {
        const row = columns.row(number);
        const from = number - base;
        const to = Math.min(end - base, from + columns.length - row);
        columns.time.set(chunk.time.subarray(from, to), row);
        columns.duration.set(chunk.duration.subarray(from, to), row);
        columns.parent.set(chunk.parent.subarray(from, to), row);
        columns.delivery.set(chunk.delivery.subarray(from, to), row);
        columns.count.set(chunk.count.subarray(from, to), row);
        columns.status.set(chunk.status.subarray(from, to), row);
        enter(chunk.label.subarray(from, to), labelOf, columns.label, row);
        enter(chunk.scope.subarray(from, to), scopeOf, columns.scope, row);
        number += to - from;
      }
    }
  }

  nameOf(number: number): Names {
    return this.#names[number] ?? { agent: '', channel: '' };
  }

  #nameNumber(agent: string, channel: string): number {
    let numbers = this.#nameNumbers.get(agent);
    if (!numbers) {
      numbers = new Map();
      this.#nameNumbers.set(agent, numbers);
    }
    let number = numbers.get(channel);
    if (number === undefined) {
      number = this.#names.push({ agent, channel }) - 1;
      numbers.set(channel, number);
    }
    return number;
  }

  #scopeNumber({ run, sessionPrefix, sessionStartedAt }: Scope): number {
    const key = `${run === null ? '' : `${run.length} ${run}`} ${sessionPrefix}`;
    let number = this.#scopeNumbers.get(key);
    if (number === undefined) {
      number = this.#scopes.push({ run, sessionPrefix, sessionStartedAt }) - 1;
      this.#scopeNumbers.set(key, number);
    }
    return number;
  }
}

const NO_SCOPE: Scope = { run: null, sessionPrefix: '', sessionStartedAt: '0' };

/** Which chunk a row belongs to. */
export function placeOf(number: number): number {
  return Math.floor(number / CHUNK_ROWS);
}

/** The chunk with these rows, if any of them were kept. */
export function chunkAt({ first, chunks }: ArchivedTree, place: number): TreeChunk | undefined {
  return chunks[place - placeOf(first)];
}

/** Whether the rows of a chunk can not have changed since: all of them were there, and settled. */
export function isSettled({ next, open }: ArchivedTree, place: number): boolean {
  return (place + 1) * CHUNK_ROWS <= next && !open.has(place);
}

/** The archive's numbers for what a tree has numbered itself; undefined when they are the same. */
function numbering<Label extends { index: number }>(
  table: LabelTable<Label>,
  numberOf: (label: Label) => number,
): readonly number[] | undefined {
  const numbers: number[] = [];
  for (let label = table.get(0); label; label = table.get(numbers.length)) numbers.push(numberOf(label));
  return numbers.every((number, index) => number === index) ? undefined : numbers;
}

function renumber(from: Uint32Array, numbers: readonly number[] | undefined, to: Uint32Array): void {
  if (!numbers) to.set(from);
  else for (let row = 0; row < from.length; row++) to[row] = numbers[from[row] ?? 0] ?? 0;
}

/** So few names are all entered into a tree that is restored: its rows can be copied as they are then. */
const FEW_NAMES = 256;

/**
 * A tree's numbers for the archive's, entered when they are first asked for; undefined when they are the same, as all
 * `count` were entered in their order.
 */
function entering(
  count: number,
  enterOne: (number: number) => number,
): ((number: number) => number) | undefined {
  const known = new Int32Array(count).fill(-1);
  if (count <= FEW_NAMES) {
    for (let number = 0; number < count; number++) known[number] = enterOne(number);
    if (known.every((index, number) => index === number)) return undefined;
  }
  return (number) => {
    let index = known[number] ?? -1;
    if (index < 0) {
      index = enterOne(number);
      known[number] = index;
    }
    return index;
  };
}

function enter(
  from: Uint32Array,
  indexOf: ((number: number) => number) | undefined,
  to: Uint32Array,
  row: number,
): void {
  if (!indexOf) to.set(from, row);
  else for (let at = 0; at < from.length; at++) to[row + at] = indexOf(from[at] ?? 0);
}
