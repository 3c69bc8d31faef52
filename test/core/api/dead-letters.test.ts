import { defineAgent, PubSubExecutor } from 'dagger-agents';
import { expect, test } from 'vitest';

test('dead letters are listed with their messages and errors, by run, until they are sent again', async () => {
  let broken = true;
  const done: unknown[] = [];
  const executor = await PubSubExecutor.open({
    config: { maxAttempts: 2, retryStrategy: { type: 'immediate' } },
  });
  executor.registerAgent(
    defineAgent({
      name: 'worker',
      subscribe: 'work',
      inputSchema: { type: 'string' },
      process({ payload, attempt }) {
        if (broken) throw new Error(`no ${payload} (${attempt})`);
        done.push(payload);
      },
    }),
  );
  const first = await executor.execute({ channel: 'work', payload: 'a' }).report;
  const second = await executor.execute({ channel: 'work', payload: 'b' }).report;

  const letters = [...executor.tree.deadLetters()];
  expect(
    letters.map(({ deadLetter, errors }) => [deadLetter.payload, errors.map((error) => error.message)]),
  ).toEqual([
    ['a', ['no a (1)', 'no a (2)']],
    ['b', ['no b (1)', 'no b (2)']],
  ]);
  expect([...executor.tree.deadLetters(first.executionId)].map(({ id }) => id)).toEqual([letters[0]?.id]);
  expect([...executor.tree.deadLetters(second.executionId)].map(({ id }) => id)).toEqual([letters[1]?.id]);
  expect([...executor.tree.deadLetters('no such run')]).toEqual([]);

  broken = false;
  for (const { id } of letters) executor.retryDeadLetter(id);
  await executor.execute({ resume: true }).report;
  expect(done).toEqual(['a', 'b']);
  expect([...executor.tree.deadLetters()]).toEqual([]);
  await executor.close();
});
