import { expect, test } from 'vitest';
import { defineAgent, PubSubExecutor } from '../../../core/index.js';
import { runText, showRun } from '../../../devtools/panel/run-file.js';
import { parseFilter } from '../../../devtools/store/filter-language.js';
import { MessageList } from '../../../devtools/store/message-list.js';
import { PanelStore } from '../../../devtools/store/panel-store.js';
import { ManualScheduler } from '../manual-scheduler.js';
import { watchByHand } from '../watch-by-hand.js';

/** A store that has seen ten messages, of which the executor keeps so many. */
async function recorded(recentMessages: number): Promise<PanelStore> {
  const executor = await PubSubExecutor.open();
  executor.registerAgent(defineAgent({ name: 'reader', subscribe: 'pages', process: () => undefined }));
  const { watcher, flush } = watchByHand(executor, { recentMessages });
  const store = new PanelStore(watcher, { scheduler: new ManualScheduler() });
  store.connect();
  const run = executor.execute();
  for (let n = 0; n < 10; n++) await executor.publish('pages', `page ${n}`);
  await executor.idle();
  await executor.stop();
  await run.report;
  flush();
  return store;
}

/** How many a filter finds, and how many of the newest were searched for it if not all. */
async function search(
  store: PanelStore,
  text: string,
): Promise<{ found: number; searched: number | undefined }> {
  const list = new MessageList(store);
  list.setFilter(parseFilter(text));
  for (const each of list.texts) list.setFound(each, await store.findText(each));
  while (!list.update());
  return { found: list.length, searched: list.searched };
}

test('a search in payloads tells how far it went when it did not reach all', async () => {
  const store = await recorded(4);
  expect(await search(store, 'text:page')).toEqual({ found: 4, searched: 4 });
  expect(await search(store, '-text:page')).toEqual({ found: 6, searched: 4 });
  expect(await search(store, 'agent:reader')).toEqual({ found: 10, searched: undefined });
  expect(await search(await recorded(10), 'text:page')).toEqual({ found: 10, searched: undefined });
});

test('so it does in a file, which has the payloads that were kept', async () => {
  const opened = new PanelStore(undefined, { scheduler: new ManualScheduler() });
  showRun(opened, await runText(await recorded(4)));
  opened.seek(opened.last);
  expect(await search(opened, 'text:page')).toEqual({ found: 4, searched: 4 });
});
