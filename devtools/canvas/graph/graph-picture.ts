import type { CanvasSource, CanvasTheme } from '../../canvas-contract.js';
import type { TextFitter } from '../pen.js';
import { SvgPen } from '../svg-pen.js';
import { GraphModel } from './graph-model.js';
import { paintEdge, paintNode } from './graph-paint.js';

const MARGIN = 36;

/** The whole graph as it will rest, as SVG text. */
export function graphSvg(
  model: GraphModel,
  source: CanvasSource,
  theme: CanvasTheme,
  text: TextFitter,
): string {
  const pen = new SvgPen();
  pen.textBaseline = 'middle';
  const box = model.bounds() ?? { left: 0, top: 0, right: 1, bottom: 1 };
  // A second model, moved so that the picture starts at its own corner.
  const shifted = new GraphModel();
  shifted.resize(model.vertical ? 1 : 2, model.vertical ? 2 : 1, 0);
  shifted.update(source, 0);
  for (const node of shifted.nodes.values()) {
    const { x, y } = model.nodes.get(node.id)?.target ?? node.target;
    shifted.pin(node, { x: x - box.left + MARGIN, y: y - box.top + MARGIN }, 0);
  }
  for (const edge of shifted.edges) paintEdge(pen, theme, edge, 1, false);
  const look = { alpha: 1, selected: false, matched: false, hovered: false, scale: 1, now: Number.MAX_VALUE };
  for (const node of shifted.nodes.values()) {
    node.pinned = model.nodes.get(node.id)?.pinned;
    paintNode(pen, text, theme, node, look);
  }
  const [width, height] = [box.right - box.left + 2 * MARGIN, box.bottom - box.top + 2 * MARGIN];
  return pen.toSvg(width, height, theme.background, 'Agents and channels');
}
