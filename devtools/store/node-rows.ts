import type { ExecutionTree } from '../../core/state/execution-tree.js';
import { type TreeLabel, treeLabel } from '../../core/state/tree-labels.js';
import { PUBLISH_STATUSES } from '../../core/state/tree-node.js';
import type { VisitNode } from '../canvas-contract.js';

/** Statuses before it are those of publishes. */
const FIRST_INVOCATION = PUBLISH_STATUSES.length;

/** How nodes of one label are called: as publishes and as invocations. */
interface NodeNames {
  readonly of: TreeLabel;
  readonly publish: string;
  readonly invocation: string;
}

/** Reads nodes from the columns of a tree, with no object and no new text for each: a busy run has 100,000 a second. */
export class NodeRows {
  /** By the tree's numbers of their labels, which may come to mean another. */
  #names: NodeNames[] = [];

  /** Nodes from `from` (inclusive) to `to` (exclusive), those that are kept; see `CanvasSource.visitNodes`. */
  visit(tree: ExecutionTree, from: number, to: number, visit: VisitNode): void {
    const { ring, labels, scopes } = tree.data;
    const { first, next } = tree;
    const end = Math.min(to, next);
    for (let number = Math.max(from, first); number < end; number++) {
      const row = ring.row(number);
      const parent = ring.parent(row);
      const status = ring.status(row);
      const index = ring.label(row);
      const label = labels.get(index);
      let names = this.#names[index];
      if (!names || names.of !== label) names = this.#newNames(index, label ?? NO_LABEL);
      const run = scopes.get(ring.scope(row))?.run;
      const isKept = parent >= first && parent < next;
      visit(
        number,
        isKept ? parent : 0,
        status < FIRST_INVOCATION ? names.publish : names.invocation,
        status,
        run,
      );
    }
  }

  #newNames(index: number, of: TreeLabel): NodeNames {
    const names = { of, publish: `p${of.channel}`, invocation: `i${of.agent}` };
    while (this.#names.length < index) this.#names.push(names);
    this.#names[index] = names;
    return names;
  }
}

const NO_LABEL = treeLabel('', '');
