import {
  type ArchivedTree,
  CHUNK_ROWS,
  chunkAt,
  placeOf,
  type TreeArchive,
} from '../../core/state/tree-archive.js';
import type { TreeLabel } from '../../core/state/tree-labels.js';
import { TreeRows } from '../../core/state/tree-rows.js';

const NOTHING = new TreeRows(CHUNK_ROWS);

/** The nodes of the tree from before the recording, by their numbers, read from the first checkpoint. */
export class OldRows {
  readonly first: number;
  readonly next: number;
  readonly #archive: TreeArchive;
  readonly #tree: ArchivedTree;
  #place = -1;
  #chunk = NOTHING;

  constructor(archive: TreeArchive, tree: ArchivedTree) {
    this.#archive = archive;
    this.#tree = tree;
    this.first = tree.first;
    this.next = tree.next;
  }

  has(node: number): boolean {
    return node >= this.first && node < this.next;
  }

  /** The chunks of rows, oldest first: those from `from` to `to` of each, whose nodes are `base` + row. */
  *chunks(): Generator<{ chunk: TreeRows; base: number; from: number; to: number }> {
    for (let place = placeOf(this.first); place * CHUNK_ROWS < this.next; place++) {
      const base = place * CHUNK_ROWS;
      const chunk = chunkAt(this.#tree, place) ?? NOTHING;
      yield { chunk, base, from: Math.max(0, this.first - base), to: Math.min(CHUNK_ROWS, this.next - base) };
    }
  }

  /** When it was published, or when its newest attempt began. */
  time(node: number): number {
    const chunk = this.#at(node);
    return chunk.time(chunk.rowAt(node % CHUNK_ROWS));
  }

  /** Number of its agent and channel; see `name`. */
  label(node: number): number {
    const chunk = this.#at(node);
    return chunk.label(chunk.rowAt(node % CHUNK_ROWS));
  }

  name(label: number): Pick<TreeLabel, 'agent' | 'channel'> {
    return this.#archive.nameOf(label);
  }

  #at(node: number): TreeRows {
    const place = placeOf(node);
    if (place !== this.#place) {
      this.#place = place;
      this.#chunk = chunkAt(this.#tree, place) ?? NOTHING;
    }
    return this.#chunk;
  }
}
