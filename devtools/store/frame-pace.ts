/** Draws with the page's frames, and less often while the page has better things to do. */
export class FramePace {
  readonly #draw: () => boolean;
  readonly #gap: () => number;
  #frame = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #stopped = false;

  /**
   * @param draw draws one frame; true when it wants another, as something still moves.
   * @param gap milliseconds that should pass between two frames; what the user does is drawn with the next one.
   */
  constructor(draw: () => boolean, gap: () => number) {
    this.#draw = draw;
    this.#gap = gap;
  }

  /** Draws soon: with the next frame when it is `urgent`. However often it is called, it draws once. */
  request(urgent = false): void {
    if (this.#frame !== 0 || this.#stopped) return;
    const wait = urgent ? 0 : this.#drawnAt + this.#gap() - performance.now();
    if (wait > 0) {
      this.#timer ??= setTimeout(() => this.#requestFrame(), wait);
      return;
    }
    this.#requestFrame();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    cancelAnimationFrame(this.#frame);
  }

  #requestFrame(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#drawnAt = performance.now();
      if (this.#draw()) this.request();
    });
  }
}
