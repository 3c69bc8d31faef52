/**
 * A browser that runs out of room deletes a site's databases without a word, and the next visit would start empty
 * as if nothing had ever been. A mark outside the database, in localStorage, tells the difference. There is none in
 * workers; there nothing is noticed.
 */
export class EvictionMarks {
  readonly #database: string;

  constructor(database: string) {
    this.#database = database;
  }

  has(namespace: string): boolean {
    return this.#attempt((marks) => marks.getItem(this.#key(namespace)) !== null) ?? false;
  }

  set(namespace: string): void {
    this.#attempt((marks) => marks.setItem(this.#key(namespace), '1'));
  }

  clear(namespace: string): void {
    this.#attempt((marks) => marks.removeItem(this.#key(namespace)));
  }

  #key(namespace: string): string {
    return `dagger ${JSON.stringify([this.#database, namespace])}`;
  }

  /** Marks are a help, not a need: where there is no localStorage, or it is full, we go without. */
  #attempt<Result>(use: (marks: Storage) => Result): Result | undefined {
    try {
      return use(localStorage);
    } catch {
      return undefined;
    }
  }
}
