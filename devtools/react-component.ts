import { createElement, type ReactElement, useEffect, useRef } from 'react';
import { type DevtoolsOptions, mountDevtools } from './mount.js';

export type DaggerDevtoolsProps = DevtoolsOptions;

/**
 * The panel as a React component: nothing but a place for {@link mountDevtools}, whose options are its props. Only a
 * new `executor` mounts it anew.
 *
 * @example <DaggerDevtools executor={executor} />
 */
export function DaggerDevtools(props: DaggerDevtoolsProps): ReactElement {
  const place = useRef<HTMLDivElement>(null);
  const options = useRef(props);
  options.current = props;
  const { executor } = props;
  useEffect(() => {
    if (!place.current) return undefined;
    const mounted = mountDevtools(place.current, { ...options.current, executor });
    return () => mounted.unmount();
  }, [executor]);
  return createElement('div', { ref: place, style: { display: 'contents' } });
}
