import { expect, onTestFinished, test, vi } from 'vitest';
import { createMessage, defineAgent, PubSubExecutor } from '../../../core/index.js';
import { INSPECTOR_VERSION } from '../../../core/inspection/frames.js';
import { createTestRuntime } from '../../../core/testing/index.js';
import { StoreSource } from '../../../devtools/store/canvas-source.js';
import { PanelStore } from '../../../devtools/store/panel-store.js';
import { Rates } from '../../../devtools/store/rates.js';
import { ManualScheduler } from '../manual-scheduler.js';
import { watchByHand } from '../watch-by-hand.js';

test('when time is turned back, rates are those of the second before, whatever kind of message it was', async () => {
  const runtime = createTestRuntime({ seed: 1 });
  const executor = await PubSubExecutor.open({ runtime });
  executor.registerAgent(defineAgent({ name: 'reader', subscribe: 'pages', process: () => undefined }));
  const { watcher, flush } = watchByHand(executor);
  const store = new PanelStore(watcher, { scheduler: new ManualScheduler() });
  store.connect();
  const run = executor.execute();
  await executor.publish('pages', 'long ago');
  await runtime.advance(5_000);
  for (let n = 0; n < 3; n++) await executor.publish('pages', n);
  await executor.publish('pages', createMessage('outside', 'with an id of its own'));
  await executor.publish('pages', 'of a task', { task: { type: 'read', data: null } });
  await executor.idle();
  flush();
  store.seek(store.last);
  const source = new StoreSource(store);
  expect(source.channels().find(({ name }) => name === 'pages')?.rate).toBe(5);
  expect(source.agents().find(({ name }) => name === 'reader')?.rate).toBe(5);
  await executor.stop();
  await run.report;
  await executor.close();
});

test('who looks every two seconds, as in a flood, sees a rate; after a long pause it begins anew', () => {
  const rates = new Rates();
  const at = (seconds: number, total: number): number => {
    rates.sample(seconds * 1000, new Map([['pages', total]]));
    return rates.of('pages');
  };
  expect([at(10, 0), at(12, 100_000), at(14, 200_000), at(14.5, 225_000)]).toEqual([
    0, 50_000, 50_000, 50_000,
  ]);
  expect([at(60, 225_001), at(61, 225_101)]).toEqual([0, 100]);
});

test('rates go on where the watcher could not keep up, and was given another snapshot', async () => {
  const executor = await PubSubExecutor.open();
  const { watcher, flush } = watchByHand(executor);
  const store = new PanelStore(watcher, { scheduler: new ManualScheduler() });
  store.connect();
  const source = new StoreSource(store);
  let time = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => time);
  onTestFinished(async () => {
    clock.mockRestore();
    store.disconnect();
    await executor.close();
  });
  for (const second of [1, 2]) {
    time = second * 1000;
    for (let n = 0; n < 100; n++) await executor.publish('pages', n);
    flush();
    if (second === 2) watcher.send({ v: INSPECTOR_VERSION, type: 'watch' });
    expect(source.messageRate).toBe(second === 1 ? 0 : 100);
  }
  expect(store.generation).toBe(2);
});
