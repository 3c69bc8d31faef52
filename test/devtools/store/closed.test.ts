import { afterEach, expect, test } from 'vitest';
import { PubSubExecutor } from '../../../core/index.js';
import { INSPECTOR_VERSION } from '../../../core/inspection/frames.js';
import { attachInspector } from '../../../core/inspection/inspector.js';
import { inPageLink } from '../../../core/inspection/link.js';
import { PanelStore } from '../../../devtools/store/panel-store.js';
import { Recording } from '../../../devtools/store/recording.js';
import { unreachable } from '../../../devtools/store/unreachable.js';
import { ManualScheduler } from '../manual-scheduler.js';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function watched(): Promise<{ readonly executor: PubSubExecutor; readonly store: PanelStore }> {
  const executor = await PubSubExecutor.open();
  const { inspector, watcher } = inPageLink();
  const store = new PanelStore(watcher, { scheduler: new ManualScheduler() });
  closing.push(
    () => executor.close(),
    attachInspector(executor, inspector),
    () => store.disconnect(),
  );
  store.connect();
  return { executor, store };
}

test('the panel knows that its executor is closed without asking it anything', async () => {
  const { executor, store } = await watched();
  expect(unreachable(store)).toBeUndefined();
  await executor.close();
  expect(unreachable(store)).toBe('The executor is closed.');
});

test('a file is no executor, and its executor may close meanwhile', async () => {
  const { executor, store } = await watched();
  store.show(new Recording(0, []), 'a file', new Map());
  expect(unreachable(store)).toBe('This is a file: there is no executor to ask.');
  await executor.close();
  store.leaveImport();
  expect(unreachable(store)).toBe('The executor is closed.');
});

test('where the link is lost, what was asked is not waited for, nor what is asked from then on', async () => {
  const { inspector, watcher } = inPageLink();
  const store = new PanelStore(watcher, { scheduler: new ManualScheduler() });
  closing.push(() => store.disconnect());
  store.connect();
  const lost = { code: 'CANCELLED', message: 'The connection is lost' };
  const asked = expect(store.command({ name: 'pause' })).rejects.toMatchObject(lost);
  inspector.send({ v: INSPECTOR_VERSION, type: 'closed', reason: 'lost' });
  await asked;
  await expect(store.payloads([1])).rejects.toMatchObject(lost);
  expect(unreachable(store)).toBe('The connection is lost.');
});
