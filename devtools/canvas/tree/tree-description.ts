import { NODE_STATUSES } from '../../../core/state/tree-node.js';
import type { AccessibleItem } from '../../canvas-contract.js';
import type { TreeScene } from './tree-model.js';

/** Lines at most; the list says what it leaves out. */
const MOST = 300;

/** The folded tree in words. */
export function describeTree(scene: TreeScene): readonly AccessibleItem[] {
  const roots: AccessibleItem[] = [];
  const childrenOf = new Map<number, AccessibleItem[]>();
  const shown = Math.min(MOST, scene.nodes.length);
  for (let place = 0; place < shown; place++) {
    const node = scene.nodes[place];
    if (!node) continue;
    const children: AccessibleItem[] = [];
    childrenOf.set(place, children);
    const [first] = node.members;
    const alone = node.members.length === 1 && first !== undefined;
    const item: AccessibleItem = {
      id: node.key,
      label: labelOf(scene, place),
      children,
      ...(alone && { selection: { kind: 'node', node: first } }),
    };
    (childrenOf.get(node.parent) ?? roots).push(item);
  }
  const left = scene.nodes.length - shown;
  if (left > 0) roots.push({ id: 'more', label: `${left} more, deeper in the tree` });
  return roots;
}

/** "reader, 12 times: 11 succeeded, 1 failed" or "Message on pages, published". */
export function labelOf(scene: TreeScene, place: number): string {
  const name = scene.labels[place] ?? '';
  const what = scene.isPublish[place] === 1 ? `Message on ${name}` : `Agent ${name}`;
  const counts = scene.histograms[place];
  const count = scene.nodes[place]?.members.length ?? 1;
  if (!counts) return `${what}, ${NODE_STATUSES[scene.status[place] ?? 0] ?? ''}`;
  const parts = NODE_STATUSES.flatMap((status, at) => (counts[at] ? [`${counts[at]} ${status}`] : []));
  return `${what}, ${count} times: ${parts.join(', ')}`;
}
