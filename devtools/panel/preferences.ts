/** Where the panel sits: along a side of the page, or filling the element it was mounted in. */
export const DOCKS = ['bottom', 'right', 'left', 'top', 'fill'] as const;
export type Dock = (typeof DOCKS)[number];
export const THEMES = ['system', 'light', 'dark'] as const;
export type ThemeChoice = (typeof THEMES)[number];
export const VIEWS = ['graph', 'tree', 'timeline', 'messages', 'state', 'humans', 'problems'] as const;
export type ViewName = (typeof VIEWS)[number];

/** What the panel remembers from one visit to the next. */
export interface Preferences {
  readonly open: boolean;
  readonly dock: Dock;
  /** Share of the page that it takes, from 0.15 to 0.95. */
  readonly size: number;
  readonly theme: ThemeChoice;
  readonly view: ViewName;
}

export const DEFAULTS: Preferences = {
  open: false,
  dock: 'bottom',
  size: 0.5,
  theme: 'system',
  view: 'graph',
};
/** Screens on which a docked panel takes the whole page. */
export const NARROW = '(max-width: 639px)';
export const SMALLEST = 0.15;
export const LARGEST = 0.95;
const KEY = 'dagger-devtools';

/**
 * What was remembered, as far as it still makes sense. A page that forbids storage gets the defaults.
 *
 * @param name of the panel: two of them on one page are two choices.
 */
export function loadPreferences(defaults: Preferences = DEFAULTS, name = ''): Preferences {
  const stored = read(name);
  const size = Number(stored.size);
  return {
    open: typeof stored.open === 'boolean' ? stored.open : defaults.open,
    dock: DOCKS.find((dock) => dock === stored.dock) ?? defaults.dock,
    size: size >= SMALLEST && size <= LARGEST ? size : defaults.size,
    theme: THEMES.find((theme) => theme === stored.theme) ?? defaults.theme,
    view: VIEWS.find((view) => view === stored.view) ?? defaults.view,
  };
}

/** Remembers what the user chose. Anything else stays as the options say, also when they say something new. */
export function rememberPreferences(chosen: Partial<Preferences>, name = ''): void {
  if (Object.keys(chosen).length === 0) return;
  try {
    localStorage.setItem(keyOf(name), JSON.stringify({ ...read(name), ...chosen }));
  } catch {
    // Forbidden or full: the panel works all the same, it only forgets.
  }
}

/** Those that are others now. */
export function changedPreferences(before: Preferences, now: Preferences): Partial<Preferences> {
  const { open, dock, size, theme, view } = now;
  return {
    ...(open !== before.open && { open }),
    ...(dock !== before.dock && { dock }),
    ...(size !== before.size && { size }),
    ...(theme !== before.theme && { theme }),
    ...(view !== before.view && { view }),
  };
}

function keyOf(name: string): string {
  return name === '' ? KEY : `${KEY}:${name}`;
}

function read(name: string): { readonly [name: string]: unknown } {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(keyOf(name)) ?? '{}');
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
