import { defineAgent, PubSubExecutor, type RunSpec } from 'dagger-agents';
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
