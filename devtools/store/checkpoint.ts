import { Disclosure } from '../../core/inspection/disclosure.js';
import { DEFAULT_LIMITS } from '../../core/inspection/safe-value.js';
import { restore } from '../../core/state/restore.js';
import type { RunState, StateLimits } from '../../core/state/run-state.js';
import { partsBesideTree, type SnapshotPart } from '../../core/state/snapshot.js';
import { type ArchivedTree, isSettled, placeOf, TreeArchive } from '../../core/state/tree-archive.js';
import { type TreeData, type TreeNodePart, treeNodeParts } from '../../core/state/tree-snapshot.js';

/** A state at a moment, small: most of it is that of the checkpoint before. */
export interface Checkpoint {
  readonly seq: number;
  /** All but the tree. */
  readonly parts: readonly SnapshotPart[];
  readonly tree: ArchivedTree;
  /** What nodes have besides their rows. */
  readonly nodes: readonly TreeNodePart[];
}

/** What becomes of parts that the panel must not hold as they are. */
export type ShowPart = (part: SnapshotPart) => SnapshotPart;

/** Makes checkpoints that share what they have in common, and states of them again. */
export class Checkpoints {
  readonly archive: TreeArchive = new TreeArchive();

  /** Of the parts that a snapshot frame brings. */
  ofParts(seq: number, parts: readonly SnapshotPart[]): Checkpoint {
    const head = parts.find((part) => part.part === 'head');
    const rows = parts.filter((part) => part.part === 'tree');
    const open = parts.flatMap((part) => (part.part === 'delivery' ? part.node : []));
    return {
      seq,
      parts: parts.filter(({ part }) => part !== 'tree' && part !== 'tree-node'),
      tree: this.archive.takeParts(head?.treeFirst ?? 1, head?.treeNext ?? 1, rows, open),
      nodes: parts.filter((part) => part.part === 'tree-node'),
    };
  }

  /** Of the same parts, but the rows of the tree, which are read from the state that they were made of. */
  ofPartsAndTree(seq: number, parts: readonly SnapshotPart[], state: RunState): Checkpoint {
    const { nodes, parts: others } = this.ofParts(seq, parts);
    return {
      seq,
      parts: others,
      nodes,
      tree: this.archive.take(state.tree.data, openNodes(state), undefined),
    };
  }

  /** Of a state. `show` is for a state that holds what the panel must not. */
  ofState(state: RunState, before: Checkpoint | undefined, show?: ShowPart): Checkpoint {
    const { data } = state.tree;
    const parts: SnapshotPart[] = partsBesideTree(state);
    return {
      seq: state.seq,
      parts: shared(show ? parts.map(show) : parts, before?.parts ?? []),
      tree: this.archive.take(data, openNodes(state), before?.tree),
      nodes: [...specialNodes(data, before, show)],
    };
  }

  restored({ parts, tree, nodes }: Checkpoint, limits: StateLimits): RunState {
    const state = restore(parts, limits);
    this.archive.restore(state.tree.data, tree);
    for (const node of nodes) state.tree.restorePart(node);
    return state;
  }
}

/** The parts of a state that holds payloads, without them. Other values stay whole, as the live views show them. */
export function withoutPayloads(part: SnapshotPart): SnapshotPart {
  const holdsMessages = part.part === 'channel' || part.part === 'delivery' || part.part === 'tree-node';
  return holdsMessages ? UNREDACTED.part(part) : part;
}

const UNREDACTED = new Disclosure(undefined, DEFAULT_LIMITS);

/** How much there is to copy for a checkpoint, besides the rows of the tree. */
export function weightOf({ parts, nodes }: Checkpoint): number {
  return parts.length + nodes.length;
}

function* openNodes(state: RunState): Generator<number> {
  for (const { node } of state.unfinished) yield node;
}

/** Those of settled deliveries stay the same but for one thing: a dead letter that is sent again is none any more. */
function* specialNodes(
  data: TreeData,
  before: Checkpoint | undefined,
  show: ShowPart | undefined,
): Generator<TreeNodePart> {
  let place = 0;
  for (const node of treeNodeParts(data)) {
    while ((before?.nodes[place]?.number ?? Number.POSITIVE_INFINITY) < node.number) place++;
    const known = before?.nodes[place];
    const same =
      before &&
      known?.number === node.number &&
      isSettled(before.tree, placeOf(node.number)) &&
      (known.deadLetter === null) === (node.deadLetter === null);
    if (same) {
      yield known;
      continue;
    }
    const shown = show ? show(node) : node;
    if (shown.part === 'tree-node') yield shown;
  }
}

/** Parts that hold one thing of the state itself. Others are made anew for each snapshot, and never the same. */
const HELD: ReadonlySet<SnapshotPart['part']> = new Set(['agent', 'human', 'resolution', 'task', 'cache']);

/** Replaces parts by equal ones of the checkpoint before, so that what does not change is kept once. */
function shared(parts: readonly SnapshotPart[], before: readonly SnapshotPart[]): SnapshotPart[] {
  const known = new Map<string, SnapshotPart[]>();
  for (const part of before) {
    if (!HELD.has(part.part)) continue;
    const list = known.get(part.part);
    if (list) list.push(part);
    else known.set(part.part, [part]);
  }
  const counts = new Map<string, number>();
  return parts.map((part) => {
    if (!HELD.has(part.part)) return part;
    const place = counts.get(part.part) ?? 0;
    counts.set(part.part, place + 1);
    const candidate = known.get(part.part)?.[place];
    return candidate && isSame(candidate, part) ? candidate : part;
  });
}

function isSame(left: SnapshotPart, right: SnapshotPart): boolean {
  for (const [key, value] of Object.entries(right)) if (Reflect.get(left, key) !== value) return false;
  return true;
}
