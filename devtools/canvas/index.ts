import type { CreateCanvasView } from '../canvas-contract.js';
import { GraphView } from './graph/graph-view.js';
import { TimelineView } from './timeline/timeline-view.js';
import { TreeView } from './tree/tree-view.js';

/** Agents and channels as a live graph. */
export const createGraphView: CreateCanvasView = (canvas, source, options) =>
  new GraphView(canvas, source, options);

/** The messages and invocations of a run as a tree, equal subtrees folded. */
export const createTreeView: CreateCanvasView = (canvas, source, options) =>
  new TreeView(canvas, source, options);

/** Invocations by agent on a time axis. */
export const createTimelineView: CreateCanvasView = (canvas, source, options) =>
  new TimelineView(canvas, source, options);
