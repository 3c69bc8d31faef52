import { invalid } from '../errors.js';
import { requireName } from '../identifiers.js';
import { ExecutionTree, type TreeView } from './execution-tree.js';
import type { TreeNode } from './tree-node.js';

const COLOURS: Readonly<Record<string, string>> = {
  published: '#e8eef7',
  unheard: '#eeeeee',
  refused: '#f3d9d9',
  succeeded: '#d8f0dc',
  failed: '#f8c9c4',
  invalid: '#f8c9c4',
  dropped: '#f5e3b8',
  cancelled: '#e0e0e0',
};

/**
 * The execution tree of one run in the DOT language, for Graphviz. The same run always gives the same bytes: nodes in
 * the order they came into being, and nothing in it that depends on time.
 *
 * @param workflowId id of the run (`run.id`, `report.executionId`); every node of the tree when it names no run.
 * @example writeFileSync('run.dot', serializeTreeToDot(executor.tree, report.executionId));
 */
export function serializeTreeToDot(tree: TreeView, workflowId: string): string {
  if (!(tree instanceof ExecutionTree)) throw invalid('tree', 'an ExecutionTree', tree);
  requireName(workflowId, 'workflowId');
  const known = [...tree.nodes(workflowId)];
  const nodes = known.length > 0 ? known : [...tree.nodes()];
  const included = new Set(nodes.map(({ number }) => number));
  const lines = [
    `digraph ${quote(workflowId)} {`,
    '  rankdir=LR;',
    '  node [style="filled,rounded" fontname="Helvetica" fontsize=11 color="#8a94a6"];',
    '  edge [fontname="Helvetica" fontsize=9 color="#8a94a6"];',
    ...nodes.map((node) => `  n${node.number} [${attributes(node)}];`),
    ...nodes
      .filter(({ parent }) => included.has(parent))
      .map(({ parent, number, channel }) => `  n${parent} -> n${number} [label=${quote(channel)}];`),
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

function attributes(node: TreeNode): string {
  const fill = `fillcolor="${COLOURS[node.status] ?? '#fff6d6'}"`;
  if (node.kind === 'publish') return `shape=note ${fill} label=${quote(`${node.channel}\n${node.status}`)}`;
  const attempts = node.attempts > 1 ? ` (${node.attempts} attempts)` : '';
  const reason = node.errors.at(-1)?.message;
  const lines = [node.agent, `${node.status}${attempts}`, ...(reason ? [reason.slice(0, 120)] : [])];
  return `shape=box ${fill} label=${quote(lines.join('\n'))}`;
}

/** A DOT string: quotes and backslashes escaped, line breaks kept, other control characters and lone halves taken out. */
function quote(text: string): string {
  const clean = text
    .replace(/\p{Surrogate}/gu, '\uFFFD')
    .replace(/(?!\n)\p{Control}/gu, ' ')
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n');
  return `"${clean}"`;
}
