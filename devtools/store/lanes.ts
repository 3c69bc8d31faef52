/** The agents of a recording, numbered in the order in which they were first heard of. */
export class Lanes {
  /** By their numbers. */
  readonly names: string[] = [];
  readonly #numbers = new Map<string, number>();

  of(agent: string): number {
    let lane = this.#numbers.get(agent);
    if (lane === undefined) {
      lane = this.names.push(agent) - 1;
      this.#numbers.set(agent, lane);
    }
    return lane;
  }

  /** Empty for a number that nobody has. */
  nameOf(lane: number): string {
    return this.names[lane] ?? '';
  }
}
