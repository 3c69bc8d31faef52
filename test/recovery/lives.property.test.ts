import type { Message, PubSubExecutionReport } from 'dagger-agents';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { watchUnhandled } from '../support/bus.js';
import { expectAgreement, expectReport } from '../support/model/compare.js';
import { ReferenceModel } from '../support/model/reference-model.js';
import { type Ending, type LivesPlan, livesPlan, playLives } from '../support/random-lives.js';
import type { Played } from '../support/random-run.js';

/**
 * Lets a model live through all lives. What a crash has taken away it must forget: it begins anew with what the next
 * executor has found.
 */
class Chronicle {
  readonly #plan: LivesPlan;
  #model: ReferenceModel;
  /** What has happened and was not lost, by all executors. */
  #lines: string[] = [];
  /** Of the executor that lives now. */
  #heard = 0;
  /** What must never be lost: reports, and messages that were said to be safe. */
  readonly #promised: { reports: PubSubExecutionReport[]; messages: Message[] } = {
    reports: [],
    messages: [],
  };
  #told: { reports: PubSubExecutionReport[]; messages: readonly Message[] } = { reports: [], messages: [] };
  #watchedRuns = 0;

  constructor(plan: LivesPlan) {
    this.#plan = plan;
    this.#model = this.#newModel();
  }

  born(played: Played, before: Ending | undefined): void {
    const { seq } = played.executor.state;
    const [first = ''] = played.lines;
    const opened: { seq: number } = JSON.parse(first);
    expect(opened.seq).toBeLessThanOrEqual(this.#model.seq + 1);
    if (before === 'closed') expect(opened.seq).toBe(this.#model.seq + 1);
    if (opened.seq <= this.#model.seq) this.#forgetFrom(opened.seq);
    this.#promise(before);
    this.#told = { reports: [], messages: played.acknowledged };
    this.#watchedRuns = 0;
    this.#heard = 0;
    this.acted(played);
    expect(this.#model.seq).toBe(seq);
    this.requirePromises();
  }

  acted(played: Played): void {
    const { lines, executor, steps, runs } = played;
    this.#model.stepsAllowed = steps;
    for (; this.#heard < lines.length; this.#heard++) {
      const line = lines[this.#heard] ?? '';
      this.#lines.push(line);
      this.#model.apply(JSON.parse(line));
    }
    if (this.#model.seq === executor.state.seq) expectAgreement(this.#model, executor);
    const { reports } = this.#told;
    for (; this.#watchedRuns < runs.length; this.#watchedRuns++) {
      runs[this.#watchedRuns]?.report.then(
        (report) => reports.push(report),
        () => {},
      );
    }
  }

  requirePromises(): void {
    for (const report of this.#promised.reports) expectReport(this.#model, report, false);
    for (const message of this.#promised.messages) this.#model.channels.requirePublished(message);
  }

  #forgetFrom(seq: number): void {
    this.#lines.length = seq - 1;
    this.#model = this.#newModel();
    // Which starts were allowed during a pause has been looked at already.
    this.#model.stepsAllowed = Number.POSITIVE_INFINITY;
    for (const line of this.#lines) this.#model.apply(JSON.parse(line));
  }

  /** What has been said to be safe must be there from now on, as far as `durability` promises it. */
  #promise(before: Ending | undefined): void {
    const { durability } = this.#plan;
    const { reports, messages } = this.#promised;
    // Handed to the system is not on the device: when the power fails, nothing of that was promised.
    if (durability === 'batched' && before === 'power cut') {
      reports.length = 0;
      messages.length = 0;
      return;
    }
    // Saved at the end is not saved before.
    if (durability === 'exit' && before !== 'closed') return;
    reports.push(...this.#told.reports);
    messages.push(...this.#told.messages);
  }

  #newModel(): ReferenceModel {
    const { config, nodes } = this.#plan.system;
    return new ReferenceModel(config, nodes);
  }
}

test('whatever executors come and go, each goes on where the reference model says', async () => {
  const { unhandled } = watchUnhandled();
  const property = fc.asyncProperty(livesPlan, async (plan) => {
    const chronicle = new Chronicle(plan);
    const { executor } = await playLives(plan, chronicle);
    chronicle.requirePromises();
    expect([...executor.state.unfinished].map(({ number }) => number)).toEqual([]);
    await executor.close();
  });
  await fc.assert(property, { numRuns: 200 });
  expect(unhandled).toEqual([]);
}, 60_000);
