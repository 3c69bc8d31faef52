import type { CreateCanvasView } from '../canvas-contract.js';

/** The views that are drawn on a canvas. */
export type DrawnView = 'graph' | 'tree' | 'timeline';

/** Loads the code of a drawn view: d3 and all layouts come only when one is opened. */
export async function loadDrawnView(view: DrawnView): Promise<CreateCanvasView> {
  const { createGraphView, createTimelineView, createTreeView } = await import('../canvas/index.js');
  return { graph: createGraphView, tree: createTreeView, timeline: createTimelineView }[view];
}
