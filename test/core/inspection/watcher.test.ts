import { defineAgent, PubSubExecutor } from 'dagger-agents';
import {
  attachInspector,
  type ExecutorWatch,
  type InspectorFrame,
  inPageLink,
  portInspectorEnd,
  portWatcherEnd,
  type WatchOptions,
  watchExecutor,
} from 'dagger-agents/inspector';
import { afterEach, expect, test } from 'vitest';
import { EVENT_KINDS } from '../../../core/inspection/event-batch.js';
import { encodeParts, snapshotOf } from '../../../core/state/snapshot.js';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function team(): Promise<PubSubExecutor> {
  const executor = await PubSubExecutor.open({ config: { maxAttempts: 1 } });
  executor.registerAgents([
    defineAgent({
      name: 'reader',
      subscribe: 'pages',
      publish: ['facts'],
      async process({ payload, publish, cache }) {
        if (JSON.stringify(payload).includes('bad')) throw new Error('cannot read that');
        cache.insertGlobalValue('facts', 'last', 'known');
        await publish('facts', { of: payload });
      },
    }),
    defineAgent({ name: 'keeper', subscribe: 'facts', process: () => undefined }),
  ]);
  closing.push(() => executor.close());
  return executor;
}

/** Watches over a real port; `until` resolves as soon as the condition holds after an event. */
function watchOverPort(
  executor: PubSubExecutor,
  options: WatchOptions = {},
): { readonly watch: ExecutorWatch; until(condition: () => boolean): Promise<void> } {
  const { port1, port2 } = new MessageChannel();
  const checks = new Set<() => void>();
  const check = (): void => {
    for (const each of [...checks]) each();
  };
  const detach = attachInspector(executor, portInspectorEnd(port1), { name: 'a team' });
  const watch = watchExecutor(portWatcherEnd(port2), {
    onEvent(event, state) {
      options.onEvent?.(event, state);
      check();
    },
    onState(state) {
      options.onState?.(state);
      check();
    },
    onClosed() {
      options.onClosed?.();
      check();
    },
  });
  closing.push(
    () => port1.close(),
    () => port2.close(),
    detach,
    () => watch.stop(),
  );
  return {
    watch,
    until: (condition) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!condition()) return;
          checks.delete(look);
          resolve();
        };
        checks.add(look);
        look();
      }),
  };
}

/** The state as a snapshot without payloads, which is all a watcher can know. */
function shown(state: ExecutorWatch['state']): string {
  return [...encodeParts(snapshotOf(state))]
    .join('\n')
    .replace(/"payload":(?:null|\{[^{}]*(?:\{[^{}]*\})?[^{}]*\})/g, '');
}

test('its state is the executor’s, from whatever moment on it watches, and each event is told once', async () => {
  const executor = await team();
  const run = executor.execute();
  await executor.publish('pages', { n: 1 });
  await executor.idle();
  const events: number[] = [];
  const { watch, until } = watchOverPort(executor, { onEvent: ({ seq }) => events.push(seq) });
  await until(() => watch.state.seq === executor.state.seq);
  const before = executor.state.seq;
  expect(watch.name).toBe('a team');

  await executor.publish('pages', { n: 2 });
  await executor.publish('pages', { n: 'bad' });
  await executor.idle();
  await until(() => watch.state.seq === executor.state.seq);
  expect(shown(watch.state)).toBe(shown(executor.state));
  expect(events).toEqual(
    Array.from({ length: executor.state.seq - before }, (_, index) => before + index + 1),
  );
  await executor.stop();
  await run.report;
});

test('commands are carried out; what goes wrong there comes back as a PubSubError', async () => {
  const executor = await team();
  const { watch } = watchOverPort(executor);
  await watch.command({ name: 'pause' });
  expect(executor.paused).toBe(true);
  await expect(watch.command({ name: 'retry', node: 'none' })).rejects.toMatchObject({
    name: 'PubSubError',
    message: expect.stringContaining('none'),
  });
  await watch.command({ name: 'resume' });
  expect(executor.paused).toBe(false);
});

test('what does not follow is not folded: a fresh snapshot is asked for', async () => {
  const executor = await team();
  const { inspector, watcher } = inPageLink();
  let swallow = false;
  let swallowed = 0;
  // The batch timer: a test lets it fire as soon as something was gathered.
  const due: (() => void)[] = [];
  let gathered: () => void = () => undefined;
  const states: number[] = [];
  const detach = attachInspector(
    executor,
    {
      ...inspector,
      send(frame: InspectorFrame) {
        if (swallow && frame.type === 'delta') swallowed++;
        else inspector.send(frame);
      },
    },
    {
      setTimer(_, callback) {
        due.push(callback);
        gathered();
        return () => due.splice(due.indexOf(callback), 1);
      },
    },
  );
  closing.push(detach);
  const open = async (channel: string): Promise<void> => {
    const batch = new Promise<void>((resolve) => {
      gathered = resolve;
    });
    executor.openChannel(channel);
    await batch;
    for (const callback of due.splice(0)) callback();
  };
  const watch = watchExecutor(watcher, { onState: ({ seq }) => states.push(seq) });
  swallow = true;
  await open('lost');
  expect(swallowed).toBe(1);
  swallow = false;
  await open('next');
  expect(states).toHaveLength(2);
  expect([...watch.state.channels.keys()]).toEqual(expect.arrayContaining(['lost', 'next']));
  expect(watch.state.seq).toBe(executor.state.seq);
});

test('agents that come and go on a channel do not lead it astray', async () => {
  const executor = await PubSubExecutor.open();
  closing.push(() => void executor.close());
  const reader = (name: string) => defineAgent({ name, subscribe: 'pages', process: () => undefined });
  executor.registerAgents([reader('a'), reader('b')]);
  const { inspector, watcher } = inPageLink();
  closing.push(attachInspector(executor, inspector));
  const snapshots: number[] = [];
  const watch = watchExecutor(watcher, { onState: ({ seq }) => snapshots.push(seq) });
  executor.execute();
  await executor.publish('pages', 1);
  await executor.idle();
  executor.unregisterAgent('b');
  await executor.publish('pages', 2);
  executor.registerAgent(reader('c'));
  await executor.publish('pages', 3);
  await executor.idle();
  await expect.poll(() => watch.state.seq).toBe(executor.state.seq);
  expect(snapshots).toHaveLength(1);
  const agents = (state: typeof watch.state) =>
    [...state.tree.nodes()].map((node) => (node.kind === 'invocation' ? node.agent : node.channel));
  expect(agents(watch.state)).toEqual(agents(executor.state));
});

test('an event that does not fit what it knows is answered by a fresh snapshot', async () => {
  const executor = await PubSubExecutor.open();
  closing.push(() => void executor.close());
  const { inspector, watcher } = inPageLink();
  let isSpoiled = true;
  const spoiling = {
    ...inspector,
    send(frame: InspectorFrame) {
      if (frame.type !== 'delta' || !isSpoiled) return inspector.send(frame);
      isSpoiled = false;
      const kind = Array.from(frame.batch.kind, () => EVENT_KINDS.started);
      inspector.send({ ...frame, batch: { ...frame.batch, kind, delivery: kind.map(() => 12_345) } });
    },
  };
  closing.push(attachInspector(executor, spoiling));
  const watch = watchExecutor(watcher);
  executor.openChannel('one');
  await expect.poll(() => isSpoiled).toBe(false);
  executor.openChannel('two');
  await expect.poll(() => watch.state.seq).toBe(executor.state.seq);
  expect([...watch.state.channels.keys()]).toEqual(['one', 'two']);
});

test('stopped, it hears nothing more, and what was not answered is rejected', async () => {
  const executor = await team();
  const { watch, until } = watchOverPort(executor);
  await until(() => watch.state.seq === executor.state.seq);
  const { seq } = watch.state;
  const asked = watch.command({ name: 'search', text: 'x' });
  watch.stop();
  watch.stop();
  await expect(asked).rejects.toMatchObject({ code: 'CANCELLED' });
  await expect(watch.command({ name: 'pause' })).rejects.toMatchObject({ code: 'CANCELLED' });
  executor.openChannel('unheard');
  expect(watch.state.seq).toBe(seq);
});

test('that the executor is closed is told at once, once, and after all that happened before', async () => {
  const executor = await team();
  let told = 0;
  const { watch, until } = watchOverPort(executor, { onClosed: () => told++ });
  const run = executor.execute();
  await executor.publish('pages', { n: 1 });
  await until(() => watch.state.seq > 0);
  expect(watch.closed).toBe(false);
  await executor.close();
  await run.report;
  await until(() => watch.closed);
  expect(shown(watch.state)).toBe(shown(executor.state));
  await expect(watch.command({ name: 'pause' })).rejects.toMatchObject({ code: 'EXECUTOR_CLOSED' });
  await executor.close();
  expect(told).toBe(1);
});

test('who comes when the executor is closed is told so after its state; whoever closes it anew does no harm', async () => {
  const executor = await team();
  const { inspector, watcher } = inPageLink();
  closing.push(attachInspector(executor, inspector));
  const answers: Promise<unknown>[] = [];
  const first = watchExecutor(watcher, {
    onClosed: () => answers.push(executor.close(), first.command({ name: 'resume' })),
  });
  const [closed, resumed] = await executor.close().then(() => answers);
  await closed;
  await expect(resumed).rejects.toMatchObject({ code: 'EXECUTOR_CLOSED' });
  first.stop();

  const told: string[] = [];
  const late = watchExecutor(watcher, {
    onState: () => told.push('state'),
    onClosed: () => told.push('closed'),
  });
  expect(late.closed).toBe(true);
  expect(told).toEqual(['state', 'closed']);
});

test('who has left is not told that the executor closes, and one that gave detail up is told all the same', async () => {
  const executor = await team();
  const { inspector, watcher } = inPageLink();
  const sent: string[] = [];
  const taking = { ...inspector, send: (frame: InspectorFrame) => void sent.push(frame.type) };
  closing.push(attachInspector(executor, taking, { eventsUnderWay: 2 }));
  watcher.send({ v: 1, type: 'watch' });
  for (const channel of ['a', 'b', 'c', 'd', 'e', 'f']) executor.openChannel(channel);
  await executor.close();
  expect(sent.at(-1)).toBe('closed');
  expect(sent.filter((type) => type === 'closed')).toHaveLength(1);

  const other = await team();
  const { inspector: end, watcher: start } = inPageLink();
  closing.push(attachInspector(other, end));
  let told = 0;
  watchExecutor(start, { onClosed: () => told++ }).stop();
  await other.close();
  expect(told).toBe(0);
});

test('another version is said, not guessed at; a bad link is refused', () => {
  const { inspector, watcher } = inPageLink();
  const versions: number[] = [];
  const watch = watchExecutor(watcher, { onForeignVersion: (version) => versions.push(version) });
  inspector.send({ v: 9, type: 'hello', name: 'from the future', at: 0 });
  expect(versions).toEqual([9]);
  expect(watch.name).toBe('');
  expect(() => Reflect.apply(watchExecutor, undefined, [{}])).toThrow(/link/);
});
