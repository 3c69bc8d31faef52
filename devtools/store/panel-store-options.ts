import type { FrameScheduler } from './frame-scheduler.js';

export interface PanelStoreOptions {
  /** For tests and recordings: when to notify and to fold on. The page's frames and timers by default. */
  readonly scheduler?: FrameScheduler;
  /** Events between two checkpoints for time travel; 20,000 by default. */
  readonly checkpointEvents?: number;
}

/** What the panel shows: live, or as it was after an event. */
export type Position = 'live' | number;
