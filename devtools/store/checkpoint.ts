import type { SnapshotPart } from '../../core/state/snapshot.js';
import type { TreeRowsPart } from '../../core/state/tree-snapshot.js';

/** Rows of the tree that are kept together, and shared between checkpoints while they stay the same. */
const ROWS = 1024;

/** Rows `number × ROWS` and on, in typed arrays; names by their numbers in the packer. */
interface Rows {
  readonly status: Uint8Array;
  readonly agent: Uint16Array;
  readonly channel: Uint16Array;
  readonly scope: Uint16Array;
  readonly parent: Uint32Array;
  readonly delivery: Uint32Array;
  readonly count: Uint32Array;
  readonly time: Float64Array;
  readonly duration: Float64Array;
}

/** A snapshot, small: most rows of its tree are those of the checkpoint before. */
export interface Checkpoint {
  readonly seq: number;
  readonly others: readonly SnapshotPart[];
  readonly first: number;
  readonly next: number;
  readonly rows: ReadonlyMap<number, Rows>;
}

type Scope = TreeRowsPart['scopes'][number];

/**
 * Packs snapshots and unpacks them again. A snapshot of a tree of 100,000 nodes comes to 5 MB of plain lists; but from
 * one checkpoint to the next only the newest rows differ, so that a checkpoint costs little more than what is new in it.
 */
export class CheckpointPacker {
  readonly #agents = new Names();
  readonly #channels = new Names();
  readonly #scopes: Scope[] = [];
  readonly #scopeNumbers = new Map<string, number>();

  pack(seq: number, parts: readonly SnapshotPart[], before: Checkpoint | undefined): Checkpoint {
    const head = parts.find((part) => part.part === 'head');
    const rows = new Map<number, Rows>();
    for (const part of parts) if (part.part === 'tree') this.#take(part, rows);
    for (const [place, chunk] of rows) {
      const old = before?.rows.get(place);
      if (old && sameRows(old, chunk)) rows.set(place, old);
    }
    return {
      seq,
      others: parts.filter((part) => part.part !== 'tree'),
      first: head?.treeFirst ?? 1,
      next: head?.treeNext ?? 1,
      rows,
    };
  }

  /** The parts that were packed, as `restore` takes them. */
  *unpack({ others, first, next, rows }: Checkpoint): Generator<SnapshotPart> {
    const [head, ...rest] = others;
    if (head) yield head;
    for (const [place, chunk] of [...rows].sort(([left], [right]) => left - right)) {
      const from = Math.max(first, place * ROWS);
      const to = Math.min(next, (place + 1) * ROWS);
      if (from < to) yield this.#part(chunk, from, from - place * ROWS, to - place * ROWS);
    }
    yield* rest;
  }

  #part(chunk: Rows, first: number, start: number, end: number): TreeRowsPart {
    // Only the names that these rows have: `restore` makes a label for every pair of agent and channel.
    const agents = new Renumbered(this.#agents.size);
    const channels = new Renumbered(this.#channels.size);
    const scopes = new Renumbered(this.#scopes.length);
    const agent: number[] = [];
    const channel: number[] = [];
    const scope: number[] = [];
    for (let row = start; row < end; row++) {
      agent.push(agents.of(chunk.agent[row] ?? 0));
      channel.push(channels.of(chunk.channel[row] ?? 0));
      scope.push(scopes.of(chunk.scope[row] ?? 0));
    }
    // Not Array.from: over typed arrays it goes by the iterator, which is ten times slower.
    const list = (column: ArrayLike<number>): number[] => {
      const values: number[] = [];
      for (let row = start; row < end; row++) values.push(column[row] ?? 0);
      return values;
    };
    return {
      part: 'tree',
      first,
      agents: agents.used.map((number) => this.#agents.name(number)),
      channels: channels.used.map((number) => this.#channels.name(number)),
      scopes: scopes.used.flatMap((number) => this.#scopes[number] ?? []),
      label: agent.map((number, row) => number * channels.used.length + (channel[row] ?? 0)),
      scope,
      status: list(chunk.status),
      parent: list(chunk.parent),
      delivery: list(chunk.delivery),
      count: list(chunk.count),
      time: list(chunk.time),
      duration: list(chunk.duration),
    };
  }

  #take(part: TreeRowsPart, rows: Map<number, Rows>): void {
    const agents = part.agents.map((name) => this.#agents.number(name));
    const channels = part.channels.map((name) => this.#channels.number(name));
    const scopes = part.scopes.map((scope) => this.#scopeNumber(scope));
    for (let offset = 0; offset < part.status.length; offset++) {
      const number = part.first + offset;
      const place = Math.floor(number / ROWS);
      let chunk = rows.get(place);
      if (!chunk) {
        chunk = emptyRows();
        rows.set(place, chunk);
      }
      const row = number % ROWS;
      const label = part.label[offset] ?? 0;
      chunk.status[row] = part.status[offset] ?? 0;
      chunk.agent[row] = agents[Math.floor(label / part.channels.length)] ?? 0;
      chunk.channel[row] = channels[label % part.channels.length] ?? 0;
      chunk.scope[row] = scopes[part.scope[offset] ?? 0] ?? 0;
      chunk.parent[row] = part.parent[offset] ?? 0;
      chunk.delivery[row] = part.delivery[offset] ?? 0;
      chunk.count[row] = part.count[offset] ?? 0;
      chunk.time[row] = part.time[offset] ?? 0;
      chunk.duration[row] = part.duration[offset] ?? 0;
    }
  }

  #scopeNumber(scope: Scope): number {
    const key = `${scope.run}\n${scope.sessionPrefix}`;
    let number = this.#scopeNumbers.get(key);
    if (number === undefined) {
      number = this.#scopes.push(scope) - 1;
      this.#scopeNumbers.set(key, number);
    }
    return number;
  }
}

/** Numbers, numbered anew in the order in which they come. */
class Renumbered {
  readonly used: number[] = [];
  readonly #places: Int32Array;

  constructor(count: number) {
    this.#places = new Int32Array(count).fill(-1);
  }

  of(number: number): number {
    const known = this.#places[number] ?? -1;
    if (known >= 0) return known;
    this.#places[number] = this.used.length;
    return this.used.push(number) - 1;
  }
}

class Names {
  readonly #names: string[] = [];
  readonly #numbers = new Map<string, number>();

  number(name: string): number {
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.#names.push(name) - 1;
      this.#numbers.set(name, number);
    }
    return number;
  }

  get size(): number {
    return this.#names.length;
  }

  name(number: number): string {
    return this.#names[number] ?? '';
  }
}

function emptyRows(): Rows {
  return {
    status: new Uint8Array(ROWS),
    agent: new Uint16Array(ROWS),
    channel: new Uint16Array(ROWS),
    scope: new Uint16Array(ROWS),
    parent: new Uint32Array(ROWS),
    delivery: new Uint32Array(ROWS),
    count: new Uint32Array(ROWS),
    time: new Float64Array(ROWS),
    duration: new Float64Array(ROWS),
  };
}

/** Whether the rows of `now` are those of `before`; rows that `now` has dropped from its front (0) do not count. */
function sameRows(before: Rows, now: Rows): boolean {
  for (let row = 0; row < ROWS; row++) {
    // Every row in use has a time; rows not in use are wiped, and may be anything in a shared chunk.
    if (now.time[row] === 0) continue;
    if (
      now.status[row] !== before.status[row] ||
      now.time[row] !== before.time[row] ||
      now.duration[row] !== before.duration[row] ||
      now.count[row] !== before.count[row] ||
      now.parent[row] !== before.parent[row] ||
      now.delivery[row] !== before.delivery[row] ||
      now.agent[row] !== before.agent[row] ||
      now.channel[row] !== before.channel[row] ||
      now.scope[row] !== before.scope[row]
    )
      return false;
  }
  return true;
}
