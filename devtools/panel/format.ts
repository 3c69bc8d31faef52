import { messageOf } from '../../core/errors.js';
import { compact } from '../canvas/numbers.js';

// Made once: toLocaleString makes a new one each time, which a table of figures feels.
const WHOLE = new Intl.NumberFormat('en');

/** 1,234,567. */
export function count(value: number): string {
  return WHOLE.format(value);
}

/** A rate: 3.2, 48, 1.2k. */
export function rate(value: number): string {
  return value > 0 && value < 9.95 ? value.toFixed(1) : compact(value);
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
