import { closeSync, fdatasync, openSync, write } from 'node:fs';

/**
 * The least that makes messages durable: they are gathered while the batch before them is being written, then written
 * and synced together. What a careful engineer would write by hand, for one file that never ends.
 */
export class GroupCommit {
  readonly #file: number;
  readonly #sync: boolean;
  readonly #take: () => string;
  #waiters: (() => void)[] = [];
  #writing: Promise<void> | undefined;
  bytes = 0;

  /** @param take the text of all that was gathered since it was last asked for. */
  constructor(path: string, sync: boolean, take: () => string) {
    this.#file = openSync(path, 'w');
    this.#sync = sync;
    this.#take = take;
  }

  /** Calls back when what has just been gathered is written, and synced where that was asked for. */
  append(written: () => void): void {
    this.#waiters.push(written);
    this.#writing ??= Promise.resolve().then(() => this.#writeAll());
  }

  async #writeAll(): Promise<void> {
    while (this.#waiters.length > 0) {
      const bytes = Buffer.from(`${this.#take()}\n`);
      const waiters = this.#waiters;
      this.#waiters = [];
      this.bytes += bytes.length;
      await new Promise<void>((resolve, reject) => {
        const done = (error: Error | null): void => (error ? reject(error) : resolve());
        write(this.#file, bytes, (error) => {
          if (error || !this.#sync) done(error);
          else fdatasync(this.#file, done);
        });
      });
      for (const wake of waiters) wake();
    }
    this.#writing = undefined;
  }

  async close(): Promise<void> {
    await this.#writing;
    closeSync(this.#file);
  }
}
