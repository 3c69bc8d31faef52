/**
 * Remembers the newest messages that came with an id of their own, at most `limit` of them, each on its channel:
 * publishing one there again is no second message.
 */
export class OutsideIds {
  readonly #limit: number;
  readonly #keys = new Set<string>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  has(channel: string, id: string): boolean {
    // The id alone is what builds before this one have stored.
    return this.#keys.has(keyOf(channel, id)) || this.#keys.has(id);
  }

  add(channel: string, id: string): void {
    this.#note(keyOf(channel, id));
  }

  /** Takes what `toJSON` has given. */
  restore(keys: readonly string[]): void {
    for (const key of keys) this.#note(key);
  }

  toJSON(): string[] {
    return [...this.#keys];
  }

  #note(key: string): void {
    this.#keys.add(key);
    if (this.#keys.size <= this.#limit) return;
    const oldest = this.#keys.values().next().value;
    if (oldest !== undefined) this.#keys.delete(oldest);
  }
}

function keyOf(channel: string, id: string): string {
  return `${channel}\n${id}`;
}
