import { applyEvent, fold, type RunState } from 'dagger-agents';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { restore } from '../../core/state/restore.js';
import { decodeParts, encodeParts, snapshotOf } from '../../core/state/snapshot.js';
import { watchUnhandled } from '../support/bus.js';
import { finish, type Played, play } from '../support/random-run.js';
import { type SystemPlan, systemPlan } from '../support/random-system.js';
import { checkInvariants, expectSameState } from '../support/state-view.js';

const RUNS = 1000;

/** Follows a system with a second state that knows nothing but the text of the events. */
function shadow(plan: SystemPlan) {
  const state: RunState = fold([], { nodes: plan.nodes });
  let heard = 0;
  return {
    state,
    follow({ lines, executor }: Played): void {
      for (; heard < lines.length; heard++) applyEvent(state, JSON.parse(lines[heard] ?? ''));
      checkInvariants(executor.state);
      if (state.seq === executor.state.seq) expectSameState(state, executor.state);
    },
  };
}

/** What random systems must come across, or they prove less than they seem to. */
const EVENTS = [
  'executor.opened executor.paused executor.resumed agent.registered agent.unregistered channel.opened channel.closed',
  'run.started run.ended message.published message.handed message.refused delivery.started delivery.succeeded',
  'delivery.retrying delivery.failed delivery.dropped delivery.returned delivery.redelivered human.asked',
  'human.answered human.cancelled tokens.reserved tokens.used cache.set cache.appended task.set tasks.planned',
].flatMap((line) => line.split(' '));
const ENDINGS = ['completed', 'failed', 'cancelled', 'timed-out', 'paused', 'budget-exceeded'];

describe('random systems', () => {
  test('fold(events) equals the live state, at every step and at the end; nothing is lost', async () => {
    const { unhandled } = watchUnhandled();
    const seen = new Set<string>();
    const property = fc.asyncProperty(systemPlan, async (plan) => {
      const { state, follow } = shadow(plan);
      const played = await play(plan, follow);
      expect(state.seq).toBe(played.executor.state.seq);
      await finish(plan, played);
      follow(played);
      expect(state.seq).toBe(played.executor.state.seq);
      expect([...played.executor.state.unfinished].map(({ number, status }) => [number, status])).toEqual([]);
      for (const run of played.executor.state.runs.values()) {
        expect(run.isRunning).toBe(false);
        seen.add(run.status);
      }
      for (const line of played.lines) seen.add(JSON.parse(line).type);
      // Every run that has started gives its report; the others say why they have not.
      await Promise.all(played.runs.map(({ report }) => report.catch(() => {})));
      await played.executor.close();
    });
    await fc.assert(property, { numRuns: RUNS });
    expect(unhandled).toEqual([]);
    expect([...EVENTS, ...ENDINGS].filter((name) => !seen.has(name))).toEqual([]);
  }, 120_000);

  test('the same seed twice gives the same events, to the byte', async () => {
    const property = fc.asyncProperty(systemPlan, async (plan) => {
      const [first, second] = [await play(plan), await play(plan)];
      expect(first.lines).toEqual(second.lines);
      await Promise.all([first.executor.close(), second.executor.close()]);
    });
    await fc.assert(property, { numRuns: RUNS / 5 });
  }, 60_000);

  test('a state restored from its snapshot is the same state', async () => {
    const property = fc.asyncProperty(systemPlan, async (plan) => {
      const { executor } = await play(plan);
      const records = [...encodeParts(snapshotOf(executor.state))];
      const restored = restore(decodeParts(records), { nodes: plan.nodes });
      expectSameState(restored, executor.state);
      await executor.close();
    });
    await fc.assert(property, { numRuns: RUNS / 5 });
  }, 60_000);
});
