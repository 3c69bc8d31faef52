import { defineAgent, type PubSubAgent, PubSubExecutor, type RunSpec } from 'dagger-agents';
import { expect, test } from 'vitest';

/** What a newcomer gets wrong on the first day must be answered with what to do instead. */
async function refusal(wrong: unknown): Promise<string> {
  const executor = await PubSubExecutor.open();
  executor.registerAgent(defineAgent({ name: 'any', subscribe: 'in', process() {} }));
  try {
    // Programs without types hand over anything.
    await executor.execute(wrong as RunSpec).report;
    return 'accepted';
  } catch (error) {
    return error instanceof Error ? error.message : 'no error';
  } finally {
    await executor.close();
  }
}

test('a run that is started with a name', async () => {
  expect(await refusal('in')).toBe('spec: expected { channel, payload }, { resume: true } or {}, got "in"');
});

test('a payload that was forgotten', async () => {
  expect(await refusal({ channel: 'in' })).toBe(
    'payload: expected a JSON value (null will do), got undefined',
  );
});

test('an undefined value within a payload', async () => {
  expect(await refusal({ channel: 'in', payload: { a: [{ b: undefined }] } })).toBe(
    'payload.a[0].b: expected a JSON value (leave the key out, or use null), got undefined',
  );
});

/** The message of the error that this throws. */
async function messageOf(misuse: (executor: PubSubExecutor) => unknown): Promise<string> {
  const executor = await PubSubExecutor.open();
  try {
    await misuse(executor);
    return 'accepted';
  } catch (error) {
    return error instanceof Error ? error.message : 'no error';
  } finally {
    await executor.close();
  }
}

test('an agent that did not go through defineAgent', async () => {
  const plain: unknown = { name: 'plain', subscribe: 'in', process() {} };
  const message = await messageOf((executor) => executor.registerAgent(plain as PubSubAgent));
  expect(message).toBe(
    'agent: expected what defineAgent makes, or a PubSubAgent, got an object with name, subscribe, process',
  );
});

test('several agents for registerAgent', async () => {
  const several: unknown = [defineAgent({ name: 'one', subscribe: 'in', process() {} })];
  const message = await messageOf((executor) => executor.registerAgent(several as PubSubAgent));
  expect(message).toBe('agent: expected one agent (registerAgents takes a list), got an array of 1');
});

test('a payload that was not awaited', async () => {
  const message = await messageOf((executor) => executor.publish('in', { page: Promise.resolve('text') }));
  expect(message).toContain('payload.page: expected');
  expect(message).toContain('got a promise (is an await missing?)');
});

test('an agent that throws what a server answered', async () => {
  const answer: unknown = { status: 429, reason: 'too many requests' };
  const executor = await PubSubExecutor.open({ config: { maxAttempts: 1 } });
  executor.registerAgent(
    defineAgent({
      name: 'asks',
      subscribe: 'in',
      process() {
        throw answer;
      },
    }),
  );
  const { error } = await executor.execute({ channel: 'in', payload: null }).report;
  expect(error?.message).toBe('thrown: an object with status: 429, reason: "too many requests"');
  await executor.close();
});

test('an executor that is constructed', () => {
  expect(() => Reflect.construct(PubSubExecutor, [])).toThrow(
    'an executor is opened, not constructed: const executor = await PubSubExecutor.open()',
  );
  expect(() => Reflect.construct(PubSubExecutor, [{ storage: undefined }])).toThrow('is opened');
});
