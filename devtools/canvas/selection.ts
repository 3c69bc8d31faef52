import type { CanvasSelection } from '../canvas-contract.js';

/** What is selected in a view, and who wants to hear of choices made there. */
export class Selection {
  value: CanvasSelection | undefined = undefined;
  readonly #listeners = new Set<(selection: CanvasSelection | undefined) => void>();

  /** A choice made in the view. */
  choose(value: CanvasSelection | undefined): void {
    if (sameSelection(value, this.value)) return;
    this.value = value;
    for (const listener of this.#listeners) listener(value);
  }

  listen(listener: (selection: CanvasSelection | undefined) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  clear(): void {
    this.#listeners.clear();
  }
}

export function sameSelection(a: CanvasSelection | undefined, b: CanvasSelection | undefined): boolean {
  if (!a || !b) return a === b;
  if (a.kind === 'node') return b.kind === 'node' && a.node === b.node;
  return b.kind === a.kind && a.name === b.name;
}
