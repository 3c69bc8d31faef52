import { createMessage, defineAgent, fold, PubSubExecutor, type RunEvent } from 'dagger-agents';
import { memoryStorage } from 'dagger-agents/storage/memory';
import { createTestRuntime } from 'dagger-agents/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { copyJson } from '../../core/json.js';
import type { Message } from '../../core/messaging/message.js';
import { encodePayload } from '../../core/persistence/encode-payload.js';
import { foldRecord } from '../../core/persistence/record-reader.js';
import { RECORD_FORMAT, RecordWriter, TICKS } from '../../core/persistence/record-writer.js';
import { snapshotOf } from '../../core/state/snapshot.js';
import { refusal } from '../support/bus.js';
import { memoryPlace } from '../support/crashing-places.js';

type Storage = ReturnType<typeof memoryStorage>;

async function recordsIn(storage: Storage): Promise<string[]> {
  const namespace = await storage.open('default');
  const records: string[] = [];
  for await (const batch of namespace.read(0)) records.push(...batch.records);
  await namespace.close();
  return records;
}

async function put(records: readonly string[]): Promise<Storage> {
  const storage = memoryStorage();
  const namespace = await storage.open('default');
  await namespace.append({ firstSequence: 1, records }, { sync: true });
  await namespace.close();
  return storage;
}

function eventsIn(records: readonly string[]): RunEvent[] {
  const events: RunEvent[] = [];
  const state = fold([]);
  for (const record of records) foldRecord(state, record, (event) => events.push(event));
  return events;
}

/** Publishes in every way there is, in two lives of one state. */
async function eventfulLives(startAt?: number): Promise<{ lived: RunEvent[]; storage: Storage }> {
  const storage = memoryStorage();
  const lived: RunEvent[] = [];
  for (const isFirst of [true, false]) {
    const runtime = createTestRuntime(startAt === undefined ? {} : { startAt });
    const executor = await PubSubExecutor.open({
      storage,
      runtime,
      listener: (event) => lived.push(event),
      config: { retryStrategy: { type: 'linear', delaySecs: 1 } },
    });
    const spreads = defineAgent({
      name: 'spreader "1"',
      subscribe: 'in',
      publish: ['mid', 'ö "quoted" \u2028'],
      async process({ payload, publish, attempt }) {
        await publish('mid', { payload, zero: -0, list: [0, -0, null], text: 'é ☃ \ud800' });
        if (attempt === 1 && payload === 'retried') throw new Error('once');
        await runtime.now();
        await publish('mid', 'with a task', { task: { type: 'check', data: 1 } });
        await publish('ö "quoted" \u2028', createMessage('elsewhere', { own: payload }));
        if (payload === 'hangs' && isFirst) await new Promise(() => {});
      },
    });
    const commits = defineAgent({
      name: 'committer',
      subscribe: 'mid',
      publish: 'unheard',
      transactional: true,
      async process({ publish, cache, nodeId }) {
        await publish('unheard', []);
        await new Promise<void>((resolve) => runtime.setTimer(0.3, resolve));
        cache.insertValue(nodeId, 'output', true);
        await publish('unheard', {});
      },
    });
    executor.registerAgents([spreads, commits, defineAgent({ name: 'b', subscribe: 'mid', process() {} })]);
    await executor.publish('in', 'before any run');
    executor.execute();
    for (const payload of ['plain', 'retried', 'hangs', -0]) {
      await executor.publish('in', payload);
      await runtime.advance(0.1 + 1 / 3);
    }
    await executor.publish('in', 'said', { source: 'somebody', task: { type: 'ask', data: null } });
    await executor.publish('in', createMessage('importer', 'imported'));
    await runtime.advance(2000);
    executor.execute({ resume: true });
    await executor.publish('in', 'to another run');
    await runtime.advance(2000);
    await executor.publish('elsewhere', 'the last');
    await runtime.runUntilIdle();
    await executor.close();
  }
  return { lived, storage };
}

test.each([
  ['as the clock says it today', undefined],
  ['finer than ticks', 0],
  ['in 1970', 123.4567],
  ['in the year 2100', Date.UTC(2100, 0, 1) + 0.0625],
])('what is read from records is what was lived, at times %s', async (_, startAt) => {
  const { lived, storage } = await eventfulLives(startAt);
  const records = await recordsIn(storage);
  const read = eventsIn(records);
  expect(read).toEqual(lived);
  expect(JSON.stringify(read)).toBe(JSON.stringify(lived));
  expect(records.every((record) => record.startsWith(`[${RECORD_FORMAT},`))).toBe(true);
  expect(new Set(lived.map(({ type }) => type)).size).toBeGreaterThan(10);
  // Zero keeps its sign, which neither of the two comparisons above would notice everywhere.
  const zeros = read.filter(({ type }) => type === 'message.published');
  expect(zeros.some((event) => 'message' in event && Object.is(payloadOf(event), -0))).toBe(true);
});

const payloadOf = (event: { readonly message: Message | string }): unknown =>
  typeof event.message === 'string' ? undefined : event.message.payload;

test('times that are no whole ticks apart, and clocks that go back, are kept to the last bit', () => {
  const writer = new RecordWriter();
  const times = [0.1, 0.2, 0.30000000000000004, 1e12 + 0.5, 5, 2 ** 41 + 1 / 4096, 2 ** 41, 3.5];
  for (const at of times) writer.event({ seq: 0, at, type: 'executor.paused' });
  for (const at of times) {
    writer.started(at, 1);
    writer.succeeded(at, 1);
  }
  const items: unknown[] = JSON.parse(writer.end());
  let now = 0;
  const read: number[] = [];
  for (const item of items.slice(1)) {
    if (typeof item === 'number') now = item;
    else if (Array.isArray(item)) now += Number(item[1]) / TICKS;
    else if (typeof item === 'object' && item && 'at' in item) now = Number(item.at);
    if (typeof item === 'object') read.push(now);
  }
  expect(read).toEqual([...times, ...times.flatMap((at) => [at, at])]);
});

/** An event as version 1 wrote it: a record for each. */
function format1(event: RunEvent): string {
  switch (event.type) {
    case 'message.published': {
      const { at, message, publisher = 0, ordinal, fromOutside, run = '', to } = event;
      return JSON.stringify(['p', at, message, publisher, ordinal, fromOutside ? 1 : 0, run, to]);
    }
    case 'delivery.started':
      return JSON.stringify(['s', event.at, event.delivery]);
    case 'delivery.succeeded':
      return JSON.stringify(['d', event.at, event.delivery]);
    default: {
      const { seq: _, ...body } = event;
      return JSON.stringify(body);
    }
  }
}

test('a log of version 1 opens as the state it was, and goes on in records of today', async () => {
  const { lived } = await eventfulLives();
  const grouped = `["g",${lived.slice(-2).map(format1).join(',')}]`;
  const place = memoryPlace(await put([...lived.slice(0, -2).map(format1), grouped]));
  // What version 1 could not write down apart: zero's sign is in its records, but not in those made here.
  const plain: RunEvent[] = JSON.parse(JSON.stringify(lived));
  const runtime = createTestRuntime({ startAt: Date.UTC(2026, 1, 1) });
  const executor = await PubSubExecutor.open({ storage: place.storage, runtime });
  const { prefix } = executor.state.session;
  const format = 1;
  const opened = { seq: plain.length + 1, at: runtime.now(), session: prefix, format } as const;
  const before = fold([...plain, { ...opened, type: 'executor.opened' }]);
  expect(snapshotOf(executor.state)).toEqual(snapshotOf(before));

  const message = await executor.publish('in', 'after it');
  const next = await place.crash();
  const again = await PubSubExecutor.open({ storage: next.storage, runtime });
  expect(again.tree.find(message.id)).toMatchObject({ kind: 'publish' });
  expect(again.state.seq).toBe(executor.state.seq + 1);
  await again.close();
  await executor.close();
});

test('a record of a newer version is refused, and nothing is written', async () => {
  const { storage } = await eventfulLives();
  const records = [...(await recordsIn(storage)), `[${RECORD_FORMAT + 1},1,["z"]]`];
  const newer = await put(records);
  for (let attempt = 0; attempt < 2; attempt++) {
    const error = await refusal(() => PubSubExecutor.open({ storage: newer }));
    expect(error).toMatchObject({
      code: 'DATABASE_ERROR',
      details: { format: RECORD_FORMAT + 1, supported: RECORD_FORMAT },
    });
    expect(await recordsIn(newer)).toEqual(records);
  }
});

test('a record that tells of what does not exist is refused', async () => {
  const { storage } = await eventfulLives();
  const records = await recordsIn(storage);
  for (const item of ['["p",0,99999,0,"in",1]', '["a",0,1,"nowhere",1]', '["s",0,99999]']) {
    const broken = await put([...records, `[${RECORD_FORMAT},1,${item}]`]);
    const error = await refusal(() => PubSubExecutor.open({ storage: broken }));
    expect(error).toMatchObject({
      code: 'EXECUTION_ERROR',
      message: expect.stringContaining('does not exist'),
    });
  }
});

test('the text of a payload is what JSON.stringify makes of it, and keeps -0', () => {
  const awkward = fc.oneof(
    fc.constantFrom(-0, '"', '\\', '\n', '\u2028', '\ud800', 'x'.repeat(600)),
    fc.jsonValue(),
  );
  const payload = fc.oneof(
    fc.jsonValue({ maxDepth: 4 }),
    fc.dictionary(fc.oneof(fc.string({ unit: 'binary' }), fc.constant('__proto__')), awkward),
    fc.array(awkward),
  );
  fc.assert(
    fc.property(payload, (value) => {
      const copy = copyJson(value, 'payload');
      const text = encodePayload(copy);
      expect(text.replaceAll('-0', '0')).toBe(JSON.stringify(copy).replaceAll('-0', '0'));
      expect(JSON.parse(text)).toEqual(copy);
    }),
    { numRuns: 2000 },
  );
  expect(encodePayload([-0, { zero: -0 }, 0])).toBe('[-0,{"zero":-0},0]');
});
