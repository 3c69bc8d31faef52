import type { SnapshotPart } from '../../core/state/snapshot.js';
import type { TreeRowsPart } from '../../core/state/tree-snapshot.js';

/** A node of the tree as a snapshot has it; columns are read at `row` of `part`. */
export interface OldRow {
  readonly part: TreeRowsPart;
  readonly row: number;
}

/** The rows of the tree in a snapshot, by the numbers of their nodes. */
export class OldRows {
  readonly #parts: readonly TreeRowsPart[];

  constructor(parts: readonly SnapshotPart[]) {
    this.#parts = parts.filter((part) => part.part === 'tree');
  }

  /** All of them, oldest first. */
  *[Symbol.iterator](): Generator<OldRow> {
    for (const part of this.#parts) for (let row = 0; row < part.status.length; row++) yield { part, row };
  }

  find(node: number): OldRow | undefined {
    let low = 0;
    let high = this.#parts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#parts[middle]?.first ?? 0) <= node) low = middle + 1;
      else high = middle;
    }
    const part = this.#parts[low - 1];
    return part && node - part.first < part.status.length ? { part, row: node - part.first } : undefined;
  }
}

export function agentOf({ part, row }: OldRow): string {
  return part.agents[Math.floor((part.label[row] ?? 0) / Math.max(1, part.channels.length))] ?? '';
}

export function channelOf({ part, row }: OldRow): string {
  return part.channels[(part.label[row] ?? 0) % Math.max(1, part.channels.length)] ?? '';
}

/** When it was published, or when its newest attempt began. */
export function timeOf({ part, row }: OldRow): number {
  return part.time[row] ?? 0;
}
