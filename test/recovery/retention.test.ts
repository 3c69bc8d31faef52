import { defineAgent } from 'dagger-agents';
import { describe, expect, test } from 'vitest';
import { EVENT_FORMAT } from '../../core/state/run-event.js';
import { SNAPSHOT_FORMAT } from '../../core/state/snapshot.js';
import { refusal } from '../support/bus.js';
import { countdown } from '../support/countdown.js';
import { type Place, places } from '../support/crashing-places.js';
import { type Life, type LifeOptions, live } from './life.js';

const echo = (): ReturnType<typeof defineAgent> =>
  defineAgent({ name: 'echo', subscribe: 'in', process() {} });

async function withRuns(place: Place, count: number, options: LifeOptions = {}): Promise<Life> {
  const life = await live(place, options);
  life.executor.registerAgent(echo());
  for (let number = 0; number < count; number++) {
    await life.executor.execute({ channel: 'in', payload: number }).report;
    await life.runtime.advance(1000);
  }
  return life;
}

describe.each(places)('$name', ({ empty }) => {
  test('runs are listed, deleted and forgotten, and all of it is kept', async () => {
    const life = await withRuns(empty(), 4);
    const ids = life.executor.listRuns().map(({ id }) => id);
    expect(ids).toHaveLength(4);
    life.executor.deleteRun(ids[1] ?? '');
    await life.settle();
    const next = await life.crash();
    expect(next.executor.listRuns().map(({ id }) => id)).toEqual([ids[0], ids[2], ids[3]]);
    expect(await refusal(() => next.executor.deleteRun(ids[1] ?? ''))).toMatchObject({
      code: 'EXECUTION_ERROR',
    });
    await next.executor.close();
  });

  test('a run whose work is left cannot be deleted; once it is done it can', async () => {
    const life = await live(empty());
    life.executor.registerAgent(
      defineAgent({ name: 'hanging', subscribe: 'in', process: () => new Promise<void>(() => {}) }),
    );
    const run = life.executor.execute({ channel: 'in', payload: 1 });
    await life.settle();
    const next = await life.crash();
    expect(await refusal(() => next.executor.deleteRun(run.id))).toMatchObject({ code: 'EXECUTION_ERROR' });
    next.executor.registerAgent(defineAgent({ name: 'hanging', subscribe: 'in', process() {} }));
    await next.executor.execute({ resume: true }).report;
    next.executor.deleteRun(run.id);
    expect(next.executor.listRuns()).toHaveLength(1);
    await next.executor.close();
  });

  test('maxRuns keeps the newest, at once and when it is opened with less', async () => {
    const life = await withRuns(empty(), 6, { retention: { maxRuns: 4 } });
    expect(life.executor.listRuns()).toHaveLength(4);
    const newest = life.executor.listRuns().slice(-2);
    const next = await life.crash({ retention: { maxRuns: 2 } });
    expect(next.executor.listRuns()).toEqual(newest);
    await next.executor.close();
  });

  test('maxAgeSeconds forgets what has been over for so long', async () => {
    const life = await withRuns(empty(), 5);
    const next = await life.crash({ retention: { maxAgeSeconds: 4 }, downMs: 1500 });
    // They ended 6.5, 5.5, 4.5, 3.5 and 2.5 seconds ago.
    expect(next.executor.listRuns()).toHaveLength(2);
    await next.executor.close();
  });

  test('fewer nodes are kept than were stored: the newest; unfinished work is kept whatever the limit', async () => {
    const life = await withRuns(empty(), 5);
    await life.executor.publish('in', 'left');
    await life.executor.saveState();
    const next = await life.crash({ retention: { nodes: 3 } });
    expect(next.executor.tree.size).toBe(3);
    const report = await (() => {
      next.executor.registerAgent(echo());
      return next.executor.execute({ resume: true }).report;
    })();
    expect(report.counts.succeeded).toBe(1);
    const last = await next.crash({ retention: { nodes: 100 } });
    expect(last.executor.tree.size).toBeLessThanOrEqual(100);
    await last.executor.close();
  });

  test('a dead letter that was sent again is gone, however many nodes are kept when the log is read', async () => {
    const life = await live(empty(), { retention: { nodes: 20 }, config: { maxAttempts: 1 } });
    const held: (() => void)[] = [];
    const slow = defineAgent({
      name: 'slow',
      subscribe: 'in',
      concurrency: 2,
      async process({ payload }) {
        await new Promise<void>((resolve) => held.push(resolve));
        throw new Error(`no use: ${payload}`);
      },
    });
    const busy = countdown(() => {
      for (const release of held) release();
    });
    life.executor.registerAgents([slow, busy]);
    for (const payload of ['first', 'second']) await life.executor.publish('in', payload);
    const run = life.executor.execute({ channel: 'numbers', payload: 50 });
    await life.runtime.advance(1000);
    expect((await run.report).counts.failed).toBe(2);
    const letters = [...life.executor.tree.deadLetters()];
    expect(letters.map(({ deadLetter }) => deadLetter.payload)).toEqual(['first', 'second']);
    life.executor.retryDeadLetter(letters[0]?.id ?? '');
    await life.runtime.runUntilIdle();

    let next = life;
    for (const nodes of [1000, 20]) {
      next = await next.crash({ retention: { nodes } });
      const left = [...next.executor.tree.deadLetters()];
      expect(left.map(({ deadLetter }) => deadLetter.payload)).toEqual(['second']);
      expect(next.executor.listUndelivered()).toMatchObject([{ agent: 'slow', oldest: 'first' }]);
    }
    await next.executor.close();
  });

  test('what a newer version has written is refused, and stays as it is', async () => {
    const newerSnapshot = `[${JSON.stringify({ part: 'head', format: SNAPSHOT_FORMAT + 1 })}]`;
    const opened = { at: 1, type: 'executor.opened', session: 'later', format: EVENT_FORMAT + 1 };
    for (const write of ['a snapshot', 'events'] as const) {
      const place = empty();
      const namespace = await place.storage.open('default');
      if (write === 'a snapshot') await namespace.writeSnapshot({ sequence: 3, records: [newerSnapshot] });
      else await namespace.append({ firstSequence: 1, records: [JSON.stringify(opened)] }, { sync: true });
      await namespace.close();
      for (let attempt = 0; attempt < 2; attempt++) {
        const error = await refusal(() => live(place));
        expect(error).toMatchObject({ code: 'DATABASE_ERROR', details: { supported: 1 } });
        expect(error.message).toContain('2');
      }
    }
  });

  test('a record that is none of ours is refused by its number', async () => {
    const place = empty();
    const namespace = await place.storage.open('default');
    await namespace.append({ firstSequence: 1, records: ['{"type":"channel.op'] }, { sync: true });
    await namespace.close();
    const error = await refusal(() => live(place));
    expect(error.code).toBe('SERIALIZATION_ERROR');
    expect(error.message).toContain('event 1');
  });
});
