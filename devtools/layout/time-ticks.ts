/** Milliseconds from tick to tick, from a microsecond to a day. */
const STEPS: readonly number[] = steps();
const SECOND = 1000;
const DAY = 24 * 3_600_000;

export interface TimeTick {
  readonly at: number;
  readonly label: string;
}

export interface TimeTicks {
  /** Milliseconds between two. */
  readonly step: number;
  readonly ticks: readonly TimeTick[];
  /** What the labels count from, when they are too fine to say all: "+250 µs" after "12.345 s". */
  readonly base: TimeTick | undefined;
}

/** Ticks from `from` to `to` (milliseconds since the run began), on round times, at most about `most`. */
export function timeTicks(from: number, to: number, most: number): TimeTicks {
  const wanted = (to - from) / Math.max(1, most);
  const step = STEPS.find((each) => each >= wanted) ?? Math.ceil(wanted / DAY) * DAY;
  // Labels finer than a tenth of a second count from a round time that is said once.
  const fine = step < 0.1 ? 1 : step < 100 ? SECOND : undefined;
  const base = fine === undefined || from < 0 ? 0 : floorTo(from, fine);
  const ticks: TimeTick[] = [];
  for (let count = Math.ceil(from / step - 1e-9); count * step <= to; count++) {
    const at = count * step;
    ticks.push({ at, label: labelOf(at, base, step) });
  }
  if (fine === undefined) return { step, ticks, base: undefined };
  return { step, ticks, base: { at: base, label: clockTime(base, fine === 1 ? 3 : 0) } };
}

function labelOf(at: number, base: number, step: number): string {
  if (step >= SECOND) return clockTime(at, 0);
  if (step >= 100) return clockTime(at, 1);
  const offset = at - base;
  const sign = offset < -1e-9 ? '−' : '+';
  if (step < 0.1) return `${sign}${Math.abs(Math.round(offset * 1000))} µs`;
  return `${sign}${Math.abs(offset).toFixed(step < 1 ? 1 : 0)} ms`;
}

/** "1:02:03.456": hours only when there are any, seconds with `digits` decimals. */
export function clockTime(milliseconds: number, digits: number): string {
  const sign = milliseconds < 0 ? '−' : '';
  const scale = 10 ** digits;
  const rounded = Math.round((Math.abs(milliseconds) / 1000) * scale) / scale;
  const [hours, minutes] = [Math.floor(rounded / 3600), Math.floor(rounded / 60) % 60];
  const rest = (rounded - Math.floor(rounded / 60) * 60).toFixed(digits);
  const seconds = rest.padStart(digits > 0 ? digits + 3 : 2, '0');
  return hours > 0
    ? `${sign}${hours}:${String(minutes).padStart(2, '0')}:${seconds}`
    : `${sign}${minutes}:${seconds}`;
}

function steps(): number[] {
  const fine: number[] = [];
  // Powers of ten by division: 0.001 * 10 is not 0.01.
  for (let power = 1_000_000; power >= 10; power /= 10) {
    for (const digit of [1, 2, 5]) fine.push((digit * 1000) / power);
  }
  const [second, minute, hour] = [1000, 60_000, 3_600_000];
  const coarse = [1, 2, 5, 10, 15, 30].flatMap((each) => [each * second, each * minute]);
  return [...fine, ...coarse, ...[1, 2, 3, 6, 12, 24].map((each) => each * hour)].sort((a, b) => a - b);
}

function floorTo(value: number, unit: number): number {
  return Math.floor(value / unit + 1e-9) * unit;
}
