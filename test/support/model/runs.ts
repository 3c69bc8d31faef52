import type { RunKind, RunStatus } from 'dagger-agents';
import type { Deliveries } from './deliveries.js';
import { type ModelDelivery, type ModelRun, nameOf } from './records.js';
import { known, must } from './violation.js';

/** Which run works on what, what it counts, and what it leaves. */
export class Runs {
  /** Also those that the executor has forgotten. */
  readonly all: Map<string, ModelRun> = new Map();
  readonly forgotten: Set<string> = new Set();
  readonly #deliveries: Deliveries;

  constructor(deliveries: Deliveries) {
    this.#deliveries = deliveries;
  }

  find(id: string | undefined): ModelRun | undefined {
    return id === undefined ? undefined : known(this.all.get(id), `run ${id}`);
  }

  /**
   * A run adopts all that no running run works on. What waits for a person is not adopted by a run that has a message of
   * its own to begin with.
   */
  started(id: string, kind: RunKind): void {
    const zero = { published: 0, delivered: 0, succeeded: 0, failed: 0, retried: 0, dropped: 0, unheard: 0 };
    const run: ModelRun = {
      id,
      kind,
      status: 'running',
      counts: zero,
      outcomes: [],
      tokensUsed: 0,
      reported: undefined,
    };
    this.all.set(id, run);
    for (const delivery of this.#deliveries.unfinished.values()) {
      const { run: owner, status } = delivery;
      if (owner?.status === 'running' || (kind === 'message' && status === 'parked')) continue;
      // Going on is no way to a new budget.
      if (kind !== 'message') run.tokensUsed = Math.max(run.tokensUsed, owner?.tokensUsed ?? 0);
      delivery.run = run;
      delivery.isAdopted = true;
    }
  }

  /** @param hasError it could not go on: its message found no way in, or the store was lost. */
  ended(id: string, status: RunStatus, hasError: boolean): void {
    const run = known(this.all.get(id), `run ${id}`);
    must(run.status === 'running', 'a run ends once', id);
    const own = [...this.#deliveries.unfinished.values()].filter((delivery) => delivery.run === run);
    if (!hasError) requireNothingLeft(run, status, own);
    must(
      status !== 'completed' || run.counts.failed === 0,
      'what completed has had no failure',
      `${id}: ${run.counts.failed}`,
    );
    for (const delivery of own) this.#leave(delivery, status);
    run.status = status;
    run.reported = { ...run.counts };
  }

  deleted(id: string): void {
    const run = known(this.all.get(id), `run ${id}`);
    must(run.status !== 'running', 'a run that goes on is not forgotten', id);
    const left = [...this.#deliveries.unfinished.values()].find((delivery) => delivery.run === run);
    must(left === undefined, 'a run with work left is not forgotten', id);
    this.forgotten.add(id);
  }

  /** The executor went away in the middle of it. */
  interrupted(): void {
    for (const run of this.all.values()) if (run.status === 'running') run.status = 'interrupted';
  }

  /** What becomes of a delivery when its run ends. */
  #leave(delivery: ModelDelivery, status: RunStatus): void {
    const deliveries = this.#deliveries;
    const isBegun = delivery.status === 'running';
    const isCut = status === 'cancelled' || status === 'timed-out' || status === 'budget-exceeded';
    if (!isCut) {
      // It is left to whichever run comes next.
      if (isBegun) this.#putBack(delivery);
    } else if (isBegun && (status === 'timed-out' || (status === 'budget-exceeded' && delivery.isAdopted))) {
      // It may be why the run took too long or cost too much: once more would end the next run, too.
      deliveries.fail(delivery, 'failed');
    } else if (delivery.isAdopted) {
      // Work that was there before is not this run's to take away.
      if (isBegun) this.#putBack(delivery);
      delivery.run = undefined;
      delivery.isAdopted = false;
    } else {
      deliveries.cancel(delivery);
    }
  }

  /** What was in hand and cannot go back, as its channel was closed, has its outcome in the run that ends. */
  #putBack(delivery: ModelDelivery): void {
    const { run, mailbox, attempts } = delivery;
    if (mailbox.isClosed) {
      const { agent, channel } = mailbox;
      run?.outcomes.push({ agent, channel: channel.name, success: false, attempts });
    }
    this.#deliveries.putBack(delivery);
  }
}

function requireNothingLeft({ id, kind }: ModelRun, status: RunStatus, [left]: ModelDelivery[]): void {
  const isDone = status === 'completed' || status === 'failed';
  if (!isDone || kind === 'reactive') return;
  must(left === undefined, 'a run ends when nothing is left', `${id}: ${left && nameOf(left)}`);
}
