import type { CanvasTheme } from '../canvas-contract.js';

/** Every colour of the panel, by what it is for. Pairs of text and ground keep a contrast of 4.5 and more. */
export interface Palette {
  readonly dark: boolean;
  readonly background: string;
  readonly surface: string;
  readonly raised: string;
  readonly border: string;
  readonly grid: string;
  readonly text: string;
  readonly muted: string;
  readonly accent: string;
  readonly onAccent: string;
  readonly tint: string;
  readonly good: string;
  readonly bad: string;
  readonly badTint: string;
  readonly warn: string;
  readonly warnTint: string;
  readonly busy: string;
  readonly channel: string;
  readonly string: string;
  readonly number: string;
  readonly keyword: string;
}

export const LIGHT: Palette = {
  dark: false,
  background: '#ffffff',
  surface: '#f6f7f9',
  raised: '#ffffff',
  border: '#dfe3e9',
  grid: '#eef0f4',
  text: '#1b2330',
  muted: '#576274',
  accent: '#5242d0',
  onAccent: '#ffffff',
  tint: '#eeecfd',
  good: '#177245',
  bad: '#b42318',
  badTint: '#fdecea',
  warn: '#8a5300',
  warnTint: '#fdf3df',
  busy: '#2563c9',
  channel: '#0f766e',
  string: '#0b6b4f',
  number: '#8a3f9c',
  keyword: '#a1480c',
};

export const DARK: Palette = {
  dark: true,
  background: '#12151b',
  surface: '#191d25',
  raised: '#20252f',
  border: '#2d3440',
  grid: '#1d222b',
  text: '#e4e8ef',
  muted: '#9ba7b8',
  accent: '#aca1ff',
  onAccent: '#14101f',
  tint: '#2a2650',
  good: '#56c98f',
  bad: '#ff8a80',
  badTint: '#3a1f1f',
  warn: '#f0bd5e',
  warnTint: '#372b14',
  busy: '#74b0ff',
  channel: '#4fd1c0',
  string: '#7fd6ae',
  number: '#d7a3e8',
  keyword: '#f5a870',
};

export const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';

/** Colours of statuses, for marks and words alike. */
export function statusColours(palette: Palette): Readonly<Record<string, string>> {
  const { good, bad, warn, busy, muted, channel } = palette;
  return {
    published: channel,
    unheard: muted,
    refused: bad,
    waiting: muted,
    running: busy,
    retrying: warn,
    parked: warn,
    succeeded: good,
    failed: bad,
    invalid: bad,
    dropped: warn,
    cancelled: muted,
  };
}

export function canvasTheme(palette: Palette): CanvasTheme {
  const { dark, background, surface, border, grid, text, muted, accent, channel } = palette;
  return {
    dark,
    background,
    surface,
    border,
    grid,
    text,
    mutedText: muted,
    accent,
    selection: accent,
    agent: palette.busy,
    channel,
    edge: dark ? '#5f6a7e' : '#8893a6',
    status: statusColours(palette),
    font: FONT,
  };
}

/** The palette as custom properties, `--text: #…;`. */
export function paletteCss(palette: Palette): string {
  return Object.entries(palette)
    .filter(([, value]) => typeof value === 'string')
    .map(([name, value]) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}: ${value};`)
    .concat(Object.entries(statusColours(palette)).map(([status, value]) => `--status-${status}: ${value};`))
    .join('\n');
}
