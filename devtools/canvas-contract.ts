import type { TreeNode } from '../core/state/tree-node.js';

/**
 * What the shell and the drawn views (graph, tree, timeline) promise each other. The shell owns the canvas element, its
 * size, the theme, the frame loop and the parallel tree for screen readers; a view owns every mark on the canvas and
 * the pointer, wheel and key listeners it puts there.
 *
 * Times are milliseconds since 1970 with a fraction, as in events.
 */
export interface CanvasSource {
  /** Changes whenever anything below may answer otherwise. */
  readonly version: number;
  /** Changes when the past itself is another (a seek, another run imported): throw derived data away. */
  readonly generation: number;
  /** True while the page has better things to do: much that is new is then read bit by bit, with less time for it. */
  readonly busy: boolean;
  /** In the order they came. Rates are per second, over the last second or so. */
  agents(): readonly CanvasAgent[];
  channels(): readonly CanvasChannel[];
  /** Number of the oldest node kept, and the one the next node will get. */
  readonly firstNode: number;
  readonly nextNode: number;
  node(number: number): TreeNode | undefined;
  /** Nodes from `from` (inclusive) to `to` (exclusive), those that are kept. */
  nodes(from: number, to: number): Iterable<TreeNode>;
  /**
   * Calls `visit` for the same nodes, without making an object of each: its number, its parent (0 for a root), its label
   * (of a publish `p` and the channel, of an invocation `i` and the agent), its status as `statusOf` says it, its run.
   */
  visitNodes(from: number, to: number, visit: VisitNode): void;
  /** Cheaper than `node` when only this is asked: 0 for roots and what is not kept. */
  parentOf(number: number): number;
  /** Place in `NODE_STATUSES` (core/state/tree-node.ts), or -1 when the node is not kept. */
  statusOf(number: number): number;
  /** `newestWillDo`: in a flood of events, those of the last moment are enough. Otherwise all, as far as they are known. */
  invocations(newestWillDo?: boolean): InvocationColumns;
  /** Names of the lanes, by the number that `InvocationColumns.lane` holds: agents in the order they first ran. */
  lanes(): readonly string[];
  /** The present of what is shown: the clock while live, the time of the event when time is turned back. */
  now(): number;
  /** False while time is turned back: nothing moves, nothing should pulse. */
  readonly live: boolean;
  /** Id of the run that is looked at; undefined for all. */
  readonly run?: string;
}

export type VisitNode = (
  number: number,
  parent: number,
  label: string,
  status: number,
  run: string | undefined,
) => void;

export interface CanvasAgent {
  readonly name: string;
  /** Invocations going on, and deliveries waiting for it. */
  readonly running: number;
  readonly waiting: number;
  /** Totals since the beginning. */
  readonly succeeded: number;
  readonly failed: number;
  /** Invocations started per second. */
  readonly rate: number;
  /** When it last started an invocation; 0 for never. */
  readonly activeAt: number;
  /** False for an agent that has gone. */
  readonly registered: boolean;
}

export interface CanvasChannel {
  readonly name: string;
  /** Messages in the fullest mailbox, of `capacity`. */
  readonly depth: number;
  readonly capacity: number;
  /** Messages published per second, and in all. */
  readonly rate: number;
  readonly published: number;
  readonly dropped: number;
  /** When something was last published on it; 0 for never. */
  readonly activeAt: number;
  readonly subscribers: readonly string[];
  /** Agents that may publish on it (by their declaration) or have done so. `app` is the application. */
  readonly publishers: readonly string[];
}

/**
 * One row for each attempt of an invocation, oldest first: rows are added at the end, and only `end` and `status` of a
 * row ever change. The arrays may be longer than `length`, and are replaced when they grow. When `generation` of the
 * source changes, so may everything here.
 */
export interface InvocationColumns {
  readonly length: number;
  /** Index into `lanes()`. */
  readonly lane: Uint16Array;
  /** When the delivery was put into its mailbox, or became due again: `start - queued` is time spent waiting. */
  readonly queued: Float64Array;
  readonly start: Float64Array;
  /** NaN while it goes on. */
  readonly end: Float64Array;
  /** Place in `NODE_STATUSES`: running, succeeded, failed, retrying (failed, to be tried again), parked … */
  readonly status: Uint8Array;
  /** Number of the node in the tree, and which attempt this was (1, 2 …). */
  readonly node: Uint32Array;
  readonly attempt: Uint8Array;
  /** Set when these are only the newest. */
  readonly part?: InvocationPart;
}

export interface InvocationPart {
  /** Another one: these are other rows, not more of the same. */
  readonly rows: object;
  /** Milliseconds that they cover at least, and since when; before that, some are there and some are not. */
  readonly covers: number;
  readonly since: number;
  /** When the first of all was queued. */
  readonly origin: number;
}

/** What is selected, shared by all views. */
export type CanvasSelection =
  | { readonly kind: 'node'; readonly node: number }
  | { readonly kind: 'agent'; readonly name: string }
  | { readonly kind: 'channel'; readonly name: string };

/** A line of the parallel tree that screen readers (and keyboards) walk. */
export interface AccessibleItem {
  /** Stable; `activate` takes it. */
  readonly id: string;
  readonly label: string;
  readonly selection?: CanvasSelection;
  readonly children?: readonly AccessibleItem[];
}

/** Colours as CSS strings, for canvas and legend alike. */
export interface CanvasTheme {
  readonly dark: boolean;
  readonly background: string;
  readonly surface: string;
  readonly border: string;
  readonly grid: string;
  readonly text: string;
  readonly mutedText: string;
  readonly accent: string;
  readonly selection: string;
  readonly agent: string;
  readonly channel: string;
  readonly edge: string;
  /** By the names in `NODE_STATUSES`. */
  readonly status: Readonly<Record<string, string>>;
  /** CSS font family for labels. */
  readonly font: string;
}

export interface CanvasViewOptions {
  readonly theme: CanvasTheme;
  readonly reducedMotion: boolean;
  /** Called when the view wants to be drawn although the source has not changed (dragging, zooming). */
  readonly requestDraw: () => void;
}

export interface CanvasView {
  /** Size in CSS pixels and device pixels per CSS pixel; the view sets `canvas.width` and `canvas.height` itself. */
  resize(width: number, height: number, ratio: number): void;
  /** Draws one frame. `now` is `performance.now()`. True when it wants another frame: something still moves. */
  draw(now: number): boolean;
  /** Brings everything into sight (the timeline: the whole run). */
  fit(): void;
  /** Marks what matches and brings the first into sight; an empty text clears. Answers how many match. */
  search(text: string): number;
  select(selection: CanvasSelection | undefined): void;
  /** Hears of selections made on the canvas; the answer stops it. */
  onSelect(listener: (selection: CanvasSelection | undefined) => void): () => void;
  /** A few hundred lines at most: what the picture shows, in words. */
  accessibleTree(): readonly AccessibleItem[];
  setTheme(theme: CanvasTheme): void;
  setReducedMotion(reduced: boolean): void;
  /** The whole picture as SVG text, where the view can. */
  toSvg?(): string;
  destroy(): void;
}

/** `devtools/canvas/index.ts` exports three of these: `createGraphView`, `createTreeView`, `createTimelineView`. */
export type CreateCanvasView = (
  canvas: HTMLCanvasElement,
  source: CanvasSource,
  options: CanvasViewOptions,
) => CanvasView;
