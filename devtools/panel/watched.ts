import type { Redact } from '../../core/inspection/disclosure.js';
import type { Inspected } from '../../core/inspection/inspected.js';
import { attachInspector } from '../../core/inspection/inspector.js';
import { inPageLink, type WatcherEnd } from '../../core/inspection/link.js';

/** What to watch. */
export type Watched =
  /** A `PubSubExecutor` of this page. */
  | { readonly executor: Inspected; readonly link?: undefined }
  /** The watcher's end of a link to one that is elsewhere, in a worker, another window or Node: see `attachInspector`. */
  | { readonly link: WatcherEnd; readonly executor?: undefined };

export interface WatchingOptions {
  readonly name?: string | undefined;
  readonly redact?: Redact | undefined;
}

/** The end at which to watch, and how to leave it. */
export function linkOf({ executor, link, name, redact }: Watched & WatchingOptions): {
  readonly watcher: WatcherEnd;
  readonly detach: () => void;
} {
  // Who has attached an inspector elsewhere detaches it, too.
  if (link) return { watcher: link, detach() {} };
  const { inspector, watcher } = inPageLink();
  const detach = attachInspector(executor, inspector, { ...(name && { name }), ...(redact && { redact }) });
  return { watcher, detach };
}
