import { expect, test } from 'vitest';
import { defineAgent, PubSubExecutor } from '../../../core/index.js';
import { applyEvent } from '../../../core/state/fold.js';
import { restore } from '../../../core/state/restore.js';
import type { RunEvent } from '../../../core/state/run-event.js';
import type { RunState } from '../../../core/state/run-state.js';
import { partsBesideTree, snapshotOf } from '../../../core/state/snapshot.js';
import { PanelStore } from '../../../devtools/store/panel-store.js';
import { ManualScheduler } from '../manual-scheduler.js';
import { watchByHand } from '../watch-by-hand.js';

/** An executor watched in its own page; batches are sent when the test says so. */
async function watched() {
  const executor = await PubSubExecutor.open();
  const events: RunEvent[] = [];
  const first = snapshotOf(executor.state);
  executor.subscribe((event) => void events.push(event));
  executor.registerAgents([
    defineAgent({
      name: 'first',
      subscribe: 'in',
      publish: ['out'],
      process: ({ payload, publish }) => void publish('out', payload),
    }),
    defineAgent({ name: 'second', subscribe: 'out', process: () => undefined }),
  ]);
  const { watcher, flush } = watchByHand(executor);
  const scheduler = new ManualScheduler();
  const store = new PanelStore(watcher, { scheduler, checkpointEvents: 60 });
  store.connect();
  const run = executor.execute();
  return {
    executor,
    store,
    scheduler,
    publish(count: number): void {
      for (let n = 0; n < count; n++) void executor.publish('in', n);
    },
    flush,
    /** What the core's own fold makes of the events up to one of them. */
    foldedTo(seq: number): unknown {
      const state = restore(first, executor.state.limits);
      for (const event of events) if (event.seq <= seq) applyEvent(state, event);
      return valuesOf(state);
    },
    async end() {
      await executor.stop();
      await run.report;
      await executor.close();
    },
  };
}

const valuesOf = (state: RunState): unknown => ({
  parts: partsBesideTree(state).map(withoutPayload),
  nodes: [...state.tree.nodes()],
});

function withoutPayload(part: ReturnType<typeof partsBesideTree>[number]): unknown {
  return JSON.parse(JSON.stringify(part, (key, value) => (key === 'payload' ? null : value)));
}

test('while very many events come, the state is kept before the log has come there', async () => {
  const { executor, foldedTo, store, scheduler, publish, flush, end } = await watched();
  for (const count of [1, 100]) {
    publish(count);
    await executor.idle();
    flush();
  }
  const reported = store.last;
  publish(40);
  await executor.idle();
  const ahead = executor.state.seq;
  expect(ahead).toBeGreaterThan(reported + 60);
  scheduler.settle();
  const history = store.recording?.history;
  // It is of no use yet.
  expect(store.last).toBe(reported);
  expect(history?.checkpointAt(1)).toBeLessThanOrEqual(reported);
  store.seek(reported - 1);
  expect(valuesOf(store.state)).toEqual(foldedTo(reported - 1));
  store.seek('live');
  publish(50);
  await executor.idle();
  flush();
  const share = (ahead + 1 - store.first) / (store.last - store.first);
  expect(history?.checkpointAt(share)).toBe(ahead);
  for (const seq of [ahead - 1, ahead, ahead + 7]) {
    store.seek(seq);
    expect(valuesOf(store.state)).toEqual(foldedTo(seq));
  }
  await end();
});

test('what a burst left without a checkpoint is filled in while more comes, a little at a time', async () => {
  const { executor, store, scheduler, publish, flush, end } = await watched();
  publish(600);
  await executor.idle();
  flush();
  const early = (): number => store.recording?.history.checkpointAt(0.1) ?? 0;
  // So many events in one batch are taken for a busy page.
  expect(store.last - store.first).toBeGreaterThan(2000);
  expect(early()).toBe(store.first);
  scheduler.nextTimers();
  expect(early()).toBeGreaterThan(store.first);
  await end();
});
