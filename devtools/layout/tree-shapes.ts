/**
 * The shape of a subtree as a number: two subtrees have the same one when their roots have the same label and the same
 * *set* of shapes below. How often a shape occurs below does not count: a page with nine facts and one with twelve look
 * alike, and a folded view shows how many there are.
 *
 * Shapes are interned by walking a trie: from the label, through the shapes below in rising order.
 */
export class ShapeTable {
  readonly #next = new Map<number, number>();
  readonly #labels = new Map<string, number>();
  readonly #labelOf: string[] = [];
  readonly #groups = new Map<string, string>();
  #states = 0;

  label(text: string): number {
    let label = this.#labels.get(text);
    if (label === undefined) {
      label = this.#labelOf.push(text) - 1;
      this.#labels.set(text, label);
    }
    return label;
  }

  textOf(label: number): string {
    return this.#labelOf[label] ?? '';
  }

  /** `below` must rise and hold no number twice. */
  shape(label: number, below: readonly number[]): number {
    let state = this.#step(0, label);
    for (const shape of below) state = this.#step(state, shape);
    return state;
  }

  /** A short key for the group of a shape under a parent: the same whenever it is asked for. */
  groupKey(parentKey: string, shape: number): string {
    const path = `${parentKey}/${shape}`;
    let key = this.#groups.get(path);
    if (key === undefined) {
      key = `g${this.#groups.size}`;
      this.#groups.set(path, key);
    }
    return key;
  }

  #step(state: number, by: number): number {
    const key = state * 2 ** 26 + by;
    let next = this.#next.get(key);
    if (next === undefined) {
      next = ++this.#states;
      this.#next.set(key, next);
    }
    return next;
  }
}
