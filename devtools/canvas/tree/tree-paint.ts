import type { CanvasTheme } from '../../canvas-contract.js';
import type { Viewport } from '../../layout/viewport.js';
import { STATUS, STATUS_BY_SEVERITY, statusColours } from '../colours.js';
import type { Pen, TextFitter } from '../pen.js';
import { paintHistogram, paintWords, type Seen } from './tree-cards.js';
import { CARD, type TreeScene } from './tree-model.js';

/** What is drawn besides the tree itself. */
export interface TreeMarks {
  readonly selected: number;
  readonly hovered: number;
  /** Places on the way from the selected one to its root. */
  readonly lit: ReadonlySet<number>;
  readonly matches: ReadonlySet<number> | undefined;
}

/** Below this scale cards become dots; above the second they carry words. */
const CARD_SCALE = 0.24;
const WORD_SCALE = 0.42;
/** Pixels between two marks below which they look like one. */
const SAME_PLACE = 0.25;
const BAD = [STATUS.failed, STATUS.invalid, STATUS.dropped, STATUS.retrying, STATUS.refused];

/**
 * Draws the part of the tree that is in sight. Where every card is, is worked out into columns that are kept from frame to
 * frame; marks of one colour are one path.
 */
export class TreePainter {
  readonly #text: TextFitter;
  /** Places in sight, and where their cards are on the screen. */
  #visible = new Uint32Array(1024);
  #count = 0;
  #x = new Float64Array(0);
  #y = new Float64Array(0);

  constructor(text: TextFitter) {
    this.#text = text;
  }

  /** How many marks the last frame showed. */
  get visible(): number {
    return this.#count;
  }

  paint(
    pen: Pen,
    theme: CanvasTheme,
    scene: TreeScene,
    view: Viewport,
    progress: number,
    width: number,
    height: number,
    marks: TreeMarks,
  ): void {
    this.#place(scene, view, progress, width, height);
    this.#links(pen, theme, scene, view, width, height);
    this.#litWay(pen, theme, scene, view, marks);
    const colours = statusColours(theme);
    if (view.scale < CARD_SCALE) this.#dots(pen, theme, scene, view, colours, marks);
    else this.#cards(pen, theme, scene, view, colours, marks);
    pen.globalAlpha = 1;
  }

  #seen(): Seen {
    return { places: this.#visible, count: this.#count, x: this.#x, y: this.#y };
  }

  #place(scene: TreeScene, view: Viewport, progress: number, width: number, height: number): void {
    const { x, y, fromX, fromY, status } = scene;
    const count = x.length;
    let [lastLeft, lastMiddle, lastStatus] = [Number.NaN, Number.NaN, -1];
    if (this.#x.length < count) {
      this.#x = new Float64Array(count * 2);
      this.#y = new Float64Array(count * 2);
      this.#visible = new Uint32Array(count * 2);
    }
    const reach = CARD.width * view.scale + 4;
    const half = CARD.row * view.scale;
    this.#count = 0;
    for (let place = 0; place < count; place++) {
      const [x0 = 0, x1 = 0, y0 = 0, y1 = 0] = [fromX[place], x[place], fromY[place], y[place]];
      const left = (x0 + (x1 - x0) * progress) * view.scale + view.x;
      const middle = (y0 + (y1 - y0) * progress) * view.scale + view.y;
      this.#x[place] = left;
      this.#y[place] = middle;
      if (middle < -half || middle > height + half || left < -reach || left > width + 16) continue;
      // What comes out of a fold begins on one place: of thousands that look like one, one is drawn.
      const near = Math.abs(left - lastLeft) < SAME_PLACE && Math.abs(middle - lastMiddle) < SAME_PLACE;
      if (near && status[place] === lastStatus) continue;
      lastLeft = left;
      lastMiddle = middle;
      lastStatus = status[place] ?? 0;
      this.#visible[this.#count++] = place;
    }
  }

  #links(
    pen: Pen,
    theme: CanvasTheme,
    scene: TreeScene,
    view: Viewport,
    width: number,
    height: number,
  ): void {
    const { parent } = scene;
    const card = CARD.width * view.scale;
    const curved = view.scale >= CARD_SCALE;
    pen.strokeStyle = theme.edge;
    pen.lineWidth = Math.min(1.5, Math.max(0.6, view.scale * 1.6));
    let [lastX, lastY, lastAbove] = [Number.NaN, Number.NaN, -1];
    pen.beginPath();
    for (let place = 0; place < parent.length; place++) {
      const above = parent[place] ?? -1;
      if (above < 0) continue;
      const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = [
        this.#x[above],
        this.#y[above],
        this.#x[place],
        this.#y[place],
      ];
      const start = curved ? x0 + card : x0;
      if (start > width || x1 < 0 || (y0 < 0 && y1 < 0) || (y0 > height && y1 > height)) continue;
      const near = Math.abs(x1 - lastX) < SAME_PLACE && Math.abs(y1 - lastY) < SAME_PLACE;
      if (near && this.#isNear(above, lastAbove)) continue;
      lastX = x1;
      lastY = y1;
      lastAbove = above;
      pen.moveTo(start, y0);
      if (curved) this.#curve(pen, start, y0, x1, y1);
      else pen.lineTo(x1, y1);
    }
    pen.stroke();
  }

  #isNear(place: number, other: number): boolean {
    if (place === other) return true;
    const [x0 = 0, x1 = Number.NaN] = [this.#x[place], this.#x[other]];
    const [y0 = 0, y1 = Number.NaN] = [this.#y[place], this.#y[other]];
    return Math.abs(x0 - x1) < SAME_PLACE && Math.abs(y0 - y1) < SAME_PLACE;
  }

  #curve(pen: Pen, x0: number, y0: number, x1: number, y1: number): void {
    const middle = (x0 + x1) / 2;
    pen.bezierCurveTo(middle, y0, middle, y1, x1, y1);
  }

  #litWay(pen: Pen, theme: CanvasTheme, scene: TreeScene, view: Viewport, { lit }: TreeMarks): void {
    if (lit.size === 0) return;
    const card = view.scale >= CARD_SCALE ? CARD.width * view.scale : 0;
    pen.strokeStyle = theme.selection;
    pen.lineWidth = 2.25;
    pen.beginPath();
    for (const place of lit) {
      const above = scene.parent[place] ?? -1;
      if (above < 0) continue;
      const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = [
        this.#x[above],
        this.#y[above],
        this.#x[place],
        this.#y[place],
      ];
      pen.moveTo(x0 + card, y0);
      this.#curve(pen, x0 + card, y0, x1, y1);
    }
    pen.stroke();
  }

  /** Far out: a dot for each node, the worst on top. */
  #dots(
    pen: Pen,
    theme: CanvasTheme,
    scene: TreeScene,
    view: Viewport,
    colours: readonly string[],
    marks: TreeMarks,
  ): void {
    const size = Math.max(2, Math.min(6, CARD.row * view.scale * 0.75));
    for (const status of STATUS_BY_SEVERITY) {
      const worse = BAD.includes(status) ? Math.max(size, 3.5) : size;
      pen.fillStyle = colours[status] ?? theme.mutedText;
      pen.globalAlpha = status === STATUS.published ? 0.6 : 1;
      pen.beginPath();
      let any = false;
      for (let at = 0; at < this.#count; at++) {
        const place = this.#visible[at] ?? 0;
        if (scene.status[place] !== status) continue;
        pen.rect((this.#x[place] ?? 0) - worse / 2, (this.#y[place] ?? 0) - worse / 2, worse, worse);
        any = true;
      }
      if (any) pen.fill();
    }
    pen.globalAlpha = 1;
    pen.fillStyle = theme.selection;
    for (const place of [marks.selected, ...(marks.matches ?? [])]) {
      if (place < 0) continue;
      pen.beginPath();
      pen.arc(this.#x[place] ?? 0, this.#y[place] ?? 0, 5, 0, Math.PI * 2);
      pen.fill();
    }
  }

  #cards(
    pen: Pen,
    theme: CanvasTheme,
    scene: TreeScene,
    view: Viewport,
    colours: readonly string[],
    marks: TreeMarks,
  ): void {
    const { scale } = view;
    const [width, height, radius] = [
      Math.round(CARD.width * scale),
      Math.round(CARD.height * scale),
      6 * scale,
    ];
    // On whole pixels, so that thin lines are crisp.
    const box = (place: number, grow = 0, shift = 0): void => {
      const left = Math.round(this.#x[place] ?? 0) + 0.5 + shift - grow;
      const top = Math.round((this.#y[place] ?? 0) - height / 2) + 0.5 + shift - grow;
      pen.roundRect(left, top, width + 2 * grow, height + 2 * grow, radius + grow);
    };
    const each = (wanted: (place: number) => boolean, draw: (place: number) => void): void => {
      for (let at = 0; at < this.#count; at++) {
        const place = this.#visible[at] ?? 0;
        if (wanted(place)) draw(place);
      }
    };
    const always = (): boolean => true;
    // A fold looks like a pile.
    pen.strokeStyle = theme.border;
    pen.fillStyle = theme.surface;
    pen.lineWidth = 1;
    pen.beginPath();
    each(
      (place) => scene.histograms[place] !== undefined,
      (place) => box(place, 0, Math.round(3 * scale)),
    );
    pen.fill();
    pen.stroke();
    pen.beginPath();
    each(always, (place) => box(place));
    pen.fill();
    pen.stroke();
    for (const status of BAD) {
      pen.strokeStyle = colours[status] ?? theme.border;
      pen.lineWidth = 1.25;
      pen.beginPath();
      each(
        (place) => scene.status[place] === status && scene.histograms[place] === undefined,
        (place) => box(place),
      );
      pen.stroke();
    }
    this.#statusDots(pen, scene, scale, colours);
    this.#brackets(pen, theme, scene, scale);
    if (scale >= WORD_SCALE) paintWords(pen, this.#text, theme, scene, this.#seen(), scale, marks.matches);
    each(
      (place) => scene.histograms[place] !== undefined,
      (place) => paintHistogram(pen, scene, place, this.#x[place] ?? 0, this.#y[place] ?? 0, scale, colours),
    );
    this.#rings(pen, theme, marks, box);
  }

  #statusDots(pen: Pen, scene: TreeScene, scale: number, colours: readonly string[]): void {
    const radius = 3.6 * scale;
    for (let status = 0; status < colours.length; status++) {
      pen.fillStyle = colours[status] ?? '';
      pen.beginPath();
      for (let at = 0; at < this.#count; at++) {
        const place = this.#visible[at] ?? 0;
        if (scene.status[place] !== status) continue;
        const [x, y] = [(this.#x[place] ?? 0) + 12 * scale, this.#y[place] ?? 0];
        if (scene.isPublish[place] === 1) {
          pen.rect(x - radius * 0.85, y - radius * 0.85, radius * 1.7, radius * 1.7);
        } else {
          pen.moveTo(x + radius, y);
          pen.arc(x, y, radius, 0, Math.PI * 2);
        }
      }
      pen.fill();
    }
  }

  /** A line before what was unfolded: a click on it folds again. */
  #brackets(pen: Pen, theme: CanvasTheme, scene: TreeScene, scale: number): void {
    pen.strokeStyle = theme.accent;
    pen.lineWidth = Math.max(1, 1.5 * scale);
    pen.beginPath();
    for (let at = 0; at < this.#count; at++) {
      const place = this.#visible[at] ?? 0;
      if (scene.nodes[place]?.unfoldedFrom === undefined) continue;
      const [x, y] = [(this.#x[place] ?? 0) - 6 * scale, this.#y[place] ?? 0];
      pen.moveTo(x, y - (CARD.height / 2) * scale);
      pen.lineTo(x, y + (CARD.height / 2) * scale);
    }
    pen.stroke();
  }

  #rings(pen: Pen, theme: CanvasTheme, marks: TreeMarks, box: (place: number, grow?: number) => void): void {
    const ring = (places: Iterable<number>, colour: string, width: number, grow: number): void => {
      pen.strokeStyle = colour;
      pen.lineWidth = width;
      pen.beginPath();
      for (const place of places) if (place >= 0) box(place, grow);
      pen.stroke();
    };
    if (marks.hovered >= 0) ring([marks.hovered], theme.mutedText, 1.25, 0);
    if (marks.matches) ring(marks.matches, theme.selection, 1.25, 1.5);
    ring(marks.lit, theme.selection, 1.5, 0);
    if (marks.selected >= 0) ring([marks.selected], theme.selection, 2, 1.5);
  }
}
