import { NODE_STATUSES } from '../../../core/state/tree-node.js';
import type { CanvasTheme } from '../../canvas-contract.js';
import { SEVERITY } from '../colours.js';
import { compact } from '../numbers.js';
import type { Pen, TextFitter } from '../pen.js';
import { CARD, type TreeScene } from './tree-model.js';

/** Places in sight, and where the left ends and middles of all cards are on the screen. */
export interface Seen {
  readonly places: Uint32Array;
  readonly count: number;
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** Labels, and how many a fold stands for: messages plain, agents strong. */
export function paintWords(
  pen: Pen,
  text: TextFitter,
  theme: CanvasTheme,
  scene: TreeScene,
  seen: Seen,
  scale: number,
  matches: ReadonlySet<number> | undefined,
): void {
  const size = Math.round(Math.min(16, Math.max(8.5, 12 * scale)) * 2) / 2;
  const plain = `${size}px ${theme.font}`;
  const strong = `600 ${size}px ${theme.font}`;
  for (const font of [plain, strong]) {
    pen.font = font;
    for (let at = 0; at < seen.count; at++) {
      const place = seen.places[at] ?? 0;
      const isPublish = scene.isPublish[place] === 1;
      if (isPublish !== (font === plain)) continue;
      const [left = 0, y = 0] = [seen.x[place], seen.y[place]];
      const count = scene.nodes[place]?.members.length ?? 1;
      let room = (CARD.width - 30) * scale;
      pen.globalAlpha = matches && !matches.has(place) ? 0.35 : 1;
      if (count > 1) {
        const times = `×${compact(count)}`;
        pen.textAlign = 'right';
        pen.fillStyle = theme.mutedText;
        pen.fillText(times, left + (CARD.width - 9) * scale, y - 1.5 * scale);
        room -= text.width(times, font) + 6 * scale;
      }
      pen.textAlign = 'left';
      pen.fillStyle = isPublish ? theme.mutedText : theme.text;
      const label = text.fit(scene.labels[place] ?? '', font, room);
      pen.fillText(label, left + 22 * scale, y - (count > 1 ? 1.5 * scale : 0));
    }
  }
  pen.globalAlpha = 1;
}

/** A bar at the foot of a fold: how many of it fare how, the worst first. */
export function paintHistogram(
  pen: Pen,
  scene: TreeScene,
  place: number,
  x: number,
  y: number,
  scale: number,
  colours: readonly string[],
): void {
  const counts = scene.histograms[place];
  const all = scene.nodes[place]?.members.length ?? 1;
  if (!counts) return;
  const width = (CARD.width - 31) * scale;
  let left = x + 22 * scale;
  const top = y + 7 * scale;
  const shown = [...NODE_STATUSES.keys()].filter((status) => (counts[status] ?? 0) > 0);
  shown.sort((a, b) => (SEVERITY[b] ?? 0) - (SEVERITY[a] ?? 0));
  for (const status of shown) {
    // One in a thousand that failed is still to be seen.
    const share = Math.max(2 * scale, (width * (counts[status] ?? 0)) / all);
    const end = Math.min(left + share, x + (CARD.width - 9) * scale);
    pen.fillStyle = colours[status] ?? '';
    pen.beginPath();
    pen.rect(left, top, end - left, 2.5 * scale);
    pen.fill();
    left = end;
  }
}
