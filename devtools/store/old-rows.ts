import { type ArchivedTree, chunkAt, placeOf, type TreeArchive } from '../../core/state/tree-archive.js';
import { CHUNK_ROWS, TreeChunk } from '../../core/state/tree-chunk.js';

const NOTHING = new TreeChunk();

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

  status(node: number): number {
    return this.#at(node).status[node % CHUNK_ROWS] ?? 0;
  }

  parent(node: number): number {
    return this.#at(node).parent[node % CHUNK_ROWS] ?? 0;
  }

  /** When it was published, or when its newest attempt began. */
  time(node: number): number {
    return this.#at(node).time[node % CHUNK_ROWS] ?? 0;
  }

  /** Milliseconds; NaN when it has not settled. */
  duration(node: number): number {
    return this.#at(node).duration[node % CHUNK_ROWS] ?? Number.NaN;
  }

  /** Of an invocation. */
  attempts(node: number): number {
    return this.#at(node).count[node % CHUNK_ROWS] ?? 0;
  }

  agent(node: number): string {
    return this.#archive.nameOf(this.#at(node).label[node % CHUNK_ROWS] ?? 0).agent;
  }

  channel(node: number): string {
    return this.#archive.nameOf(this.#at(node).label[node % CHUNK_ROWS] ?? 0).channel;
  }

  #at(node: number): TreeChunk {
    const place = placeOf(node);
    if (place !== this.#place) {
      this.#place = place;
      this.#chunk = chunkAt(this.#tree, place) ?? NOTHING;
    }
    return this.#chunk;
  }
}
