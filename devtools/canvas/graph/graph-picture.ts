import type { CanvasTheme } from '../../canvas-contract.js';
import type { TextFitter } from '../pen.js';
import { SvgPen } from '../svg-pen.js';
import type { GraphModel } from './graph-model.js';
import { paintEdge, paintNode } from './graph-paint.js';

const MARGIN = 36;

/** The whole graph as SVG text; what still glides comes to rest for it. */
export function graphSvg(model: GraphModel, theme: CanvasTheme, text: TextFitter): string {
  const pen = new SvgPen();
  pen.textBaseline = 'middle';
  model.advance(0, true);
  const box = model.bounds() ?? { left: 0, top: 0, right: 1, bottom: 1 };
  for (const edge of model.edges) paintEdge(pen, theme, edge, 1, false);
  const look = { alpha: 1, selected: false, matched: false, hovered: false, scale: 1, now: Number.MAX_VALUE };
  for (const node of model.nodes.values()) paintNode(pen, text, theme, node, look);
  const [width, height] = [box.right - box.left + 2 * MARGIN, box.bottom - box.top + 2 * MARGIN];
  const corner = { x: box.left - MARGIN, y: box.top - MARGIN };
  return pen.toSvg(width, height, theme.background, 'Agents and channels', corner);
}
