/**
 * The part of a 2D context that our marks are drawn with. A canvas has it, and so has `SvgPen`: one drawing serves the
 * screen and the saved picture.
 */
export type Pen = Pick<
  CanvasRenderingContext2D,
  | 'fillStyle'
  | 'strokeStyle'
  | 'lineWidth'
  | 'lineCap'
  | 'globalAlpha'
  | 'font'
  | 'textAlign'
  | 'textBaseline'
  | 'beginPath'
  | 'closePath'
  | 'moveTo'
  | 'lineTo'
  | 'bezierCurveTo'
  | 'arc'
  | 'rect'
  | 'roundRect'
  | 'fill'
  | 'stroke'
  | 'fillText'
  | 'setLineDash'
>;

/** Measures text: the width in pixels that `text` takes in `font`. */
export type MeasureText = (text: string, font: string) => number;

/** Measuring is slow, and labels repeat. */
export function cachedMeasure(measure: MeasureText): MeasureText {
  const widths = new Map<string, number>();
  return (text, font) => {
    const key = `${font}\n${text}`;
    let width = widths.get(key);
    if (width === undefined) {
      if (widths.size > 5000) widths.clear();
      width = measure(text, font);
      widths.set(key, width);
    }
    return width;
  };
}

/** Shortens texts to a width, with an ellipsis; remembers what it answered. */
export class TextFitter {
  readonly #measure: MeasureText;
  readonly #fitted = new Map<string, string>();

  constructor(measure: MeasureText) {
    this.#measure = cachedMeasure(measure);
  }

  width(text: string, font: string): number {
    return this.#measure(text, font);
  }

  fit(text: string, font: string, width: number): string {
    const room = Math.floor(width);
    const key = `${room}\n${font}\n${text}`;
    let fitted = this.#fitted.get(key);
    if (fitted === undefined) {
      if (this.#fitted.size > 5000) this.#fitted.clear();
      fitted = this.#shorten(text, font, room);
      this.#fitted.set(key, fitted);
    }
    return fitted;
  }

  #shorten(text: string, font: string, room: number): string {
    if (this.#measure(text, font) <= room) return text;
    // No half of a character; and after the mark, the ellipsis of a name that runs from right to left is at its left.
    const cut = (end: number): string => `${text.slice(0, end).replace(/[\ud800-\udbff]$/, '')}…\u200f`;
    let low = 0;
    let high = text.length;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#measure(cut(middle), font) <= room) low = middle;
      else high = middle - 1;
    }
    return low === 0 ? '' : cut(low);
  }
}

export function roundedBox(
  pen: Pen,
  x: number,
  y: number,
  width: number,
  height: number,
  radius: number,
): void {
  pen.beginPath();
  pen.roundRect(x, y, width, height, Math.min(radius, width / 2, height / 2));
}

export function line(pen: Pen, x0: number, y0: number, x1: number, y1: number): void {
  pen.beginPath();
  pen.moveTo(x0, y0);
  pen.lineTo(x1, y1);
  pen.stroke();
}
