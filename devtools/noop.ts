import type { DevtoolsOptions, MountedDevtools } from './mount.js';

// What production builds get in place of the panel (the condition `production`): the same names, none of the bytes.
// `dagger-agents/devtools/always` keeps the panel.

/** Renders nothing. */
export function DaggerDevtools(_props: DevtoolsOptions): null {
  return null;
}

/** Mounts nothing. */
export function mountDevtools(_element: Element, _options: DevtoolsOptions): MountedDevtools {
  return { open() {}, close() {}, unmount() {} };
}
