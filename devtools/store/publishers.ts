/** How the application is called where names of agents stand. */
export const APPLICATION = 'app';

/** Who has published on which channel, and since which event: the graph's edges that nobody declared. */
export class Publishers {
  /** By channel, then by name: the first event; 0 for what was before the recording. */
  readonly #since = new Map<string, Map<string, number>>();

  note(channel: string, publisher: string, seq: number): void {
    let names = this.#since.get(channel);
    if (!names) {
      names = new Map();
      this.#since.set(channel, names);
    }
    if (!names.has(publisher)) names.set(publisher, seq);
  }

  /** Those who had published on a channel when event `seq` had happened. */
  *of(channel: string, seq: number): Generator<string> {
    for (const [name, since] of this.#since.get(channel) ?? []) if (since <= seq) yield name;
  }
}
