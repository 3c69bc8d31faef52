import type { Point } from '../layout/viewport.js';

/** A drag that a view has taken for itself. */
export interface Drag {
  move(at: Point): void;
  /** `cancelled` when the browser took the pointer away. */
  end(at: Point, cancelled: boolean): void;
}

/** What a view does with pointer, wheel and keys. Points are CSS pixels from the canvas's corner. */
export interface GestureHandler {
  /** A drag begins: answer one to take it, or undefined to let it pan. */
  grab(at: Point, shift: boolean): Drag | undefined;
  pan(dx: number, dy: number): void;
  zoom(factor: number, at: Point): void;
  click(at: Point, shift: boolean): void;
  doubleClick(at: Point): void;
  /** Undefined when the pointer has left. Answers the cursor to show. */
  hover(at: Point | undefined): string;
  /** True when the key meant something. */
  key(key: string, shift: boolean): boolean;
}

/** Further than this, a press is a drag and not a click. */
const CLICK_SLACK = 4;

/** Listens to a canvas and tells a view in its own words: pan, zoom (wheel, pinch), click, drag, key. */
export class Gestures {
  readonly #canvas: HTMLCanvasElement;
  readonly #handler: GestureHandler;
  readonly #stop = new AbortController();
  readonly #pointers = new Map<number, Point>();
  #pressed: { readonly at: Point; readonly shift: boolean } | undefined;
  #drag: Drag | undefined;
  #moved = false;

  constructor(canvas: HTMLCanvasElement, handler: GestureHandler) {
    this.#canvas = canvas;
    this.#handler = handler;
    if (canvas.tabIndex < 0) canvas.tabIndex = 0;
    // Otherwise the page scrolls under a finger that pans the picture.
    canvas.style.touchAction = 'none';
    const { signal } = this.#stop;
    canvas.addEventListener('pointerdown', (event) => this.#down(event), { signal });
    canvas.addEventListener('pointermove', (event) => this.#move(event), { signal });
    canvas.addEventListener('pointerup', (event) => this.#up(event, false), { signal });
    canvas.addEventListener('pointercancel', (event) => this.#up(event, true), { signal });
    canvas.addEventListener('pointerleave', () => this.#handler.hover(undefined), { signal });
    canvas.addEventListener('dblclick', (event) => handler.doubleClick(this.#at(event)), { signal });
    canvas.addEventListener('wheel', (event) => this.#wheel(event), { signal, passive: false });
    canvas.addEventListener('keydown', (event) => this.#key(event), { signal });
  }

  destroy(): void {
    this.#stop.abort();
  }

  #at(event: MouseEvent): Point {
    const box = this.#canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  #down(event: PointerEvent): void {
    if (event.button !== 0) return;
    const at = this.#at(event);
    this.#pointers.set(event.pointerId, at);
    this.#canvas.focus({ preventScroll: true });
    if (event.isTrusted) this.#canvas.setPointerCapture(event.pointerId);
    if (this.#pointers.size === 1) {
      this.#pressed = { at, shift: event.shiftKey };
      this.#moved = false;
    } else {
      this.#drag?.end(at, true);
      this.#drag = undefined;
      this.#moved = true;
    }
  }

  #move(event: PointerEvent): void {
    const at = this.#at(event);
    const before = this.#pointers.get(event.pointerId);
    if (!before) {
      this.#canvas.style.cursor = this.#handler.hover(at);
      return;
    }
    const other = [...this.#pointers].find(([id]) => id !== event.pointerId)?.[1];
    if (other) this.#pinch(before, at, other);
    else this.#dragTo(before, at);
    // A press that has not become a drag yet keeps its start, so that slow drags are not lost.
    if (other || this.#moved) this.#pointers.set(event.pointerId, at);
  }

  #dragTo(before: Point, at: Point): void {
    const pressed = this.#pressed;
    if (!pressed) return;
    if (!this.#moved) {
      if (Math.hypot(at.x - pressed.at.x, at.y - pressed.at.y) < CLICK_SLACK) return;
      this.#moved = true;
      this.#drag = this.#handler.grab(pressed.at, pressed.shift);
    }
    if (this.#drag) {
      this.#drag.move(at);
    } else {
      this.#canvas.style.cursor = 'grabbing';
      this.#handler.pan(at.x - before.x, at.y - before.y);
    }
  }

  #pinch(before: Point, at: Point, other: Point): void {
    const [old, now] = [
      Math.hypot(before.x - other.x, before.y - other.y),
      Math.hypot(at.x - other.x, at.y - other.y),
    ];
    if (old > 0 && now > 0) {
      this.#handler.zoom(now / old, { x: (at.x + other.x) / 2, y: (at.y + other.y) / 2 });
    }
    this.#handler.pan((at.x - before.x) / 2, (at.y - before.y) / 2);
  }

  #up(event: PointerEvent, cancelled: boolean): void {
    if (!this.#pointers.delete(event.pointerId) || this.#pointers.size > 0) return;
    const at = this.#at(event);
    if (this.#drag) this.#drag.end(at, cancelled);
    else if (!this.#moved && !cancelled) this.#handler.click(at, event.shiftKey);
    this.#drag = undefined;
    this.#pressed = undefined;
    this.#canvas.style.cursor = this.#handler.hover(at);
  }

  #wheel(event: WheelEvent): void {
    event.preventDefault();
    const unit = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1;
    const [dx, dy] = [event.deltaX * unit, event.deltaY * unit];
    if (event.shiftKey) this.#handler.pan(-(dx || dy), 0);
    else if (Math.abs(dx) > Math.abs(dy)) this.#handler.pan(-dx, 0);
    // A pinch on a trackpad comes as a wheel with ctrl, in small steps.
    else this.#handler.zoom(Math.exp(-dy * (event.ctrlKey ? 0.01 : 0.0018)), this.#at(event));
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (this.#handler.key(event.key, event.shiftKey)) event.preventDefault();
  }
}
