import { afterEach, expect, test } from 'vitest';
import { defineAgent, PubSubExecutor } from '../../../core/index.js';
import { attachInspector, type InspectorOptions } from '../../../core/inspection/inspector.js';
import { inPageLink, portInspectorEnd, portWatcherEnd } from '../../../core/inspection/link.js';
import { letObserve, observableOf } from '../../../core/state/run-observer.js';
import { encodeParts, snapshotOf } from '../../../core/state/snapshot.js';
import { Mirror } from './mirror.js';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Watched {
  readonly executor: PubSubExecutor;
  readonly mirror: Mirror;
  /** Lets the batch timer fire. */
  tick(): void;
  subscriptions(): number;
  readonly detach: () => void;
}

async function watched(options: InspectorOptions = {}): Promise<Watched> {
  const executor = await PubSubExecutor.open({ config: { maxAttempts: 1 } });
  executor.registerAgents([
    defineAgent({
      name: 'reader',
      subscribe: 'pages',
      publish: ['facts'],
      async process({ payload, publish }) {
        if (JSON.stringify(payload).includes('bad')) throw new Error('cannot read that');
        await publish('facts', { of: payload });
      },
    }),
    defineAgent({ name: 'keeper', subscribe: 'facts', process: () => undefined }),
  ]);
  let subscriptions = 0;
  const due = new Set<() => void>();
  const { inspector, watcher } = inPageLink();
  const { state } = executor;
  const observable = observableOf(state);
  if (!observable) throw new Error('a live state can be observed');
  letObserve(state, {
    observe(observer) {
      subscriptions++;
      const remove = observable.observe(observer);
      return () => {
        subscriptions--;
        remove();
      };
    },
    whenClosed: (callback) => observable.whenClosed(callback),
  });
  const detach = attachInspector(executor, inspector, {
    ...options,
    setTimer(_, callback) {
      due.add(callback);
      return () => due.delete(callback);
    },
  });
  closing.push(() => executor.close(), detach);
  return {
    executor,
    mirror: new Mirror(watcher),
    tick() {
      for (const callback of [...due]) {
        due.delete(callback);
        callback();
      }
    },
    subscriptions: () => subscriptions,
    detach,
  };
}

async function work({ executor }: Watched, payloads: readonly unknown[]): Promise<void> {
  const run = executor.execute();
  for (const payload of payloads) await executor.publish('pages', payload);
  await executor.idle();
  await executor.stop();
  await run.report;
}

test.each(['observed as it happens', 'heard of by events'])(
  'hello, snapshot, then one batch for all that happened, %s: the fold of it is the live state',
  async (how) => {
    const all = await watched();
    const { executor, mirror, tick } = all;
    // As with a follower, whose state nobody lives.
    if (how === 'heard of by events') letObserve(executor.state, undefined);
    mirror.watch();
    await work(all, ['a', 'b', 'bad']);
    tick();
    expect(mirror.frames.map(({ type }) => type)).toEqual(['hello', 'snapshot', 'delta']);
    expect(mirror.state.seq).toBe(executor.state.seq);
    const withoutPayloads = (text: string): string =>
      text.replaceAll(/"payload":("[a-z]+"|\{"of":"[a-z]+"\})/g, '"payload":null');
    const textOf = (state: typeof mirror.state): string => [...encodeParts(snapshotOf(state))].join('\n');
    expect(textOf(mirror.state)).toBe(withoutPayloads(textOf(executor.state)));
    expect(textOf(executor.state)).toContain('"payload":"bad"');
  },
);

test('every frame is plain JSON', async () => {
  const all = await watched();
  all.mirror.watch();
  await work(all, ['a', 'bad']);
  all.tick();
  await all.mirror.command({ name: 'payloads', messages: [1, 2, 3] });
  for (const frame of all.mirror.frames) expect(JSON.parse(JSON.stringify(frame))).toEqual(frame);
});

test('nothing is paid before somebody watches, and after they leave', async () => {
  const all = await watched();
  expect(all.subscriptions()).toBe(0);
  all.mirror.watch();
  expect(all.subscriptions()).toBe(1);
  all.mirror.unwatch();
  expect(all.subscriptions()).toBe(0);
  await work(all, ['a']);
  all.tick();
  expect(all.mirror.frames.map(({ type }) => type)).toEqual(['hello', 'snapshot']);
  all.mirror.watch();
  expect(all.mirror.state.seq).toBe(all.executor.state.seq);
  all.detach();
  expect(all.subscriptions()).toBe(0);
  all.mirror.watch();
  expect(all.subscriptions()).toBe(0);
});

test('payloads come only when they are asked for, and only recent ones are kept', async () => {
  const all = await watched({ recentMessages: 2 });
  const { mirror } = all;
  mirror.watch();
  await work(all, ['alpha', 'omega']);
  all.tick();
  expect(JSON.stringify(mirror.frames)).not.toMatch(/alpha|omega/);
  const published = mirror.events.filter(({ type }) => type === 'message.published').map(({ seq }) => seq);
  expect(published).toHaveLength(4);
  const answer = await mirror.command({ name: 'payloads', messages: [...published, 999_999] });
  const shown = answer?.payloads?.map((each) => each?.json ?? null) ?? [];
  expect(shown).toEqual([null, null, expect.anything(), expect.anything(), null]);
  expect(JSON.stringify(shown)).toContain('omega');

  expect(await mirror.command({ name: 'search', text: 'OMEGA' })).toMatchObject({
    found: expect.arrayContaining([published[3]]),
    searched: 2,
    oldest: published[2],
  });
});

test('the message of a dead letter can be read, and the letter sent again', async () => {
  const all = await watched();
  const { executor, mirror } = all;
  mirror.watch();
  await work(all, ['bad']);
  all.tick();
  const [letter] = [...mirror.state.tree.deadLetters()];
  expect(letter?.errors[0]?.message).toBe('cannot read that');
  expect(letter?.deadLetter.payload).toBeNull();
  const answer = await mirror.command({ name: 'node-message', node: letter?.number ?? 0 });
  expect(answer?.payloads?.[0]?.json).toBe('bad');
  await mirror.command({ name: 'retry', node: letter?.id ?? '' });
  expect([...executor.tree.deadLetters()]).toEqual([]);
  await expect(mirror.command({ name: 'retry', node: letter?.id ?? '' })).rejects.toMatchObject({
    code: 'EXECUTION_ERROR',
  });
});

test('commands reach the executor and are answered', async () => {
  const all = await watched();
  const { executor, mirror } = all;
  mirror.watch();
  const run = executor.execute();
  await mirror.command({ name: 'pause' });
  expect(executor.paused).toBe(true);
  const sent = await mirror.command({ name: 'publish', channel: 'pages', payload: 'by hand' });
  expect(await mirror.command({ name: 'step', count: 1 })).toEqual({ started: 1 });
  await mirror.command({ name: 'resume' });
  await executor.idle();
  expect(executor.paused).toBe(false);
  expect(executor.tree.find(sent?.message ?? '')?.kind).toBe('publish');
  await executor.stop();
  expect((await run.report).counts.succeeded).toBe(2);
  await expect(mirror.command({ name: 'step', count: -1 })).rejects.toMatchObject({
    code: 'VALIDATION_ERROR',
  });
  await expect(mirror.command({ name: 'answer', question: 'none', value: 1 })).rejects.toMatchObject({
    code: 'HUMAN_REQUEST_NOT_FOUND',
  });
});

test('questions are answered and withdrawn', async () => {
  const all = await watched();
  const { executor, mirror } = all;
  const answers: unknown[] = [];
  executor.registerAgent(
    defineAgent({
      name: 'asker',
      subscribe: 'doubts',
      concurrency: 2,
      async process({ human }) {
        answers.push(
          await human.ask({ question: 'Go on?', schema: { type: 'boolean' } }).catch(({ code }) => code),
        );
      },
    }),
  );
  mirror.watch();
  const run = executor.execute();
  await executor.publish('doubts', 1);
  await executor.publish('doubts', 2);
  while (mirror.state.humans.size < 2) {
    await new Promise((resolve) => setTimeout(resolve));
    all.tick();
  }
  const [first, second] = [...mirror.state.humans.keys()];
  await expect(mirror.command({ name: 'answer', question: first ?? '', value: 'x' })).rejects.toMatchObject({
    code: 'VALIDATION_ERROR',
  });
  await mirror.command({ name: 'answer', question: first ?? '', value: true });
  await mirror.command({ name: 'cancel-question', question: second ?? '' });
  await executor.idle();
  expect(answers).toEqual([{ answer: true, source: 'human' }, 'CANCELLED']);
  await executor.stop();
  await run.report;
});

test('redact decides what is seen, everywhere; one that throws withholds', async () => {
  const all = await watched({
    redact(value, place) {
      if (place.kind === 'task') throw new Error('no');
      return JSON.parse(JSON.stringify(value).replaceAll('secret', '***'));
    },
  });
  const { executor, mirror } = all;
  executor.cache.insertGlobalValue('vault', 'key', 'a secret');
  mirror.watch();
  executor.cache.insertGlobalValue('vault', 'other', { deep: ['secret'] });
  executor.tasks.addTask('dig', 'secret', 1);
  await work(all, ['secret one', 'bad secret']);
  all.tick();
  await mirror.command({ name: 'payloads', messages: mirror.events.map(({ seq }) => seq) });
  expect(JSON.stringify(mirror.frames)).not.toContain('secret');
  const cached = [...mirror.state.cache.entries()].map(([, key, value]) => [key, value]);
  expect(cached).toEqual([
    ['key', 'a ***'],
    ['other', { deep: ['***'] }],
  ]);
  expect([...mirror.state.tasks.values()].map(({ data }) => data)).toEqual(['(withheld: redact threw)']);
  expect((await mirror.command({ name: 'search', text: 'secret' }))?.found).toEqual([]);
});

test('an error is shown with where it was thrown; redact sees that, too, and may leave it out', async () => {
  const stacks: unknown[] = [];
  const open = await watched();
  const closed = await watched({
    redact(value, place) {
      if (place.kind !== 'error') return value;
      const { message, stack } = Object(value);
      stacks.push(stack);
      return { message };
    },
  });
  for (const all of [open, closed]) {
    all.mirror.watch();
    await work(all, ['bad']);
    all.tick();
  }
  const [thrown] = [...open.mirror.state.tree.deadLetters()].flatMap(({ errors }) => errors);
  expect(thrown?.stack).toContain('inspector.test');
  expect(thrown).toEqual([...open.executor.tree.deadLetters()][0]?.errors[0]);
  const [hidden] = [...closed.mirror.state.tree.deadLetters()].flatMap(({ errors }) => errors);
  expect(hidden).toEqual({ code: 'EXECUTION_ERROR', message: 'cannot read that' });
  expect(stacks[0]).toContain('inspector.test');
});

test('what redact put in the place of a payload is told from the payload itself', async () => {
  const all = await watched({
    redact(value) {
      if (value === 'card') return '(a payment)';
      return typeof value === 'object' ? JSON.parse(JSON.stringify(value).replace('4111', '***')) : value;
    },
  });
  const { executor, mirror } = all;
  mirror.watch();
  for (const payload of ['card', { card: '4111' }, { page: 1 }, 'page']) {
    await executor.publish('pages', payload);
  }
  all.tick();
  const published = mirror.events.filter(({ type }) => type === 'message.published');
  const messages = published.map(({ seq }) => seq);
  const shown = (await mirror.command({ name: 'payloads', messages }))?.payloads;
  const withheld = [{ path: [], kind: 'withheld', text: '(changed by redact)' }];
  expect(shown).toEqual([
    { json: '(a payment)', lost: withheld },
    { json: { card: '***' }, lost: withheld },
    { json: { page: 1 }, lost: [] },
    { json: 'page', lost: [] },
  ]);
});

test('a slow watcher loses detail, is told which, and is brought up to date; the run does not wait', async () => {
  const all = await watched({ eventsUnderWay: 10 });
  const { executor, mirror } = all;
  mirror.watch();
  mirror.prompt = false;
  const before = mirror.state.seq;
  const run = executor.execute();
  await executor.publish('pages', 1);
  await executor.idle();
  all.tick();
  const seen = mirror.state.seq;
  expect(seen).toBeGreaterThan(before);
  for (let n = 0; n < 5; n++) await executor.publish('pages', n);
  await executor.idle();
  all.tick();
  expect(mirror.state.seq).toBe(seen);
  expect(all.subscriptions()).toBe(0); // it costs nothing until the watcher has caught up
  mirror.received();
  const [gap, snapshot] = mirror.frames.slice(-2);
  expect(gap).toMatchObject({ type: 'gap', from: seen + 1, to: executor.state.seq, reason: 'slow' });
  expect(snapshot).toMatchObject({ type: 'snapshot', seq: executor.state.seq });
  mirror.prompt = true;
  await executor.publish('pages', 'after');
  await executor.idle();
  all.tick();
  expect(mirror.state.seq).toBe(executor.state.seq);
  await executor.stop();
  expect((await run.report).counts.succeeded).toBe(14);
});

test('a watcher that throws is taken as gone', async () => {
  const executor = await PubSubExecutor.open();
  closing.push(() => executor.close());
  const { inspector, watcher } = inPageLink();
  closing.push(attachInspector(executor, inspector));
  watcher.onFrame(() => {
    throw new Error('broken panel');
  });
  watcher.send({ v: 1, type: 'watch' });
  executor.openChannel('still-works');
  expect(executor.listChannels()).toHaveLength(1);
});

test('the same frames go over a MessagePort', async () => {
  const executor = await PubSubExecutor.open();
  const { port1, port2 } = new MessageChannel();
  const detach = attachInspector(executor, portInspectorEnd(port1));
  closing.push(
    () => executor.close(),
    () => port1.close(),
    () => port2.close(),
    detach,
  );
  const mirror = new Mirror(portWatcherEnd(port2));
  mirror.watch();
  await mirror.until(() => mirror.frames.length === 2);
  executor.openChannel('news', { capacity: 7 });
  await executor.publish('news', { hello: 'world' });
  await mirror.until(() => mirror.state.seq === executor.state.seq);
  expect(mirror.state.channels.get('news')).toMatchObject({ capacity: 7, publishedCount: 1 });
  const answer = await mirror.command({ name: 'payloads', messages: [mirror.state.seq] });
  expect(answer?.payloads?.[0]?.json).toEqual({ hello: 'world' });
});

test('bad options are refused by name', async () => {
  const executor = await PubSubExecutor.open();
  closing.push(() => executor.close());
  const attach = (options: InspectorOptions) => () =>
    attachInspector(executor, inPageLink().inspector, options);
  expect(attach({ batchMs: 10 })).toThrow(/options\.batchMs: expected 100 or more, got 10/);
  expect(attach({ recentMessages: 0 })).toThrow(/options\.recentMessages/);
  expect(attach({ eventsUnderWay: 0 })).toThrow(/options\.eventsUnderWay/);
});

test('what is no executor, no link, no port or no option is named', async () => {
  const { executor } = await watched();
  const attaching = (...args: readonly unknown[]) => {
    return () => Reflect.apply(attachInspector, undefined, args);
  };
  const { inspector } = inPageLink();
  const refused: readonly [() => unknown, string][] = [
    [attaching(), 'executor: expected an executor, got undefined'],
    [attaching({}, inspector), 'executor: expected an executor, got an empty object'],
    [attaching(executor), 'link: expected the inspector’s end of a link, got undefined'],
    [attaching(executor, new EventTarget()), 'link: expected the inspector’s end of a link'],
    [attaching(executor, inspector, 5), 'options: expected an object of options, got 5'],
    // It would have let out all that it was written to keep back.
    [attaching(executor, inspector, { redakt: () => '(secret)' }), 'options.redakt: expected one of'],
    [() => Reflect.apply(portInspectorEnd, undefined, [undefined]), 'port: expected a MessagePort'],
    [() => Reflect.apply(portWatcherEnd, undefined, [{ on() {} }]), 'port: expected a MessagePort'],
  ];
  for (const [call, message] of refused) {
    expect(call).toThrow(expect.objectContaining({ code: 'VALIDATION_ERROR' }));
    expect(call).toThrow(message);
  }
});
