import type { ExecutionTree } from '../../core/state/execution-tree.js';
import { PUBLISH_STATUSES } from '../../core/state/tree-node.js';
import type { VisitNode } from '../canvas-contract.js';

/** Statuses before it are those of publishes. */
const FIRST_INVOCATION = PUBLISH_STATUSES.length;

/** Reads nodes from the columns of a tree, with no object and no new text for each: a busy run has 100,000 a second. */
export class NodeRows {
  readonly #publishLabels = new Map<string, string>();
  readonly #invocationLabels = new Map<string, string>();

  /** Nodes from `from` (inclusive) to `to` (exclusive), those that are kept; see `CanvasSource.visitNodes`. */
  visit(tree: ExecutionTree, from: number, to: number, visit: VisitNode): void {
    const { columns, labels, scopes } = tree.data;
    const end = Math.min(to, tree.next);
    for (let number = Math.max(from, tree.first); number < end; number++) {
      const row = columns.row(number);
      const parent = columns.parent[row] ?? 0;
      const status = columns.status[row] ?? 0;
      const { agent = '', channel = '' } = labels.get(columns.label[row] ?? 0) ?? {};
      const label =
        status < FIRST_INVOCATION
          ? labelOf(this.#publishLabels, 'p', channel)
          : labelOf(this.#invocationLabels, 'i', agent);
      visit(number, tree.has(parent) ? parent : 0, label, status, scopes.get(columns.scope[row] ?? 0)?.run);
    }
  }
}

function labelOf(labels: Map<string, string>, kind: string, name: string): string {
  let label = labels.get(name);
  if (label === undefined) {
    label = kind + name;
    labels.set(name, label);
  }
  return label;
}
