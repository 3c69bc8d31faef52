import { createElement, type ReactElement, useEffect, useRef } from 'react';
import type { Redact } from '../core/inspection/disclosure.js';
import { type DevtoolsOptions, mountDevtools } from './mount.js';

export type DaggerDevtoolsProps = DevtoolsOptions;

/**
 * The panel as a React component: nothing but a place for {@link mountDevtools}, whose options are its props. Another
 * `executor`, `link` or `name` mounts it anew, and so does a `redact` that comes or goes; a `redact` that changes holds for what
 * is shown from then on. The other props are looked at when it is mounted, as the user's choices outweigh them later.
 *
 * @example <DaggerDevtools executor={executor} />
 */
export function DaggerDevtools(props: DaggerDevtoolsProps): ReactElement {
  const place = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  latest.current = props;
  const { executor, link, name } = props;
  const isRedacted = props.redact !== undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: they are in `latest.current`, which is that of this render.
  useEffect(() => {
    if (!place.current) return undefined;
    // A function written among the props is another at each render: the panel must not be mounted anew for that.
    const redact: Redact = (value, where) => (latest.current.redact ?? unchanged)(value, where);
    const isFunction = isRedacted && typeof latest.current.redact === 'function';
    const mounted = mountDevtools(place.current, { ...latest.current, ...(isFunction && { redact }) });
    return () => mounted.unmount();
  }, [executor, link, name, isRedacted]);
  return createElement('div', { ref: place, style: { display: 'contents' } });
}

const unchanged: Redact = (value) => value;
