import { PubSubError } from '../errors.js';
import { restore } from '../state/restore.js';
import type { RunEvent } from '../state/run-event.js';
import { RunState, type StateLimits } from '../state/run-state.js';
import { decodeParts } from '../state/snapshot.js';
import { foldRecord } from './record-reader.js';
import type { StoredBatch, StoredSnapshot } from './storage-adapter.js';

/** Where records come from: a namespace that somebody else writes, or one that is our own by now. */
export interface RecordSource {
  readSnapshot(): Promise<StoredSnapshot | undefined>;
  read(after: number, caughtUp?: () => void): AsyncIterable<StoredBatch>;
}

/** Who is told how a followed state changes. */
export interface FollowedStateAudience {
  /** These have just been folded in. */
  events(events: readonly RunEvent[]): void;
  /** A snapshot has taken the state's place: the events in between were dropped before they could be read. */
  jumped(): void;
}

/** The state that somebody else's records lead to, folded as they come. */
export class FollowedState {
  readonly #limits: StateLimits;
  readonly #audience: FollowedStateAudience;
  #state: RunState;
  #record = 0;

  constructor(limits: StateLimits, audience: FollowedStateAudience) {
    this.#limits = limits;
    this.#audience = audience;
    this.#state = new RunState(limits);
  }

  get state(): RunState {
    return this.#state;
  }

  /** Number of the newest record that is part of the state. */
  get record(): number {
    return this.#record;
  }

  /**
   * Goes on from where it is, until `source` has no more: for a followed namespace, until that is closed.
   *
   * @param caughtUp called each time when everything that is stored has been folded in.
   * @throws PubSubError `DATABASE_ERROR` when records are damaged or missing and no snapshot stands in for them;
   * `SERIALIZATION_ERROR` or `EXECUTION_ERROR` when they are none of ours.
   */
  async readOn(source: RecordSource, caughtUp?: () => void): Promise<void> {
    if (this.#record === 0) await this.#jump(source);
    for (;;) {
      try {
        for await (const batch of source.read(this.#record, caughtUp)) this.#fold(batch);
        return;
      } catch (thrown) {
        // Dropped after a snapshot, most likely. If not, the snapshot is no newer than we are, and the error stands.
        if (!(await this.#jump(source))) throw thrown;
      }
    }
  }

  #fold({ firstSequence, records }: StoredBatch): void {
    if (firstSequence !== this.#record + 1) {
      throw new PubSubError(
        'DATABASE_ERROR',
        `records ${this.#record + 1} to ${firstSequence - 1} are missing`,
        {
          details: { expected: this.#record + 1, received: firstSequence },
        },
      );
    }
    const folded: RunEvent[] = [];
    try {
      for (const text of records) {
        foldRecord(this.#state, text, (event) => folded.push(event));
        this.#record++;
      }
    } finally {
      this.#audience.events(folded);
    }
  }

  /** Starts over from the newest snapshot if that is ahead of us; answers whether it was. */
  async #jump(source: RecordSource): Promise<boolean> {
    const snapshot = await source.readSnapshot();
    if (!snapshot || snapshot.sequence <= this.#record) return false;
    this.#state = restore(decodeParts(snapshot.records), this.#limits);
    this.#record = snapshot.sequence;
    this.#audience.jumped();
    return true;
  }
}
