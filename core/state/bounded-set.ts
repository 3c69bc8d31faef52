/** Remembers the newest values, at most `limit` of them. */
export class BoundedSet {
  readonly #limit: number;
  readonly #values = new Set<string>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  has(value: string): boolean {
    return this.#values.has(value);
  }

  add(value: string): void {
    this.#values.add(value);
    if (this.#values.size <= this.#limit) return;
    const oldest = this.#values.values().next().value;
    if (oldest !== undefined) this.#values.delete(oldest);
  }

  toJSON(): string[] {
    return [...this.#values];
  }
}
