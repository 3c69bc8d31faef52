export type { Redact, ValuePlace } from '../core/inspection/disclosure.js';
export type { Inspected } from '../core/inspection/inspected.js';
export type { WatcherEnd } from '../core/inspection/link.js';
export type { DevtoolsOptions, MountedDevtools, PanelOptions } from './mount.js';
export { mountDevtools } from './mount.js';
export type { Dock, ThemeChoice, ViewName } from './panel/preferences.js';
export type { Watched } from './panel/watched.js';
export type { DaggerDevtoolsProps } from './react-component.js';
export { DaggerDevtools } from './react-component.js';
