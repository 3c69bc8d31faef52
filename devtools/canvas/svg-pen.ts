import type { Point } from '../layout/viewport.js';
import type { Pen } from './pen.js';

/** Draws into SVG text what would be drawn on a canvas. */
export class SvgPen implements Pen {
  fillStyle: string | CanvasGradient | CanvasPattern = '#000';
  strokeStyle: string | CanvasGradient | CanvasPattern = '#000';
  lineWidth = 1;
  lineCap: CanvasLineCap = 'butt';
  globalAlpha = 1;
  font = '10px sans-serif';
  textAlign: CanvasTextAlign = 'start';
  textBaseline: CanvasTextBaseline = 'alphabetic';
  readonly #marks: string[] = [];
  #path = '';
  #dash: number[] = [];

  beginPath(): void {
    this.#path = '';
  }

  closePath(): void {
    this.#path += 'Z';
  }

  moveTo(x: number, y: number): void {
    this.#path += `M${short(x)} ${short(y)}`;
  }

  lineTo(x: number, y: number): void {
    this.#path += `L${short(x)} ${short(y)}`;
  }

  bezierCurveTo(x1: number, y1: number, x2: number, y2: number, x: number, y: number): void {
    this.#path += `C${[x1, y1, x2, y2, x, y].map(short).join(' ')}`;
  }

  arc(x: number, y: number, radius: number, start: number, end: number): void {
    const turn = end - start;
    const at = (angle: number): string =>
      `${short(x + radius * Math.cos(angle))} ${short(y + radius * Math.sin(angle))}`;
    const size = `${short(radius)} ${short(radius)}`;
    const move = this.#path === '' || this.#path.endsWith('Z') ? 'M' : 'L';
    this.#path += `${move}${at(start)}`;
    if (Math.abs(turn) >= Math.PI * 2 - 1e-6) {
      this.#path += `A${size} 0 0 1 ${at(start + Math.PI)}A${size} 0 0 1 ${at(start)}Z`;
    } else {
      this.#path += `A${size} 0 ${Math.abs(turn) > Math.PI ? 1 : 0} ${turn > 0 ? 1 : 0} ${at(end)}`;
    }
  }

  rect(x: number, y: number, width: number, height: number): void {
    this.#path += `M${short(x)} ${short(y)}h${short(width)}v${short(height)}h${short(-width)}Z`;
  }

  roundRect(x: number, y: number, width: number, height: number, radii?: unknown): void {
    const r = typeof radii === 'number' ? radii : 0;
    const [across, down] = [short(width - 2 * r), short(height - 2 * r)];
    const corner = (dx: number, dy: number): string =>
      `a${short(r)} ${short(r)} 0 0 1 ${short(dx)} ${short(dy)}`;
    this.#path += `M${short(x + r)} ${short(y)}h${across}${corner(r, r)}v${down}${corner(-r, r)}h-${across}`;
    this.#path += `${corner(-r, -r)}v-${down}${corner(r, -r)}Z`;
  }

  fill(): void {
    this.#marks.push(`<path d="${this.#path}" fill="${escaped(this.fillStyle)}"${this.#opacity()}/>`);
  }

  stroke(): void {
    const dash = this.#dash.length > 0 ? ` stroke-dasharray="${this.#dash.join(' ')}"` : '';
    const cap = this.lineCap === 'butt' ? '' : ` stroke-linecap="${this.lineCap}"`;
    this.#marks.push(
      `<path d="${this.#path}" fill="none" stroke="${escaped(this.strokeStyle)}" stroke-width="${short(this.lineWidth)}"${dash}${cap}${this.#opacity()}/>`,
    );
  }

  fillText(text: string, x: number, y: number): void {
    const anchor = { center: 'middle', right: 'end', end: 'end', left: 'start', start: 'start' }[
      this.textAlign
    ];
    const baseline = this.textBaseline === 'middle' ? ' dominant-baseline="central"' : '';
    this.#marks.push(
      `<text x="${short(x)}" y="${short(y)}" text-anchor="${anchor}"${baseline} style="font:${escaped(this.font)}" fill="${escaped(this.fillStyle)}"${this.#opacity()}>${escaped(text)}</text>`,
    );
  }

  setLineDash(segments: Iterable<number>): void {
    this.#dash = [...segments];
  }

  /** The picture, on a background, with what it shows in words. It begins at `corner`: by default where the axes do. */
  toSvg(width: number, height: number, background: string, title: string, corner?: Point): string {
    const { x, y } = corner ?? { x: 0, y: 0 };
    const place = `width="${short(width)}" height="${short(height)}"`;
    const size = `${place} viewBox="${[x, y, width, height].map(short).join(' ')}"`;
    const back = `<rect x="${short(x)}" y="${short(y)}" ${place} fill="${escaped(background)}"/>`;
    return `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img"><title>${escaped(title)}</title>${back}${this.#marks.join('')}</svg>\n`;
  }

  #opacity(): string {
    return this.globalAlpha < 1 ? ` opacity="${short(this.globalAlpha)}"` : '';
  }
}

function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

function escaped(value: unknown): string {
  // Characters that XML forbids, even as entities, would make the whole file unreadable.
  const text = String(value).replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd');
  return text.replace(/[&<>"]/g, (found) => entities[found] ?? found);
}
