import { type LabelTable, type TreeLabel, treeLabel } from './tree-labels.js';
import { TreeRows } from './tree-rows.js';
import { rowValues, type TreeData, type TreeRowsPart } from './tree-snapshot.js';

/** Rows of the tree that are kept together, and shared between archives for as long as they stay the same. */
export const CHUNK_ROWS = 1024;

/** The rows of a tree at a moment. Most of its chunks are those of the archived tree before. */
export interface ArchivedTree {
  readonly first: number;
  readonly next: number;
  /** From the one that holds row `first` to the one that holds the last; names by their numbers in the archive. */
  readonly chunks: readonly TreeRows[];
  /** Places of chunks whose rows may still change: deliveries in them were not finished. */
  readonly open: ReadonlySet<number>;
}

type Names = Pick<TreeLabel, 'agent' | 'channel'>;
type Scope = TreeRowsPart['scopes'][number];

/**
 * Keeps the tree of one state at many moments, for turning back time. From one moment to the next only the newest rows
 * differ, and those that belonged to unfinished deliveries: a moment costs little more than what is new in it, and
 * putting one back is a copy of memory.
 */
export class TreeArchive {
  readonly #names: Names[] = [];
  readonly #nameNumbers = new Map<string, Map<string, number>>();
  readonly #scopes: Scope[] = [];
  readonly #scopeNumbers = new Map<string, number>();
  /** Where a chunk is put together before it is known whether it is a new one. */
  readonly #draft = new TreeRows(CHUNK_ROWS);

  /** @param unfinished nodes of deliveries that are not finished: no other row ever changes. */
  take(
    { ring, labels, scopes }: TreeData,
    unfinished: Iterable<number>,
    before: ArchivedTree | undefined,
  ): ArchivedTree {
    const { first, next } = ring;
    const open = new Set<number>();
    for (const node of unfinished) open.add(placeOf(node));
    const labelNumbers = numbering(labels, (label) => this.#nameNumber(label.agent, label.channel));
    const scopeNumbers = numbering(scopes, ({ run = null, session: { prefix, startedAt } }) =>
      this.#scopeNumber({ run, sessionPrefix: prefix, sessionStartedAt: startedAt }),
    );
    const chunks: TreeRows[] = [];
    for (let place = placeOf(first); place * CHUNK_ROWS < next; place++) {
      const known = before && chunkAt(before, place);
      if (before && known && isSettled(before, place)) {
        chunks.push(known);
        continue;
      }
      // Rows that the tree has dropped since stay as they were. A chunk that is new need not be compared.
      const draft = known ? this.#draft : new TreeRows(CHUNK_ROWS);
      if (known) draft.take(0, known, 0, CHUNK_ROWS);
      const end = Math.min(next, (place + 1) * CHUNK_ROWS);
      for (let number = Math.max(first, place * CHUNK_ROWS); number < end; ) {
        const count = ring.stretch(number, end);
        const row = draft.rowAt(number % CHUNK_ROWS);
        draft.take(row, ring, ring.row(number), count);
        if (labelNumbers) draft.renumberLabels(row, count, (label) => labelNumbers[label] ?? 0);
        if (scopeNumbers) draft.renumberScopes(row, count, (scope) => scopeNumbers[scope] ?? 0);
        number += count;
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
    const chunks: TreeRows[] = [];
    const lowest = placeOf(first);
    for (let place = lowest; place * CHUNK_ROWS < next; place++) {
      chunks.push(new TreeRows(CHUNK_ROWS));
    }
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
        const label = names[part.label[offset] ?? 0] ?? 0;
        const scope = scopes[part.scope[offset] ?? 0] ?? 0;
        chunk.put(chunk.rowAt(number % CHUNK_ROWS), rowValues(part, offset, label, scope));
      }
    }
    return { first, next, chunks, open: new Set([...open].map(placeOf)) };
  }

  /** Puts the rows back into an empty tree whose range is theirs already. */
  restore({ ring, labels, scopes }: TreeData, { first, next, chunks }: ArchivedTree): void {
    const labelOf = entering(this.#names.length, (number) => {
      const { agent, channel } = this.nameOf(number);
      return labels.indexOf(treeLabel(agent, channel));
    });
    const scopeOf = entering(this.#scopes.length, (number) => {
      const { run, sessionPrefix, sessionStartedAt } = this.#scopes[number] ?? NO_SCOPE;
      const session = { prefix: sessionPrefix, startedAt: sessionStartedAt };
      return scopes.indexOf({ run: run ?? undefined, session, index: -1 });
    });
    for (let index = 0; index < chunks.length; index++) {
      const chunk = chunks[index];
      const base = (placeOf(first) + index) * CHUNK_ROWS;
      const end = Math.min(next, base + CHUNK_ROWS);
      for (let number = Math.max(ring.first, base); chunk && number < end; ) {
        const count = ring.stretch(number, end);
        const row = ring.row(number);
        ring.take(row, chunk, chunk.rowAt(number - base), count);
        if (labelOf) ring.renumberLabels(row, count, labelOf);
        if (scopeOf) ring.renumberScopes(row, count, scopeOf);
        number += count;
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
export function chunkAt({ first, chunks }: ArchivedTree, place: number): TreeRows | undefined {
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
