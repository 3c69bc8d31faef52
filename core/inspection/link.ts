import { invalid } from '../errors.js';
import type { RunState } from '../state/run-state.js';
import type { InspectorFrame, WatcherFrame } from './frames.js';

/** One end of a connection. Frames arrive in the order in which they were sent, or the connection is closed. */
export interface InspectorLink<Sent, Received> {
  send(frame: Sent): void;
  /** One listener at a time; the answer takes it away. */
  onFrame(listener: (frame: Received) => void): () => void;
  /**
   * Only where both ends live in the same page: lets the other end read the live state instead of folding a copy of its
   * own, which at full load costs more than the run itself.
   */
  shareState?(state: () => RunState): void;
}

/** The executor's end. */
export type InspectorEnd = InspectorLink<InspectorFrame, WatcherFrame>;

/** The end of who watches. */
export interface WatcherEnd extends InspectorLink<WatcherFrame, InspectorFrame> {
  /** The executor's own state, when it is in the same page and shares it. */
  liveState?(): RunState | undefined;
}

/** Two ends in one page. Frames are handed over as they are, at once. */
export function inPageLink(): { readonly inspector: InspectorEnd; readonly watcher: WatcherEnd } {
  let toWatcher: ((frame: InspectorFrame) => void) | undefined;
  let toInspector: ((frame: WatcherFrame) => void) | undefined;
  let live: (() => RunState) | undefined;
  return {
    inspector: {
      send: (frame) => toWatcher?.(frame),
      onFrame(listener) {
        toInspector = listener;
        return () => {
          if (toInspector === listener) toInspector = undefined;
        };
      },
      shareState(state) {
        live = state;
      },
    },
    watcher: {
      send: (frame) => toInspector?.(frame),
      onFrame(listener) {
        toWatcher = listener;
        return () => {
          if (toWatcher === listener) toWatcher = undefined;
        };
      },
      liveState: () => live?.(),
    },
  };
}

/** What we use of a `MessagePort`, a `Worker`, or Node's `worker_threads` port seen as an event target. */
export interface PortLike {
  postMessage(message: unknown): void;
  // The types of Node's events, where those of the DOM are absent, do not say that there is `data`.
  addEventListener(type: 'message', listener: (event: object) => void): void;
  removeEventListener(type: 'message', listener: (event: object) => void): void;
  start?(): void;
}

/**
 * The executor's end over a port, for a panel in another window, frame or worker.
 *
 * @throws PubSubError `VALIDATION_ERROR` when it is no port. Node's `Worker` is none: give it one of a `MessageChannel`.
 */
export function portInspectorEnd(port: PortLike): InspectorEnd {
  return overPort<InspectorFrame, WatcherFrame>(port);
}

/** The watcher's end over a port. @throws PubSubError `VALIDATION_ERROR` when it is no port. */
export function portWatcherEnd(port: PortLike): WatcherEnd {
  return overPort<WatcherFrame, InspectorFrame>(port);
}

function overPort<Sent, Received extends { readonly v: number; readonly type: string }>(
  port: PortLike,
): InspectorLink<Sent, Received> {
  if (typeof port?.addEventListener !== 'function') throw invalid('port', 'a MessagePort', port);
  return {
    send: (frame) => port.postMessage(frame),
    onFrame(listener) {
      const receive = (event: object): void => {
        if ('data' in event && isFrame<Received>(event.data)) listener(event.data);
      };
      port.addEventListener('message', receive);
      port.start?.();
      return () => port.removeEventListener('message', receive);
    },
  };
}

/** Other messages may come by the same port. What says that it is a frame is trusted to be one: both ends are ours. */
export function isFrame<Received>(data: unknown): data is Received {
  return typeof data === 'object' && data !== null && 'v' in data && 'type' in data;
}
