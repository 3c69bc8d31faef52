import type { PubSubExecutionReport } from 'dagger-agents';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { watchUnhandled } from '../support/bus.js';
import { expectAgreement, expectReport, requireNothingStuck } from '../support/model/compare.js';
import { ReferenceModel } from '../support/model/reference-model.js';
import { finish, type Played, play } from '../support/random-run.js';
import { type SystemPlan, systemPlan } from '../support/random-system.js';

/** Lets the model hear of all that a system does. */
function overseer({ config, nodes }: SystemPlan) {
  const model = new ReferenceModel(config, nodes);
  let heard = 0;
  return {
    model,
    follow({ lines, executor, steps }: Played): void {
      model.stepsAllowed = steps;
      for (; heard < lines.length; heard++) model.apply(JSON.parse(lines[heard] ?? ''));
      if (model.seq === executor.state.seq) expectAgreement(model, executor);
    },
  };
}

test('random systems do what the reference model says, and show what it expects', async () => {
  const { unhandled } = watchUnhandled();
  const property = fc.asyncProperty(systemPlan, async (plan) => {
    const { model, follow } = overseer(plan);
    const played = await play(plan, follow);
    const { executor, runtime } = played;
    // Until then what was stopped may be holding things back.
    await runtime.advance(2000);
    follow(played);
    if (!model.paused) requireNothingStuck(model, runtime.now());
    await finish(plan, played);
    follow(played);
    const isWhole = executor.tree.size < plan.nodes;
    const started: PubSubExecutionReport[] = [];
    for (const { report } of played.runs)
      await report.then(
        (each) => started.push(each),
        () => {},
      );
    for (const report of started) expectReport(model, report, isWhole);
    await executor.close();
  });
  await fc.assert(property, { numRuns: 1000 });
  expect(unhandled).toEqual([]);
}, 60_000);
