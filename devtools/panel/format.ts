import { messageOf } from '../../core/errors.js';

// Made once: toLocaleString makes a new one each time, which a table of figures feels.
const WHOLE = new Intl.NumberFormat('en');

/** 1,234,567. */
export function count(value: number): string {
  return WHOLE.format(value);
}

/** A rate: 3.2, 48, 1.2k. */
export function rate(value: number): string {
  if (value === 0) return '0';
  if (value < 10) return value.toFixed(1);
  return value < 1000 ? String(Math.round(value)) : `${(value / 1000).toFixed(value < 10_000 ? 1 : 0)}k`;
}

/** A duration in milliseconds: 840 µs, 12.3 ms, 4.56 s, 2 min 3 s. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1) return `${Math.round(milliseconds * 1000)} µs`;
  if (milliseconds < 1000)
    return `${milliseconds < 10 ? milliseconds.toFixed(2) : milliseconds.toFixed(1)} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(2)} s`;
  return `${Math.floor(milliseconds / 60_000)} min ${Math.round((milliseconds % 60_000) / 1000)} s`;
}

/** The time of day with milliseconds: 14:03:05.123. */
export function clock(milliseconds: number): string {
  const date = new Date(milliseconds);
  const two = (value: number): string => String(value).padStart(2, '0');
  const thousandths = String(date.getMilliseconds()).padStart(3, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${thousandths}`;
}

/** Names side by side; of a long list only the first, and how many more there are. */
export function nameList(names: readonly string[], most: number): string {
  // In place of one name alone there is room for the name.
  if (names.length <= most + 1) return names.join(', ');
  return `${names.slice(0, most).join(', ')} … and ${count(names.length - most)} more`;
}

/** What went wrong with a command, in words. */
export function reasonOf(thrown: unknown): string {
  return messageOf(thrown);
}
