import { beforeAll, expect, test } from 'vitest';
import { defineAgent, PubSubExecutor } from '../../../core/index.js';
import { EVENT_KINDS, type EventBatch } from '../../../core/inspection/event-batch.js';
import type { SnapshotPart } from '../../../core/state/snapshot.js';
import { EventLog } from '../../../devtools/store/event-log.js';
import { Recording } from '../../../devtools/store/recording.js';
import { typedBatch } from '../../../devtools/store/typed-batch.js';
import { watchByHand } from '../watch-by-hand.js';

/** What came of a run with failures, retries and messages to nobody, in batches of different lengths. */
const run: { seq: number; parts: readonly SnapshotPart[]; batches: EventBatch[] } = {
  seq: 0,
  parts: [],
  batches: [],
};

beforeAll(async () => {
  const executor = await PubSubExecutor.open({
    config: { maxMessages: 100_000, maxAttempts: 2, retryStrategy: { type: 'immediate' } },
  });
  const fails = (n: number): boolean => n % 7 === 3;
  executor.registerAgents([
    defineAgent({
      name: 'splitter',
      subscribe: 'pages',
      publish: ['facts', 'nobody'],
      process: ({ payload, publish }) => {
        void publish('facts', payload);
        if (Number(payload) % 5 === 0) void publish('nobody', payload);
      },
    }),
    defineAgent({
      name: 'checker',
      subscribe: 'facts',
      process: ({ payload }) => {
        if (fails(Number(payload))) throw new Error('no');
      },
    }),
  ]);
  const { watcher, flush } = watchByHand(executor);
  watcher.onFrame((frame) => {
    if (frame.type === 'snapshot') Object.assign(run, { seq: frame.seq, parts: frame.parts });
    if (frame.type === 'delta') run.batches.push(frame.batch);
  });
  watcher.send({ v: 1, type: 'watch' });
  const running = executor.execute();
  executor.openChannel('nobody');
  for (const count of [1, 300, 2, 40, 2500, 7]) {
    for (let n = 0; n < count; n++) void executor.publish('pages', n);
    await executor.idle();
    flush();
  }
  await executor.stop();
  await running.report;
  flush();
  await executor.close();
});

test('what is gathered later is what would have been gathered at once; problems are known before', () => {
  const [atOnce, later] = [new Recording(run.seq, run.parts), new Recording(run.seq, run.parts)];
  for (const batch of run.batches) {
    expect(atOnce.append(batch, true)).toBe(true);
    expect(later.append(batch)).toBe(true);
  }
  expect(atOnce.activity.seq).toBe(atOnce.last);
  expect(later.activity.seq).toBe(run.seq);
  const kinds = (recording: Recording): unknown[] => recording.problems.map(({ seq, kind }) => [seq, kind]);
  expect(kinds(later)).toEqual(kinds(atOnce));
  expect(atOnce.problems.length).toBeGreaterThan(100);
  // A look at the clock after each stretch: it takes several turns.
  let turns = 1;
  while (!later.gather(0)) turns++;
  expect(turns).toBeGreaterThan(1);
  expect(later.problems).toEqual(atOnce.problems);
  const placed = later.problems.filter(({ kind }) => kind !== 'run');
  expect(placed.every(({ agent, node }) => agent === 'checker' && node > 0)).toBe(true);
  const rows = ({ activity: { invocations } }: Recording): unknown => {
    const { length } = invocations;
    const columns = invocations.rows;
    const cut = Object.entries(columns).map(([name, column]) => [name, column.slice(0, length)]);
    return [invocations.lanes, Object.fromEntries(cut)];
  };
  expect(rows(later)).toEqual(rows(atOnce));
  const messages = ({ activity }: Recording): unknown =>
    Array.from({ length: activity.messages.length }, (_, row) => [
      activity.messages.seqOf(row),
      activity.messages.nodeOf(row),
      activity.messages.firstDeliveryOf(row),
    ]);
  expect(messages(later)).toEqual(messages(atOnce));
});

test('an event of the log is found in any order, also when the oldest were dropped', () => {
  const log = new EventLog(run.seq);
  const publishes = new Map<number, number>();
  const bodies = new Map<number, string>();
  for (const batch of run.batches) {
    log.append(typedBatch(batch));
    let [publish, body] = [0, 0];
    for (let index = 0; index < batch.kind.length; index++) {
      const seq = batch.first + index;
      if (batch.kind[index] === EVENT_KINDS.published) publishes.set(seq, batch.publisher[publish++] ?? -1);
      if (batch.kind[index] === EVENT_KINDS.body) bodies.set(seq, batch.bodies[body++]?.type ?? '');
    }
  }
  expect([publishes.size, bodies.size].every((size) => size > 500)).toBe(true);
  const isWrong = (seq: number): boolean =>
    log.publishOf(seq)?.publisher !== publishes.get(seq) ||
    (bodies.has(seq) && log.bodyOf(seq)?.type !== bodies.get(seq));
  const check = (): void => {
    const count = log.length;
    const wrong: number[] = [];
    for (let step = 0; step < count; step++) {
      // Far jumps, both ways; and one step back after the other.
      for (const seq of [log.base + 1 + ((step * 7919) % count), log.last - step]) {
        if (isWrong(seq)) wrong.push(seq);
      }
    }
    expect(wrong).toEqual([]);
  };
  check();
  for (const share of [0.3, 0.5]) {
    log.dropUpTo(log.base + Math.floor(log.length * share));
    check();
  }
});
