import type { GrowingTree } from './growing-tree.js';

/** One mark of the drawn tree: a node, or several of equal shape folded into one. */
export interface FoldedNode {
  /** The same as long as it stands for the same: its place glides, and what was unfolded stays so. */
  readonly key: string;
  /** Place of the parent in the list, -1 for a root. Parents come before their children. */
  readonly parent: number;
  readonly depth: number;
  /** Numbers of the nodes that it stands for, rising. */
  readonly members: readonly number[];
  /** Key of the group that was unfolded to show this one alone. */
  readonly unfoldedFrom: string | undefined;
}

export interface FoldOptions {
  /** Keys of groups that are shown one by one. */
  readonly unfolded: ReadonlySet<string>;
  /** From how many on equals are folded; 3 by default. */
  readonly foldFrom?: number;
  /** Of an unfolded group about so many marks are shown, with what is below them; the rest stay folded; 10,000 by default. */
  readonly mostUnfolded?: number;
}

interface Waiting {
  readonly parent: number;
  readonly parentKey: string;
  readonly depth: number;
  readonly members: readonly number[];
}

/**
 * Folds equal subtrees, from the roots down. Where several siblings (or the children of a fold) have the same shape, one
 * mark stands for all of them, and below it one mark for each shape of all their children: so a run of a thousand
 * documents is as small as its pattern. Never recurses: a chain may be as deep as the run is long.
 */
export function foldTree(tree: GrowingTree, options: FoldOptions): FoldedNode[] {
  const { unfolded, foldFrom = 3, mostUnfolded = 10_000 } = options;
  const nodes: FoldedNode[] = [];
  const waiting: Waiting[] = [{ parent: -1, parentKey: '', depth: 0, members: tree.roots }];

  const add = (group: Waiting, key: string, members: readonly number[], from?: string): void => {
    const { parent, depth } = group;
    const place = nodes.push({ key, parent, depth, members, unfoldedFrom: from }) - 1;
    const children = childrenOf(tree, members);
    if (children.length > 0)
      waiting.push({ parent: place, parentKey: key, depth: depth + 1, members: children });
  };

  for (let next = 0; next < waiting.length; next++) {
    const group = waiting[next];
    if (!group) break;
    for (const [shape, members] of byShape(tree, group.members)) {
      const key = tree.shapes.groupKey(group.parentKey, shape);
      if (members.length >= foldFrom && !unfolded.has(key)) {
        add(group, key, members);
        continue;
      }
      const from = members.length >= foldFrom ? key : undefined;
      const each = from === undefined ? 1 : marksOf(tree, members[0] ?? 0, foldFrom);
      const room = Math.max(1, Math.floor(mostUnfolded / each));
      for (const member of members.slice(0, room)) add(group, `n${member}`, [member], from);
      if (members.length > room) add(group, `${key}…`, members.slice(room), from);
    }
  }
  return nodes;
}

/** How many marks a node comes to that is shown alone, with all folds below it. */
function marksOf(tree: GrowingTree, node: number, foldFrom: number): number {
  let marks = 0;
  const waiting: (readonly number[])[] = [[node]];
  for (let group = waiting.pop(); group; group = waiting.pop()) {
    for (const [, members] of byShape(tree, group)) {
      const marked = members.length >= foldFrom ? [members] : members.map((member) => [member]);
      marks += marked.length;
      for (const each of marked) waiting.push(childrenOf(tree, each));
    }
  }
  return marks;
}

/** Groups in the order of their first members: the oldest on top. */
function byShape(tree: GrowingTree, members: readonly number[]): Iterable<[number, number[]]> {
  const groups = new Map<number, number[]>();
  // Neighbours are often alike.
  let last = -1;
  let group: number[] = [];
  for (const member of members) {
    const shape = tree.shapeOf(member);
    if (shape !== last) {
      last = shape;
      group = groups.get(shape) ?? [];
      groups.set(shape, group);
    }
    group.push(member);
  }
  return groups;
}

function childrenOf(tree: GrowingTree, members: readonly number[]): number[] {
  const children: number[] = [];
  for (const member of members) {
    for (let child = tree.firstChildOf(member); child !== 0; child = tree.nextSiblingOf(child))
      children.push(child);
  }
  return children;
}

/** How many of the nodes have each status, by its place in `NODE_STATUSES`. */
export function histogramOf(tree: GrowingTree, members: readonly number[], statuses: number): Uint32Array {
  const counts = new Uint32Array(statuses);
  for (const member of members) {
    const status = tree.statusOf(member);
    counts[status] = (counts[status] ?? 0) + 1;
  }
  return counts;
}
