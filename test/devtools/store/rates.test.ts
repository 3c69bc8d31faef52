import { expect, test } from 'vitest';
import { createMessage, defineAgent, PubSubExecutor } from '../../../core/index.js';
import { attachInspector } from '../../../core/inspection/inspector.js';
import { inPageLink } from '../../../core/inspection/link.js';
import { createTestRuntime } from '../../../core/testing/index.js';
import { StoreSource } from '../../../devtools/store/canvas-source.js';
import { PanelStore } from '../../../devtools/store/panel-store.js';
import { ManualScheduler } from '../manual-scheduler.js';

test('when time is turned back, rates are those of the second before, whatever kind of message it was', async () => {
  const runtime = createTestRuntime({ seed: 1 });
  const executor = await PubSubExecutor.open({ runtime });
  executor.registerAgent(defineAgent({ name: 'reader', subscribe: 'pages', process: () => undefined }));
  const { inspector, watcher } = inPageLink();
  const due = new Set<() => void>();
  attachInspector(executor, inspector, {
    setTimer(_, callback) {
      due.add(callback);
      return () => due.delete(callback);
    },
  });
  const store = new PanelStore(watcher, { scheduler: new ManualScheduler() });
  store.connect();
  const run = executor.execute();
  await executor.publish('pages', 'long ago');
  await runtime.advance(5_000);
  for (let n = 0; n < 3; n++) await executor.publish('pages', n);
  await executor.publish('pages', createMessage('outside', 'with an id of its own'));
  await executor.publish('pages', 'of a task', { task: { type: 'read', data: null } });
  await executor.idle();
  for (const flush of due) flush();
  store.seek(store.last);
  const source = new StoreSource(store);
  expect(source.channels().find(({ name }) => name === 'pages')?.rate).toBe(5);
  expect(source.agents().find(({ name }) => name === 'reader')?.rate).toBe(5);
  await executor.stop();
  await run.report;
  await executor.close();
});
