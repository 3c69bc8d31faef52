import type { CanvasTheme } from '../../canvas-contract.js';
import { clockTime, timeTicks } from '../../layout/time-ticks.js';
import { line, type Pen, roundedBox, type TextFitter } from '../pen.js';
import { AXIS, type LaneRow } from './timeline-frame.js';

/** Lines of the grid, behind the lanes. Answers nothing: labels come later, on top. */
export function paintGrid(
  pen: Pen,
  theme: CanvasTheme,
  from: number,
  to: number,
  left: number,
  width: number,
  height: number,
): void {
  pen.strokeStyle = theme.grid;
  pen.lineWidth = 1;
  pen.beginPath();
  for (const { at } of timeTicks(from, to, ticksFor(width)).ticks) {
    const x = Math.round(left + ((at - from) / (to - from)) * width) + 0.5;
    pen.moveTo(x, AXIS);
    pen.lineTo(x, height);
  }
  pen.stroke();
}

export function paintAxis(
  pen: Pen,
  theme: CanvasTheme,
  from: number,
  to: number,
  left: number,
  width: number,
): void {
  pen.fillStyle = theme.background;
  pen.beginPath();
  pen.rect(0, 0, left + width, AXIS);
  pen.fill();
  const { ticks, base } = timeTicks(from, to, ticksFor(width));
  pen.font = `11px ${theme.font}`;
  pen.fillStyle = theme.mutedText;
  pen.strokeStyle = theme.border;
  pen.lineWidth = 1;
  pen.textAlign = 'left';
  for (const { at, label } of ticks) {
    const x = Math.round(left + ((at - from) / (to - from)) * width) + 0.5;
    if (x > left + width - 4) continue;
    line(pen, x, AXIS - 8, x, AXIS);
    // A label that would be cut says less than none.
    if (x + 8 + label.length * 6.5 < left + width) pen.fillText(label, x + 4, AXIS / 2 - 1);
  }
  pen.fillStyle = theme.background;
  pen.beginPath();
  pen.rect(0, 0, left, AXIS);
  pen.fill();
  if (base) {
    pen.font = `600 11px ${theme.font}`;
    pen.fillStyle = theme.text;
    pen.textAlign = 'right';
    pen.fillText(base.label, left - 8, AXIS / 2 - 1);
  }
  line(pen, 0, AXIS - 0.5, left + width, AXIS - 0.5);
}

function ticksFor(width: number): number {
  return Math.max(2, Math.floor(width / 96));
}

/** How a lane's name is shown. */
export interface NameLook {
  readonly name: string;
  readonly selected: boolean;
  readonly dimmed: boolean;
}

export function paintNames(
  pen: Pen,
  text: TextFitter,
  theme: CanvasTheme,
  rows: readonly LaneRow[],
  look: (lane: number) => NameLook,
  gutter: number,
  width: number,
  height: number,
): void {
  pen.fillStyle = theme.background;
  pen.beginPath();
  pen.rect(0, AXIS, gutter, height - AXIS);
  pen.fill();
  rows.forEach((row, lane) => {
    if (row.top > height || row.top + row.height < AXIS) return;
    const { name, selected, dimmed } = look(lane);
    const font = `${selected ? 700 : 600} 12px ${theme.font}`;
    pen.globalAlpha = dimmed ? 0.4 : 1;
    pen.font = font;
    pen.textAlign = 'left';
    pen.fillStyle = selected ? theme.selection : theme.text;
    pen.fillText(text.fit(name, font, gutter - 22), 14, row.top + row.height / 2);
    pen.globalAlpha = 1;
    pen.strokeStyle = theme.grid;
    pen.lineWidth = 1;
    const y = Math.round(row.top + row.height) + 0.5;
    line(pen, 0, y, width, y);
  });
  pen.strokeStyle = theme.border;
  line(pen, gutter - 0.5, 0, gutter - 0.5, height);
}

/** The time under the pointer, as a line and in words on the axis. */
export function paintCursor(
  pen: Pen,
  text: TextFitter,
  theme: CanvasTheme,
  x: number,
  time: number,
  digits: number,
  width: number,
  height: number,
): void {
  pen.strokeStyle = theme.mutedText;
  pen.lineWidth = 1;
  pen.globalAlpha = 0.6;
  line(pen, Math.round(x) + 0.5, AXIS, Math.round(x) + 0.5, height);
  pen.globalAlpha = 1;
  const font = `600 11px ${theme.font}`;
  const label = clockTime(time, digits);
  const wide = text.width(label, font) + 12;
  const left = Math.min(width - wide - 2, Math.max(2, x - wide / 2));
  pen.fillStyle = theme.text;
  roundedBox(pen, left, 4, wide, AXIS - 10, 4);
  pen.fill();
  pen.font = font;
  pen.fillStyle = theme.background;
  pen.textAlign = 'center';
  pen.fillText(label, left + wide / 2, 4 + (AXIS - 10) / 2 + 0.5);
}

export function paintRange(
  pen: Pen,
  text: TextFitter,
  theme: CanvasTheme,
  left: number,
  right: number,
  label: string,
  height: number,
): void {
  pen.fillStyle = theme.selection;
  pen.globalAlpha = 0.12;
  pen.beginPath();
  pen.rect(left, AXIS, right - left, height - AXIS);
  pen.fill();
  pen.globalAlpha = 1;
  pen.strokeStyle = theme.selection;
  pen.lineWidth = 1;
  line(pen, Math.round(left) + 0.5, AXIS, Math.round(left) + 0.5, height);
  line(pen, Math.round(right) + 0.5, AXIS, Math.round(right) + 0.5, height);
  chip(pen, text, theme, (left + right) / 2, height - 20, label, theme.selection);
}

/** A card beside the pointer that never leaves the picture. */
export function paintTip(
  pen: Pen,
  text: TextFitter,
  theme: CanvasTheme,
  x: number,
  y: number,
  lines: readonly string[],
  width: number,
  height: number,
): void {
  const font = (at: number): string => `${at === 0 ? 600 : 400} 11.5px ${theme.font}`;
  const wide = Math.max(...lines.map((each, at) => text.width(each, font(at)))) + 20;
  const tall = lines.length * 17 + 12;
  const left = x + 14 + wide > width ? Math.max(4, x - 14 - wide) : x + 14;
  const top = Math.max(AXIS + 4, Math.min(height - tall - 4, y + 12));
  pen.fillStyle = theme.surface;
  pen.strokeStyle = theme.border;
  pen.lineWidth = 1;
  roundedBox(pen, Math.round(left) + 0.5, Math.round(top) + 0.5, Math.ceil(wide), tall, 6);
  pen.fill();
  pen.stroke();
  pen.textAlign = 'left';
  lines.forEach((each, at) => {
    pen.font = font(at);
    pen.fillStyle = at === 0 ? theme.text : theme.mutedText;
    pen.fillText(each, left + 10, top + 15 + at * 17);
  });
}

/** Where the button that follows the present lies. */
export function followButton(width: number): { left: number; top: number; width: number; height: number } {
  return { left: width - 86, top: AXIS + 8, width: 76, height: 22 };
}

/** Offered while the present goes on out of sight. */
export function paintFollow(pen: Pen, theme: CanvasTheme, width: number): void {
  const { left, top, width: wide, height } = followButton(width);
  pen.fillStyle = theme.surface;
  pen.strokeStyle = theme.edge;
  pen.lineWidth = 1;
  roundedBox(pen, left + 0.5, top + 0.5, wide, height, 11);
  pen.fill();
  pen.stroke();
  pen.fillStyle = theme.accent;
  pen.beginPath();
  pen.arc(left + 14, top + height / 2 + 0.5, 3.5, 0, Math.PI * 2);
  pen.fill();
  pen.font = `600 11px ${theme.font}`;
  pen.fillStyle = theme.text;
  pen.textAlign = 'left';
  pen.fillText('Go live', left + 24, top + height / 2 + 1);
}

function chip(
  pen: Pen,
  text: TextFitter,
  theme: CanvasTheme,
  x: number,
  y: number,
  label: string,
  colour: string,
): void {
  const font = `600 11px ${theme.font}`;
  const wide = text.width(label, font) + 14;
  pen.fillStyle = colour;
  roundedBox(pen, x - wide / 2, y - 9, wide, 18, 9);
  pen.fill();
  pen.font = font;
  pen.fillStyle = theme.dark ? theme.background : '#fff';
  pen.textAlign = 'center';
  pen.fillText(label, x, y + 0.5);
}
