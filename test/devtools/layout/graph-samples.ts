import type { LayoutEdge, LayoutNode } from '../../../devtools/layout/layered.js';

export function node(id: string, extent = 40): LayoutNode {
  return { id, extent };
}

/** 'a>b b>c' as edges. */
export function edges(text: string): LayoutEdge[] {
  return text
    .split(' ')
    .filter((each) => each !== '')
    .map((each) => {
      const [from = '', to = ''] = each.split('>');
      return { from, to };
    });
}

export function nodesOf(list: readonly LayoutEdge[]): LayoutNode[] {
  return [...new Set(list.flatMap(({ from, to }) => [from, to]))].map((id) => node(id));
}
