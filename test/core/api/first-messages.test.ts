import { expect, test } from 'vitest';
import { defineAgent, PubSubExecutor } from '../../../core/index.js';

// An executor lets its first messages through before ajv is loaded: nothing of that may show. Each test opens its own.

const text = { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] } as const;
const words = 'channel "in", input of agent "reader", payload/text: must be string, got 7';

async function withReader(
  inputSchema: object,
): Promise<{ executor: PubSubExecutor; read: unknown[]; close: () => Promise<void> }> {
  const executor = await PubSubExecutor.open();
  const read: unknown[] = [];
  executor.registerAgent(
    defineAgent({
      name: 'reader',
      subscribe: 'in',
      inputSchema,
      process: ({ payload }) => void read.push(payload),
    }),
  );
  return { executor, read, close: () => executor.close() };
}

test('a first message that does not fit is refused in the words of every later one', async () => {
  const { executor, read, close } = await withReader(text);
  await expect(executor.publish('in', { text: 7 })).rejects.toThrow(words);
  await expect(executor.publish('in', { text: 7 })).rejects.toThrow(words);
  await expect(executor.execute({ channel: 'in', payload: { text: 7 } }).report).rejects.toThrow(words);
  expect(read).toEqual([]);
  await close();
});

test('messages published without waiting arrive in their order, whatever each of them has to wait for', async () => {
  const { executor, read, close } = await withReader({ oneOf: [{ type: 'number' }, { type: 'string' }] });
  executor.registerAgent(
    defineAgent({
      name: 'plain',
      subscribe: 'in',
      inputSchema: { type: ['number', 'string'] },
      process() {},
    }),
  );
  const published = [1, 'two', 3, 'four'].map((payload) => executor.publish('in', payload));
  await Promise.all(published);
  await executor.execute({ resume: true }).report;
  expect(read).toEqual([1, 'two', 3, 'four']);
  await close();
});

test("a bad output fails the publish that made it, and is the agent's to handle", async () => {
  const { executor, read, close } = await withReader(text);
  executor.registerAgent(
    defineAgent({
      name: 'writer',
      subscribe: 'go',
      publish: 'in',
      outputSchema: text,
      async process({ publish }) {
        const wrong: unknown = { text: 7 };
        // @ts-expect-error its text is no string
        const refusal = await publish('in', wrong).catch(String);
        await publish('in', { text: `refused: ${refusal}` });
      },
    }),
  );
  const report = await executor.execute({ channel: 'go', payload: 1 }).report;
  expect(report.status).toBe('completed');
  expect(read).toEqual([
    { text: expect.stringContaining('output of agent "writer", payload/text: must be string') },
  ]);
  await close();
});

test('who asks which agents take a payload is answered at once', async () => {
  const { executor, close } = await withReader({ not: { multipleOf: 2 } });
  const names = (payload: unknown): string[] => executor.findAgentsForInput(payload).map(({ name }) => name);
  expect(names(3)).toEqual(['reader']);
  expect(names(4)).toEqual([]);
  await close();
});

test('an answer that does not fit its question is refused at once, also as the first that is checked', async () => {
  const executor = await PubSubExecutor.open();
  executor.registerAgent(
    defineAgent({
      name: 'asker',
      subscribe: 'in',
      async process({ human }) {
        await human.ask({ question: 'How many?', schema: { type: 'integer' } });
      },
    }),
  );
  const run = executor.execute({ channel: 'in', payload: 1 });
  const asked = new Promise<string>((resolve) => {
    executor.subscribe((event) => {
      if (event.type === 'human.asked') resolve(event.request.id);
    });
  });
  const id = await asked;
  expect(() => executor.humans.answer(id, 'many')).toThrow('payload: must be integer, got "many"');
  executor.humans.answer(id, 3);
  expect((await run.report).status).toBe('completed');
  await executor.close();
});

test('ten thousand agents with one schema are registered, and their first message is checked', async () => {
  const executor = await PubSubExecutor.open();
  let reached = 0;
  for (let number = 0; number < 10_000; number++) {
    const name = `agent-${number}`;
    executor.registerAgent(
      defineAgent({
        name,
        subscribe: `to-${number % 100}`,
        inputSchema: text,
        process: () => void reached++,
      }),
    );
  }
  const report = await executor.execute({ channel: 'to-7', payload: { text: 'hello' } }).report;
  expect(report.counts.succeeded).toBe(100);
  expect(reached).toBe(100);
  await executor.close();
});
