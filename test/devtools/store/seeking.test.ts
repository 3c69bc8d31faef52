import { expect, test } from 'vitest';
import { defineAgent, PubSubExecutor } from '../../../core/index.js';
import { PanelStore } from '../../../devtools/store/panel-store.js';
import { ManualScheduler } from '../manual-scheduler.js';
import { watchByHand } from '../watch-by-hand.js';

test('a seek right after a flood does not wait for lists that nobody looked at; they follow', async () => {
  const executor = await PubSubExecutor.open({ config: { maxMessages: 100_000 } });
  executor.registerAgent(defineAgent({ name: 'reader', subscribe: 'pages', process: () => undefined }));
  const { watcher, flush } = watchByHand(executor);
  const scheduler = new ManualScheduler();
  const store = new PanelStore(watcher, { scheduler });
  store.connect();
  const run = executor.execute();
  const messages = 30_000;
  // A batch after a batch, so that it is known how many come in a second.
  for (const count of [1, messages]) {
    for (let n = 0; n < count; n++) void executor.publish('pages', n);
    await executor.idle();
    flush();
  }
  const { recording } = store;
  store.seek(store.last - 1);
  // What is folded is shown, however much of the lists is missing.
  while (store.seeking) scheduler.nextTimers();
  expect(store.state.seq).toBe(store.last - 1);
  scheduler.settle();
  expect(recording?.activity.seq).toBe(store.last);
  expect(recording?.activity.messages.length).toBe(messages + 1);
  await executor.stop();
  await run.report;
  await executor.close();
});
