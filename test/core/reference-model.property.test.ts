import type { PubSubExecutionReport, RunHandle } from 'dagger-agents';
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
  const follow = ({ lines, executor, steps }: Played): void => {
    model.stepsAllowed = steps;
    for (; heard < lines.length; heard++) model.apply(JSON.parse(lines[heard] ?? ''));
    if (model.seq === executor.state.seq) expectAgreement(model, executor);
  };
  return {
    model,
    follow,
    /** The same when nothing more happens without time going by. */
    rest(played: Played): void {
      follow(played);
      expect(model.seq).toBe(played.executor.state.seq);
      if (!model.paused) requireNothingStuck(model, played.runtime.now());
    },
  };
}

/** The reports of the runs that have started, each with the outcomes that its handle has shown one by one. */
async function reportsOf(
  runs: readonly RunHandle[],
): Promise<{ readonly report: PubSubExecutionReport; readonly shown: readonly string[] }[]> {
  const reported = [];
  for (const run of runs) {
    const report = await run.report.catch(() => undefined);
    const shown: string[] = [];
    if (report) for await (const { nodeId } of run) shown.push(nodeId);
    if (report) reported.push({ report, shown });
  }
  return reported;
}

test('random systems do what the reference model says, and show what it expects', async () => {
  const { unhandled } = watchUnhandled();
  const property = fc.asyncProperty(systemPlan, async (plan) => {
    const { model, follow, rest } = overseer(plan);
    const played = await play(plan, follow);
    const { executor, runtime } = played;
    // Until then what was stopped may be holding things back.
    await runtime.advance(2000);
    rest(played);
    await finish(plan, played, rest);
    rest(played);
    expect([...model.deliveries.unfinished.keys(), ...model.people.pending.keys()]).toEqual([]);
    const isWhole = executor.tree.size < plan.nodes;
    for (const { report, shown } of await reportsOf(played.runs)) {
      expectReport(model, report, isWhole);
      if (isWhole) expect(shown).toEqual(report.agentOutcomes.map(({ nodeId }) => nodeId));
    }
    await executor.close();
  });
  await fc.assert(property, { numRuns: 1000 });
  expect(unhandled).toEqual([]);
}, 60_000);
