export type { ErrorRecord } from '../errors.js';
export type { SnapshotPart } from '../state/snapshot.js';
export type { Redact, ValuePlace } from './disclosure.js';
export type { EventBatch, MessageRoute } from './event-batch.js';
export type {
  AckFrame,
  ClosedFrame,
  CommandFrame,
  CommandName,
  CommandResult,
  DeltaFrame,
  GapFrame,
  HelloFrame,
  InspectorCommand,
  InspectorFrame,
  ReceivedFrame,
  SnapshotFrame,
  UnwatchFrame,
  WatcherFrame,
  WatchFrame,
} from './frames.js';
export { INSPECTOR_VERSION } from './frames.js';
export type { Inspected } from './inspected.js';
export type { InspectorOptions } from './inspector.js';
export { attachInspector } from './inspector.js';
export type { InspectorEnd, InspectorLink, PortLike, WatcherEnd } from './link.js';
export { inPageLink, portInspectorEnd, portWatcherEnd } from './link.js';
export type { Loss, LossKind, SafeValue, ValueLimits } from './safe-value.js';
export type { ExecutorWatch, WatchOptions } from './watcher.js';
export { watchExecutor } from './watcher.js';
