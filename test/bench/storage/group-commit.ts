import { closeSync, fdatasync, openSync, write } from 'node:fs';

/**
 * The least that makes records durable: they are gathered while the batch before them is being written, then written
 * and synced together. What a careful engineer would write by hand, for one file that never ends.
 */
export class GroupCommit {
  readonly #file: number;
  readonly #sync: boolean;
  #lines: string[] = [];
  #waiters: (() => void)[] = [];
  #writing: Promise<void> | undefined;
  bytes = 0;

  constructor(path: string, sync: boolean) {
    this.#file = openSync(path, 'w');
    this.#sync = sync;
  }

  /** Calls back when the record is written, and synced where that was asked for. */
  append(record: string, written: () => void): void {
    this.#lines.push(record);
    this.#waiters.push(written);
    this.#writing ??= Promise.resolve().then(() => this.#writeAll());
  }

  async #writeAll(): Promise<void> {
    while (this.#lines.length > 0) {
      const bytes = Buffer.from(`${this.#lines.join('\n')}\n`);
      const waiters = this.#waiters;
      this.#lines = [];
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
