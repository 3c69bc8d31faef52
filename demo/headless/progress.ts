/** Where the progress goes; `process.stdout` is one. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const FRAMES = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';
const FRAME_MILLISECONDS = 80;
const CLEAR_LINE = '\r\u001b[2K';

/** Tells what is going on: one line that changes on a terminal, lines one after the other everywhere else. */
export class Progress {
  readonly #screen: Screen;
  readonly #started = performance.now();
  #text = '';
  #frame = 0;
  #ticker: NodeJS.Timeout | undefined;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  /** A step of the story. On a terminal the next one takes its place. */
  step(text: string): void {
    this.#text = text;
    if (!this.#screen.isTTY) {
      this.#screen.write(`${this.#seconds()}  ${text}\n`);
      return;
    }
    this.#draw();
    this.#ticker ??= setInterval(() => this.#draw(), FRAME_MILLISECONDS).unref();
  }

  /** Something that changes too often for lines of its own: shown on terminals only. */
  detail(text: string): void {
    if (this.#screen.isTTY) this.step(text);
  }

  /** Ends the live line, so that ordinary output can follow. */
  stop(): void {
    clearInterval(this.#ticker);
    this.#ticker = undefined;
    if (this.#screen.isTTY && this.#text !== '') this.#screen.write(CLEAR_LINE);
    this.#text = '';
  }

  #draw(): void {
    this.#frame = (this.#frame + 1) % FRAMES.length;
    const line = `${FRAMES[this.#frame]} ${this.#seconds()}  ${this.#text}`;
    this.#screen.write(CLEAR_LINE + [...line].slice(0, (this.#screen.columns || 80) - 1).join(''));
  }

  #seconds(): string {
    return `${((performance.now() - this.#started) / 1000).toFixed(1).padStart(5)} s`;
  }
}
