/** 1234 as "1.2k": for labels, where room is short. */
export function compact(value: number): string {
  if (value < 1000) return String(Math.round(value));
  if (value < 9950) return `${(value / 1000).toFixed(1)}k`;
  if (value < 999_500) return `${Math.round(value / 1000)}k`;
  return `${(value / 1_000_000).toFixed(1)}M`;
}

/** Messages a second. */
export function perSecond(rate: number): string {
  if (rate <= 0) return 'idle';
  if (rate < 0.95) return '<1/s';
  return `${rate < 9.95 ? String(Math.round(rate * 10) / 10) : compact(rate)}/s`;
}

/** A number of milliseconds with a fitting unit and about three digits: "840 µs", "12.4 ms", "3.02 s", "4 min 10 s". */
export function duration(milliseconds: number): string {
  if (!Number.isFinite(milliseconds)) return 'still running';
  if (milliseconds < 0.9995) return `${Math.round(milliseconds * 1000)} µs`;
  if (milliseconds < 999.5) return `${digits(milliseconds)} ms`;
  if (milliseconds < 59_995) return `${digits(milliseconds / 1000)} s`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

function digits(value: number): string {
  return value < 9.995 ? value.toFixed(2) : value < 99.95 ? value.toFixed(1) : String(Math.round(value));
}

/** "1 agent", "3 agents". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
