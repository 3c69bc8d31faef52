import type { CreateCanvasView } from '../canvas-contract.js';
import { GraphView } from './graph/graph-view.js';

/** Agents and channels as a live graph. */
export const createGraphView: CreateCanvasView = (canvas, source, options) =>
  new GraphView(canvas, source, options);
