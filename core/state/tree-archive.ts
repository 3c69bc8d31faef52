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
    const labelIndexes = new Int32Array(this.#names.length).fill(-1);
    const scopeIndexes = new Int32Array(this.#scopes.length).fill(-1);
    const labelOf = (number: number): number => {
      const { agent, channel } = this.nameOf(number);
      const index = labels.indexOf(treeLabel(agent, channel));
      labelIndexes[number] = index;
      return index;
    };
    const scopeOf = (number: number): number => {
      const { run, sessionPrefix, sessionStartedAt } = this.#scopes[number] ?? NO_SCOPE;
      const scope = { run: run ?? undefined, sessionPrefix, sessionStartedAt, index: -1 };
      scopeIndexes[number] = scopes.indexOf(scope);
      return scope.index;
    };
    for (const [index, chunk] of chunks.entries()) {
      const base = (placeOf(first) + index) * CHUNK_ROWS;
      const end = Math.min(next, base + CHUNK_ROWS);
      for (let number = Math.max(columns.first, base); number < end; ) {
        const row = columns.row(number);
        const from = number - base;
        const to = Math.min(end - base, from + columns.length - row);
        columns.time.set(chunk.time.subarray(from, to), row);
        columns.duration.set(chunk.duration.subarray(from, to), row);
        columns.parent.set(chunk.parent.subarray(from, to), row);
        columns.delivery.set(chunk.delivery.subarray(from, to), row);
        columns.count.set(chunk.count.subarray(from, to), row);
        columns.status.set(chunk.status.subarray(from, to), row);
        for (let at = from; at < to; at++) {
          const [label, scope] = [chunk.label[at] ?? 0, chunk.scope[at] ?? 0];
          const [known = -1, within = -1] = [labelIndexes[label], scopeIndexes[scope]];
          columns.label[row + at - from] = known >= 0 ? known : labelOf(label);
          columns.scope[row + at - from] = within >= 0 ? within : scopeOf(scope);
        }
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
