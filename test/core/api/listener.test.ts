import { defineAgent, fold, loadCacheFromJson, PubSubExecutor, type RunEvent } from 'dagger-agents';
import { expect, test } from 'vitest';

test('a listener given to open hears everything: the fold of it is the live state', async () => {
  const events: RunEvent[] = [];
  const cache = loadCacheFromJson('{"global:notes":{"first":1}}');
  const executor = await PubSubExecutor.open({ listener: (event) => events.push(event), cache });
  executor.registerAgent(
    defineAgent({
      name: 'keeper',
      subscribe: 'notes',
      process({ payload, cache }) {
        cache.appendGlobalValue('notes', 'all', payload);
      },
    }),
  );
  await executor.execute({ channel: 'notes', payload: 'kept' }).report;
  await executor.close();

  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  expect(events[0]?.type).toBe('executor.opened');
  const folded = fold(events);
  expect(folded.cache.toJSON()).toEqual({ 'global:notes': { first: 1, all: ['kept'] } });
  expect([...folded.tree.nodes()]).toEqual([...executor.tree.nodes()]);
  expect(folded.seq).toBe(executor.state.seq);
});

test('a listener that throws harms nobody; one that is no function is refused', async () => {
  const warnings: string[] = [];
  const executor = await PubSubExecutor.open({
    listener: () => {
      throw new Error('broken');
    },
    logger: { warn: (message) => warnings.push(message) },
  });
  await executor.publish('anything', 1);
  await executor.close();
  expect(warnings.length).toBe(1);

  const wrong: object = { listener: 'not a function' };
  await expect(PubSubExecutor.open(wrong)).rejects.toMatchObject({
    code: 'VALIDATION_ERROR',
    details: { field: 'options.listener' },
  });
});
