import type { ReactElement } from 'react';
import { ICON_PATH } from './opener-icon.js';

export type IconName =
  | 'brand'
  | 'pause'
  | 'play'
  | 'step'
  | 'stepBack'
  | 'failure'
  | 'failureBack'
  | 'publish'
  | 'menu'
  | 'close'
  | 'search'
  | 'fit'
  | 'list'
  | 'image';

const PATHS: Readonly<Record<IconName, string>> = {
  brand: ICON_PATH,
  pause: 'M8 5v14M16 5v14',
  play: 'M7 5l12 7-12 7z',
  step: 'M6 5l9 7-9 7zM18 5v14',
  stepBack: 'M18 5l-9 7 9 7zM6 5v14',
  failure: 'M4 5l8 7-8 7zM16 6v7M16 17v1',
  failureBack: 'M20 5l-8 7 8 7zM8 6v7M8 17v1',
  publish: 'M12 5v14M5 12h14',
  menu: 'M5 12h.01M12 12h.01M19 12h.01',
  close: 'M6 6l12 12M18 6L6 18',
  search: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM20 20l-4-4',
  fit: 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5',
  list: 'M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01',
  image: 'M4 5h16v14H4zM4 15l5-4 5 4 3-2 3 2',
};

/** A line drawing of 24 × 24; what it means is said by the control that carries it. */
export function Icon({ name, size = 15 }: { readonly name: IconName; readonly size?: number }): ReactElement {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={name === 'menu' ? 3 : 2}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
