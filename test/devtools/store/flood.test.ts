import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { defineAgent, PubSubExecutor } from '../../../core/index.js';
import { NODE_STATUSES as NAMES } from '../../../core/state/tree-node.js';
import { TimelineModel } from '../../../devtools/canvas/timeline/timeline-model.js';
import { StoreSource } from '../../../devtools/store/canvas-source.js';
import { parseFilter } from '../../../devtools/store/filter-language.js';
import { MessageList } from '../../../devtools/store/message-list.js';
import { PanelStore } from '../../../devtools/store/panel-store.js';
import { ManualScheduler } from '../manual-scheduler.js';
import { watchByHand } from '../watch-by-hand.js';

// Time stands still but where a test lets it go on: what comes in one batch came in no time, and is a flood.
beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

const SPACING = 500;

interface Watched {
  readonly store: PanelStore;
  readonly scheduler: ManualScheduler;
  readonly list: MessageList;
  flush(): void;
}

function watch(executor: PubSubExecutor): Watched {
  const { watcher, flush } = watchByHand(executor);
  const scheduler = new ManualScheduler();
  const store = new PanelStore(watcher, { scheduler, checkpointEvents: SPACING });
  store.connect();
  const list = new MessageList(store);
  list.setFilter(parseFilter(''));
  return { store, scheduler, list, flush };
}

const rows = ({ list }: Watched, from: number, to: number): unknown[] =>
  Array.from({ length: to - from }, (_, index) => list.row(from + index));

/** The same run in a flood that is watched by `flooded`; `whole` gathers everything at once. */
async function flood(): Promise<{ flooded: Watched; whole: Watched; close(): Promise<void> }> {
  const executor = await PubSubExecutor.open({
    config: { maxMessages: 100_000, maxAttempts: 2, retryStrategy: { type: 'immediate' } },
  });
  executor.registerAgents([
    defineAgent({
      name: 'splitter',
      subscribe: 'pages',
      publish: ['facts'],
      process: ({ payload, publish }) => void publish('facts', payload),
    }),
    defineAgent({
      name: 'checker',
      subscribe: 'facts',
      process: ({ payload }) => {
        if (Number(payload) % 7 === 3) throw new Error('no');
      },
    }),
  ]);
  const [flooded, whole] = [watch(executor), watch(executor)];
  const leave = whole.store.gathering.watch();
  const run = executor.execute();
  // Three batches, so that checkpoints lie before the end; the last come while something is under way.
  for (let n = 0; n < 3000; n++) void executor.publish('pages', n);
  await executor.idle();
  for (const each of [flooded, whole]) each.flush();
  for (let n = 0; n < 4000; n++) {
    await executor.publish('pages', n);
    if (n % 2000 === 1999) for (const each of [flooded, whole]) each.flush();
  }
  whole.scheduler.settle();
  return {
    flooded,
    whole,
    async close() {
      leave();
      await executor.stop();
      await run.report;
      for (const { store } of [flooded, whole]) store.disconnect();
      await executor.close();
    },
  };
}

test('in a flood the list shows its newest rows and how many there are; scrolled up, it shows every row', async () => {
  const { flooded, whole, close } = await flood();
  const { store, list, scheduler } = flooded;
  whole.list.update();
  expect(store.isFlooded).toBe(true);
  const gathered = store.recording?.activity.messages.length ?? 0;
  expect(list.update()).toBe(true);
  const { length } = whole.list;
  expect(length).toBeGreaterThan(7000);
  expect([list.length, list.total]).toEqual([length, length]);
  // Nothing else was gathered for it.
  expect(list.showsEnd).toBe(true);
  expect(store.recording?.activity.messages.length).toBe(gathered);
  expect(gathered).toBeLessThan(length / 2);
  expect(rows(flooded, length - 200, length)).toEqual(rows(whole, length - 200, length));
  expect(list.row(length)).toBeUndefined();
  const middle = gathered + 10;
  expect(list.row(middle)).toBeUndefined();

  const leave = store.gathering.watch();
  scheduler.settle();
  list.update();
  expect(list.length).toBe(length);
  expect(rows(flooded, 0, length)).toEqual(rows(whole, 0, length));
  leave();
  await close();
});

test('a filter in a flood finds what it would find without one', async () => {
  const { flooded, whole, close } = await flood();
  for (const { list } of [flooded, whole]) list.setFilter(parseFilter('status:failed'));
  expect(flooded.list.showsEnd).toBe(false);
  const leave = flooded.store.gathering.watch();
  flooded.scheduler.settle();
  for (const { list } of [flooded, whole]) while (!list.update());
  const { length } = whole.list;
  expect(length).toBeGreaterThan(300);
  expect(flooded.list.length).toBe(length);
  expect(rows(flooded, 0, length)).toEqual(rows(whole, 0, length));
  leave();
  await close();
});

test('when the flood is over, everything is gathered although nobody asks for it', async () => {
  const { flooded, whole, close } = await flood();
  const { store, list, scheduler } = flooded;
  scheduler.nextTimers();
  expect(store.recording?.activity.seq).toBeLessThan(store.last);
  vi.advanceTimersByTime(1000);
  expect(store.isFlooded).toBe(false);
  scheduler.settle();
  expect(store.recording?.activity.seq).toBe(store.last);
  for (const each of [list, whole.list]) each.update();
  expect(list.length).toBe(whole.list.length);
  expect(rows(flooded, 0, list.length)).toEqual(rows(whole, 0, list.length));
  await close();
});

test('the timeline of a flood has the newest attempts; all of them when it does not follow the present', async () => {
  const { flooded, whole, close } = await flood();
  const [source, reference] = [new StoreSource(flooded.store), new StoreSource(whole.store)];
  const attempts = (of: StoreSource, newestWillDo: boolean, count: number): unknown[] => {
    const { length, lane, queued, start, end, status, node, attempt } = of.invocations(newestWillDo);
    return Array.from({ length: Math.min(count, length) }, (_, back) => {
      const row = length - 1 - back;
      const name = of.lanes()[lane[row] ?? 0];
      return [name, queued[row], start[row], end[row], status[row], node[row], attempt[row]];
    });
  };
  const { part, length } = source.invocations(true);
  const all = reference.invocations().length;
  expect(part).toBeDefined();
  expect(length).toBeGreaterThan(1000);
  expect(length).toBeLessThan(all);
  expect(attempts(source, true, 500)).toEqual(attempts(reference, true, 500));

  const model = new TimelineModel();
  model.update(source, true);
  const { origin } = model;
  const shown = model.index.lanes.reduce((sum, { forest }) => sum + forest.length, 0);
  const { end } = model.columns;
  const isShown = (row: number): boolean => !((end[row] ?? 0) < (part?.since ?? 0));
  expect(shown).toBe(Array.from({ length }, (_, row) => row).filter(isShown).length);
  expect(shown).toBeGreaterThan(50);
  // Somebody pans: from now on all attempts are wanted, and they come.
  while (!model.update(source, false) || !model.isWhole || model.index.length < all) {
    flooded.scheduler.nextTimers();
    flooded.scheduler.nextFrame();
  }
  expect(model.part).toBeUndefined();
  expect(model.index.length).toBe(all);
  expect(model.origin).toBe(origin);
  expect(attempts(source, false, all)).toEqual(attempts(reference, false, all));
  await close();
});

test('the graph of a flood counts everything, although nothing is gathered for it', async () => {
  const { flooded, whole, close } = await flood();
  const { activity } = whole.store.recording ?? { activity: undefined };
  const before = flooded.store.recording?.activity.seq;
  const agents = new StoreSource(flooded.store).agents();
  expect(flooded.store.recording?.activity.seq).toBe(before);
  const { length, lane, status } = activity?.invocations.columns() ?? { length: 0, lane: [], status: [] };
  const names = activity?.invocations.lanes ?? [];
  const sum = (name: string, wanted: string): number => {
    let count = 0;
    for (let row = 0; row < length; row++)
      if (names[lane[row] ?? 0] === name && NAMES[status[row] ?? 0] === wanted) count++;
    return count;
  };
  expect(agents.map(({ name }) => name).sort()).toEqual(['checker', 'splitter']);
  for (const { name, succeeded, failed, running } of agents) {
    expect({ name, succeeded, failed, running }).toEqual({
      name,
      succeeded: sum(name, 'succeeded'),
      failed: sum(name, 'failed'),
      running: sum(name, 'running'),
    });
  }
  expect(sum('checker', 'failed')).toBeGreaterThan(300);
  await close();
});
