import { createMessage, defineAgent, type PubSubAgent } from 'dagger-agents';
import { describe, expect, test } from 'vitest';
import { places } from '../support/crashing-places.js';
import { type Life, live } from './life.js';

interface Heard {
  readonly id: string;
  readonly payload: unknown;
}

/** Publishes `count` rows in the order given for each attempt, hanging before the one that `hangsAt` names. */
function publishing(
  count: number,
  orders: readonly ('up' | 'down')[],
  hangsAt: readonly number[],
): PubSubAgent {
  return defineAgent({
    name: 'publishing',
    subscribe: 'in',
    publish: 'rows',
    async process({ publish, attempt }) {
      for (let step = 0; step < count; step++) {
        if (step === hangsAt[attempt - 1]) await new Promise(() => {});
        const row = orders[attempt - 1] === 'down' ? count - 1 - step : step;
        await publish('rows', { row, text: `row ${row}` });
      }
    },
  });
}

function listening(heard: Heard[]): PubSubAgent {
  return defineAgent({
    name: 'listening',
    subscribe: 'rows',
    process: ({ message, payload }) => void heard.push({ id: message.id, payload }),
  });
}

async function publishedRows(life: Life): Promise<number> {
  await life.settle();
  return life.executor.state.channels.get('rows')?.publishedCount ?? 0;
}

describe.each(places)('$name', ({ empty }) => {
  test.each([
    { count: 10, orders: ['up', 'up', 'up'], hangsAt: [4, 7] },
    { count: 10, orders: ['up', 'down', 'up'], hangsAt: [4, 7] },
    { count: 700, orders: ['up', 'up', 'up'], hangsAt: [300, 600] },
    { count: 700, orders: ['up', 'down', 'up'], hangsAt: [300, 500] },
  ] as const)(
    '$count publishes, twice interrupted, are not doubled: $orders',
    async ({ count, orders, hangsAt }) => {
      const heard: Heard[] = [];
      let life = await live(empty());
      await life.executor.publish('warm up', null);
      life.executor.registerAgents([publishing(count, orders, hangsAt), listening(heard)]);
      life.executor.execute({ channel: 'in', payload: null });
      await life.settle();
      for (let crash = 1; crash <= 2; crash++) {
        // A snapshot in one of the two: what has been published is known from either.
        if (crash === 1) await life.executor.saveState();
        life = await life.crash();
        life.executor.registerAgents([publishing(count, orders, hangsAt), listening(heard)]);
        const run = life.executor.execute({ resume: true });
        if (crash === 2) expect((await run.report).status).toBe('completed');
        await life.settle();
      }
      expect(await publishedRows(life)).toBe(count);
      expect(new Set(heard.map(({ id }) => id)).size).toBe(count);
      const rows = heard.map(({ payload }) => JSON.stringify(payload));
      expect(new Set(rows).size).toBe(count);
      expect(rows).toHaveLength(count);
      await life.executor.close();
    },
  );

  test('two publishes of the same content are two messages, before and after a crash', async () => {
    const heard: Heard[] = [];
    const twice = (): PubSubAgent =>
      defineAgent({
        name: 'twice',
        subscribe: 'in',
        publish: 'rows',
        async process({ publish, attempt }) {
          await publish('rows', 'same');
          await publish('rows', 'same');
          if (attempt === 1) await new Promise(() => {});
          await publish('rows', 'same');
        },
      });
    const life = await live(empty());
    life.executor.registerAgents([twice(), listening(heard)]);
    life.executor.execute({ channel: 'in', payload: null });
    await life.settle();
    const next = await life.crash();
    next.executor.registerAgents([twice(), listening(heard)]);
    await next.executor.execute({ resume: true }).report;
    expect(heard.map(({ payload }) => payload)).toEqual(['same', 'same', 'same']);
    expect(new Set(heard.map(({ id }) => id)).size).toBe(3);
    await next.executor.close();
  });

  test('an attempt that a stop cut short goes on in the next run, also in another process, without doubles', async () => {
    const heard: Heard[] = [];
    const life = await live(empty());
    life.executor.registerAgents([publishing(6, ['up', 'up'], [3]), listening(heard)]);
    const run = life.executor.execute({ channel: 'in', payload: null });
    await life.settle();
    const stopped = life.executor.stop({ graceSeconds: 1 });
    await life.runtime.advance(1000);
    await stopped;
    expect((await run.report).status).toBe('paused');
    const next = await life.restart();
    next.executor.registerAgents([publishing(6, ['down'], []), listening(heard)]);
    expect((await next.executor.execute({ resume: true }).report).status).toBe('completed');
    expect(heard.map(({ payload }) => JSON.stringify(payload)).sort()).toEqual(
      [0, 1, 2, 3, 4, 5].map((row) => JSON.stringify({ row, text: `row ${row}` })),
    );
    await next.executor.close();
  });

  test('what a transactional agent did is there whole, or not at all', async () => {
    const heard: Heard[] = [];
    const booking = (hangs: boolean): PubSubAgent =>
      defineAgent({
        name: 'booking',
        subscribe: 'in',
        publish: 'rows',
        transactional: true,
        async process({ publish, cache, tasks }) {
          cache.appendGlobalValue('book', 'entries', 'one');
          await publish('rows', 'booked');
          tasks.addTask('check', null);
          if (hangs) await new Promise(() => {});
        },
      });
    const life = await live(empty());
    life.executor.registerAgents([booking(true), listening(heard)]);
    life.executor.execute({ channel: 'in', payload: null });
    await life.settle();
    const next = await life.crash();
    expect(next.executor.cache.getGlobalInput('book', 'entries')).toBeUndefined();
    expect(next.executor.tasks.list()).toEqual([]);
    expect(next.executor.state.channels.get('rows')?.publishedCount).toBe(0);
    next.executor.registerAgents([booking(false), listening(heard)]);
    await next.executor.execute({ resume: true }).report;
    await next.settle();
    const last = await next.crash();
    expect(last.executor.cache.getGlobalInput('book', 'entries')).toEqual(['one']);
    expect(last.executor.tasks.list()).toHaveLength(1);
    expect(heard).toHaveLength(1);
    await last.executor.close();
  });

  test('a message with an id of its own is one message, also after a crash', async () => {
    const heard: Heard[] = [];
    const message = createMessage('importer', { row: 1 });
    const life = await live(empty());
    life.executor.registerAgent(listening(heard));
    life.executor.execute();
    await life.executor.publish('rows', message);
    await life.executor.publish('rows', message);
    await life.settle();
    const next = await life.crash();
    next.executor.registerAgent(listening(heard));
    next.executor.execute();
    await expect(next.executor.publish('rows', message)).resolves.toMatchObject({ id: message.id });
    await next.executor.saveState();
    const last = await next.crash();
    last.executor.registerAgent(listening(heard));
    await last.executor.publish('rows', message);
    await last.executor.execute({ resume: true }).report;
    expect(heard).toEqual([{ id: message.id, payload: { row: 1 } }]);
    await last.executor.close();
  });
});
