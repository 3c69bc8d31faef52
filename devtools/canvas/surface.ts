import { TextFitter } from './pen.js';

/** A canvas at the resolution of its screen: drawing is in CSS pixels, text and hairlines are crisp. */
export class Surface {
  readonly canvas: HTMLCanvasElement;
  readonly pen: CanvasRenderingContext2D;
  readonly text: TextFitter;
  width = 0;
  height = 0;
  ratio = 1;

  constructor(canvas: HTMLCanvasElement) {
    const context = canvas.getContext('2d', { alpha: false });
    if (!context) throw new Error('This browser gives no 2D context for a canvas.');
    this.canvas = canvas;
    this.pen = context;
    this.text = new TextFitter((text, font) => {
      const before = context.font;
      context.font = font;
      const { width } = context.measureText(text);
      context.font = before;
      return width;
    });
  }

  resize(width: number, height: number, ratio: number): void {
    this.width = width;
    this.height = height;
    this.ratio = ratio;
    const [columns, rows] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.canvas.width !== columns) this.canvas.width = columns;
    if (this.canvas.height !== rows) this.canvas.height = rows;
  }

  /** Paints the background and leaves the pen in CSS pixels. */
  begin(background: string): CanvasRenderingContext2D {
    const { pen, ratio } = this;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.globalAlpha = 1;
    pen.setLineDash([]);
    pen.textBaseline = 'middle';
    pen.textAlign = 'left';
    pen.fillStyle = background;
    pen.fillRect(0, 0, this.width, this.height);
    return pen;
  }

  /** From here on, drawing is in the world of the viewport. */
  enter(x: number, y: number, scale: number): void {
    const { pen, ratio } = this;
    pen.setTransform(ratio * scale, 0, 0, ratio * scale, ratio * x, ratio * y);
  }

  /** Back to CSS pixels. */
  leave(): void {
    this.pen.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
  }
}
