import { expect, test } from 'vitest';
import { defineAgent, PubSubExecutor } from '../../../core/index.js';
import { runText, showRun } from '../../../devtools/panel/run-file.js';
import { StoreSource } from '../../../devtools/store/canvas-source.js';
import { messageRow } from '../../../devtools/store/message-row.js';
import { PanelStore } from '../../../devtools/store/panel-store.js';
import { ManualScheduler } from '../manual-scheduler.js';
import { watchByHand } from '../watch-by-hand.js';

test('a run that was saved and opened again shows the same messages, lanes and agents', async () => {
  const executor = await PubSubExecutor.open({
    config: { maxAttempts: 2, retryStrategy: { type: 'immediate' } },
  });
  executor.registerAgent(
    defineAgent({
      name: 'reader',
      subscribe: 'pages',
      process: ({ payload }) => {
        if (payload === 3) throw new Error('no');
      },
    }),
  );
  const { watcher, flush } = watchByHand(executor);
  const store = new PanelStore(watcher, { scheduler: new ManualScheduler() });
  store.connect();
  const run = executor.execute();
  for (let n = 0; n < 5; n++) await executor.publish('pages', n);
  await executor.idle();
  await executor.stop();
  await run.report;
  flush();
  const opened = new PanelStore(undefined, { scheduler: new ManualScheduler() });
  showRun(opened, await runText(store));
  store.seek(store.last);
  const shown = (of: PanelStore): unknown => {
    const source = new StoreSource(of);
    const { length, node, start, end, status, attempt } = source.invocations();
    return {
      messages: Array.from({ length: 5 }, (_, index) => messageRow(of, index)),
      attempts: Array.from({ length }, (_, row) => [
        node[row],
        start[row],
        end[row],
        status[row],
        attempt[row],
      ]),
      agents: source
        .agents()
        .map(({ name, succeeded, failed, running }) => [name, succeeded, failed, running]),
    };
  };
  expect(shown(opened)).toEqual(shown(store));
  expect(shown(opened)).toMatchObject({ agents: [['reader', 4, 1, 0]] });
  await executor.close();
});
