// biome-ignore-all lint/a11y/useSemanticElements: a separator that can be moved is a control, which <hr> is not
import { type KeyboardEvent, type PointerEvent, type ReactElement, useRef } from 'react';
import { usePanel } from './panel-context.js';
import { type Dock, LARGEST, SMALLEST } from './preferences.js';

const SIDES: Readonly<
  Record<Exclude<Dock, 'fill'>, { vertical: boolean; sign: 1 | -1; grow: string; shrink: string }>
> = {
  bottom: { vertical: true, sign: -1, grow: 'ArrowUp', shrink: 'ArrowDown' },
  top: { vertical: true, sign: 1, grow: 'ArrowDown', shrink: 'ArrowUp' },
  left: { vertical: false, sign: 1, grow: 'ArrowRight', shrink: 'ArrowLeft' },
  right: { vertical: false, sign: -1, grow: 'ArrowLeft', shrink: 'ArrowRight' },
};

/** The edge of the panel: dragged by mouse or finger, moved by arrow keys. */
export function Resizer(): ReactElement | null {
  const { preferences, change } = usePanel();
  const from = useRef<{ at: number; size: number } | undefined>(undefined);
  const { dock, size } = preferences;
  if (dock === 'fill') return null;
  const { vertical, sign, grow, shrink } = SIDES[dock];
  const resize = (wanted: number): void => change({ size: Math.min(LARGEST, Math.max(SMALLEST, wanted)) });
  const place = (event: PointerEvent): number => (vertical ? event.clientY : event.clientX);
  const room = (): number => (vertical ? innerHeight : innerWidth);
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.shiftKey ? 0.1 : 0.02;
    if (event.key === grow) resize(size + step);
    else if (event.key === shrink) resize(size - step);
    else if (event.key === 'Home') resize(SMALLEST);
    else if (event.key === 'End') resize(LARGEST);
    else return;
    event.preventDefault();
  };
  return (
    <div
      className="resizer"
      role="separator"
      tabIndex={0}
      aria-label="Size of the panel"
      aria-orientation={vertical ? 'horizontal' : 'vertical'}
      aria-valuemin={SMALLEST * 100}
      aria-valuemax={LARGEST * 100}
      aria-valuenow={Math.round(size * 100)}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        from.current = { at: place(event), size };
      }}
      onPointerMove={(event) => {
        if (from.current) resize(from.current.size + (sign * (place(event) - from.current.at)) / room());
      }}
      onPointerUp={() => {
        from.current = undefined;
      }}
      onPointerCancel={() => {
        from.current = undefined;
      }}
    />
  );
}
