import type { TreeNode } from '../../core/state/tree-node.js';
import type { CanvasSource } from '../canvas-contract.js';

/** Nodes looked at, newest first: a search is typed, and must keep up with the typing. */
const MOST_LOOKED_AT = 20_000;
const MOST_FOUND = 200;

/**
 * Nodes whose id (of a message, of an invocation) holds a text, newest first. A text that cannot be part of an id finds
 * none: ids have digits, and a letter or two would find all of them.
 */
export function findById(source: CanvasSource, text: string): TreeNode[] {
  if (text.length < 3 || !/\d/.test(text)) return [];
  const found: TreeNode[] = [];
  const oldest = Math.max(source.firstNode, source.nextNode - MOST_LOOKED_AT);
  for (let number = source.nextNode - 1; number >= oldest && found.length < MOST_FOUND; number--) {
    const node = source.node(number);
    if (node?.id.toLowerCase().includes(text)) found.push(node);
  }
  return found;
}
