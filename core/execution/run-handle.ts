import type { PubSubError } from '../errors.js';
import type { OutcomeSupply, ReadingPlace } from './outcome-reader.js';
import type { NodeExecutionOutcome, PubSubExecutionReport } from './report.js';

/** A run that was started: read its outcomes as they come, await its report, or cancel it. */
export interface RunHandle extends AsyncIterable<NodeExecutionOutcome> {
  /** Id of the run; also `report.executionId`. */
  readonly id: string;
  /**
   * Resolves when the run has ended, however it ended. Rejects only when it could not start: a bad spec or payload,
   * or no agents. The logger is told of that where nobody has asked for the report, or for outcomes, by then.
   */
  readonly report: Promise<PubSubExecutionReport>;
  /** Outcomes that were forgotten (see `retention.nodes`) before anybody read them. */
  readonly missedOutcomes: number;
  /** Ends the run with status `cancelled`. Nothing happens when it has ended. */
  cancel(reason?: string): void;
}

/** How the handle finds out what happened to a node. */
export interface OutcomeSource {
  /** The outcome of a node, or undefined when it is no longer kept. */
  outcome(node: number): NodeExecutionOutcome | undefined;
}

/**
 * The outcomes of one run, as numbers of tree nodes in the order they were settled: an outcome is made when somebody
 * reads it. Keeps the newest `limit`.
 */
export class OutcomeLog implements OutcomeSupply {
  private readonly limit: number;
  private readonly source: OutcomeSource;
  private nodes: Uint32Array = new Uint32Array(64);
  /** Where the next one goes. */
  private end = 0;
  /** Outcomes so far, and how many of them are durable and may be shown. */
  private added = 0;
  private shown = 0;
  private closed: { readonly error: PubSubError | undefined } | undefined = undefined;
  private waiting: (() => void)[] = [];
  missed = 0;

  constructor(limit: number, source: OutcomeSource) {
    this.limit = limit;
    this.source = source;
  }

  get count(): number {
    return this.added;
  }

  add(node: number): void {
    if (this.end === this.nodes.length) this.makeRoom();
    this.nodes[this.end++] = node;
    this.added++;
  }

  /** Shows the first `count` outcomes to readers. */
  show(count: number): void {
    if (count <= this.shown) return;
    this.shown = count;
    this.wake();
  }

  /** No more will come; with an error, what is not shown yet never is, and reading throws it. */
  close(error?: PubSubError): void {
    this.closed ??= { error };
    if (!error) this.shown = this.added;
    this.wake();
  }

  /** All outcomes still known, oldest first. */
  all(): NodeExecutionOutcome[] {
    const outcomes: NodeExecutionOutcome[] = [];
    for (let place = Math.max(0, this.added - this.nodes.length); place < this.added; place++) {
      const outcome = this.outcomeAt(place);
      if (outcome) outcomes.push(outcome);
    }
    return outcomes;
  }

  next(reader: ReadingPlace): NodeExecutionOutcome | undefined {
    while (reader.place < this.shown) {
      if (reader.place < this.added - this.nodes.length) this.skip(reader);
      const outcome = this.outcomeAt(reader.place++);
      if (outcome !== undefined) return outcome;
      this.missed++;
    }
    return undefined;
  }

  /** Moves a reader on to the oldest outcome that is kept. */
  private skip(reader: ReadingPlace): void {
    const forgotten = this.added - this.nodes.length - reader.place;
    this.missed += forgotten;
    reader.place += forgotten;
  }

  whenMore(callback: () => void): void {
    this.waiting.push(callback);
  }

  isClosed(): boolean {
    if (this.closed?.error) throw this.closed.error;
    return this.closed !== undefined;
  }

  private outcomeAt(place: number): NodeExecutionOutcome | undefined {
    const at = this.end - (this.added - place);
    // Without a branch that is first taken when the ring is full: see `TreeRing.row`.
    return this.source.outcome(this.nodes[at + (this.nodes.length & (at >> 31))] ?? 0);
  }

  private wake(): void {
    if (this.waiting.length === 0) return;
    const waiting = this.waiting;
    this.waiting = [];
    for (const callback of waiting) callback();
  }

  private makeRoom(): void {
    if (this.nodes.length >= this.limit) {
      // From now on each takes the place of the oldest.
      this.end = 0;
      return;
    }
    const longer = new Uint32Array(Math.min(this.limit, this.nodes.length * 2));
    longer.set(this.nodes);
    this.nodes = longer;
  }
}
