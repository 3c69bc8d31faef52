import { onTestFinished } from 'vitest';
import type {
  CanvasSource,
  CanvasTheme,
  CanvasView,
  CreateCanvasView,
} from '../../../devtools/canvas-contract.js';
import { lightTheme } from './sample-theme.js';

export interface Mounted {
  readonly canvas: HTMLCanvasElement;
  readonly view: CanvasView;
  /** Draws at once, as if `later` milliseconds had gone by; true when another frame is wanted. */
  draw(later?: number): boolean;
  /** Draws until nothing moves any more: animations are at their end. */
  settle(): void;
  /** Red, green and blue at a place in CSS pixels. */
  pixel(x: number, y: number): [number, number, number];
  /** Number of device pixels in a box that have this colour, nearly. */
  count(colour: string, x: number, y: number, width: number, height: number): number;
  press(key: string, shift?: boolean): void;
  pointer(type: string, x: number, y: number, more?: PointerEventInit): void;
  click(x: number, y: number): void;
  drag(from: readonly [number, number], to: readonly [number, number], more?: PointerEventInit): void;
}

export interface MountOptions {
  readonly width?: number;
  readonly height?: number;
  readonly ratio?: number;
  readonly theme?: CanvasTheme;
  readonly reducedMotion?: boolean;
}

/** Puts a view on a canvas in the page, as the panel does; gone when the test ends. */
export function mount(create: CreateCanvasView, source: CanvasSource, options: MountOptions = {}): Mounted {
  const { width = 800, height = 500, ratio = 1, theme = lightTheme, reducedMotion = true } = options;
  const canvas = document.createElement('canvas');
  canvas.style.cssText = `position: fixed; left: 0; top: 0; width: ${width}px; height: ${height}px`;
  document.body.append(canvas);
  const view = create(canvas, source, { theme, reducedMotion, requestDraw: () => undefined });
  onTestFinished(() => {
    view.destroy();
    canvas.remove();
  });
  view.resize(width, height, ratio);
  const pen = canvas.getContext('2d');
  if (!pen) throw new Error('no 2D context');
  const at = (x: number, y: number): Uint8ClampedArray => pen.getImageData(x * ratio, y * ratio, 1, 1).data;
  const pointer = (type: string, x: number, y: number, more: PointerEventInit = {}): void => {
    const init = { clientX: x, clientY: y, pointerId: 1, bubbles: true, cancelable: true, ...more };
    canvas.dispatchEvent(new PointerEvent(type, init));
  };
  const draw = (later = 0): boolean => view.draw(performance.now() + later);
  return {
    canvas,
    view,
    draw,
    settle: () => {
      // The first draw may start an animation, the second is past its end; of much that is new, a frame takes in a part.
      draw();
      for (let left = 20; left > 0 && draw(100_000); ) left--;
    },
    pixel: (x, y) => {
      const [red = 0, green = 0, blue = 0] = at(x, y);
      return [red, green, blue];
    },
    count: (colour, x, y, wide, tall) => {
      const { data } = pen.getImageData(x * ratio, y * ratio, wide * ratio, tall * ratio);
      const [red, green, blue] = rgb(colour);
      let count = 0;
      for (let place = 0; place < data.length; place += 4) {
        const [r = 0, g = 0, b = 0] = data.subarray(place, place + 3);
        if (Math.abs(r - red) + Math.abs(g - green) + Math.abs(b - blue) < 12) count++;
      }
      return count;
    },
    press: (key, shift = false) => {
      canvas.dispatchEvent(
        new KeyboardEvent('keydown', { key, shiftKey: shift, bubbles: true, cancelable: true }),
      );
    },
    pointer,
    click: (x, y) => {
      pointer('pointerdown', x, y);
      pointer('pointerup', x, y);
    },
    drag: (from, to, more) => {
      pointer('pointerdown', ...from, more);
      pointer('pointermove', (from[0] + to[0]) / 2, (from[1] + to[1]) / 2, more);
      pointer('pointermove', ...to, more);
      pointer('pointerup', ...to, more);
    },
  };
}

export function rgb(colour: string): [number, number, number] {
  const value = Number.parseInt(colour.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}
