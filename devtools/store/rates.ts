/** Sums of something over time, and how fast they grow: per second, over the last second or so. */
export class Rates {
  #samples: { readonly at: number; readonly totals: ReadonlyMap<string, number> }[] = [];
  #rates: ReadonlyMap<string, number> = new Map();

  /** Notes the sums at a time; at most ten samples a second are worth keeping. */
  sample(at: number, totals: ReadonlyMap<string, number>): void {
    const newest = this.#samples.at(-1);
    if (newest && at - newest.at < 90) return;
    this.#samples = [...this.#samples.filter((sample) => at - sample.at <= 1500), { at, totals }];
    const oldest = this.#samples[0];
    if (!oldest || at - oldest.at < 50) {
      this.#rates = new Map();
      return;
    }
    // A lone sample long ago says nothing of now: what came since then is spread over a second at least.
    const seconds = Math.max(at - oldest.at, 500) / 1000;
    this.#rates = new Map(
      [...totals].map(([name, total]) => [
        name,
        Math.max(0, total - (oldest.totals.get(name) ?? 0)) / seconds,
      ]),
    );
  }

  of(name: string): number {
    return this.#rates.get(name) ?? 0;
  }

  clear(): void {
    this.#samples = [];
    this.#rates = new Map();
  }
}
