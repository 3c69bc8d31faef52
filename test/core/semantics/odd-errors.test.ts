import { defineAgent, PubSubError, PubSubExecutor } from 'dagger-agents';
import { memoryStorage } from 'dagger-agents/storage/memory';
import { expect, onTestFinished, test } from 'vitest';

const response: Record<string, unknown> = { status: 500 };
response.response = response;

class Unreadable extends PubSubError {
  override toJSON(): never {
    throw new Error('no');
  }
}

function withoutCode(): PubSubError {
  const error = new PubSubError('EXECUTION_ERROR', 'call failed');
  return Object.defineProperty(error, 'code', {
    get() {
      throw new Error('no');
    },
  });
}

const refuse = () => {
  throw new Error('no');
};

const details = (odd: unknown): PubSubError =>
  new PubSubError('EXECUTION_ERROR', 'call failed', { details: { odd, attempt: 1 } });

const ODD: [string, () => unknown, unknown][] = [
  [
    'details that refer to themselves',
    () => details(response),
    { odd: 'an object with status, response', attempt: 1 },
  ],
  ['a BigInt in its details', () => details(10n), { odd: '10n (a BigInt)', attempt: 1 }],
  [
    'a toJSON in its details that throws',
    () => details({ toJSON: refuse }),
    { odd: 'an object with toJSON', attempt: 1 },
  ],
  [
    'details of a megabyte',
    () => details('x'.repeat(1_000_000)),
    { odd: `"${'x'.repeat(60)}…"`, attempt: 1 },
  ],
  [
    'details that are plain',
    () => details({ url: '/', tries: [1, 2] }),
    { odd: { url: '/', tries: [1, 2] }, attempt: 1 },
  ],
  ['a toJSON that throws', () => new Unreadable('EXECUTION_ERROR', 'call failed'), undefined],
  ['a code that cannot be read', withoutCode, undefined],
  ['only the prototype of ours', () => Object.create(PubSubError.prototype), undefined],
];

for (const [what, make, expected] of ODD) {
  for (const stored of [false, true]) {
    test(`an agent that throws an error with ${what} fails like any other, ${stored ? 'stored' : 'in memory'}`, async () => {
      const storage = memoryStorage();
      const options = stored ? { storage } : {};
      const open = async () => {
        const executor = await PubSubExecutor.open({ ...options, config: { maxAttempts: 1 } });
        onTestFinished(() => executor.close());
        return executor;
      };
      const executor = await open();
      executor.registerAgent(
        defineAgent({
          name: 'caller',
          subscribe: 'calls',
          process: () => {
            throw make();
          },
        }),
      );
      const { status, error, agentOutcomes } = await executor.execute({ channel: 'calls', payload: 1 })
        .report;
      expect({ status, code: error?.code, outcomes: agentOutcomes.length }).toEqual({
        status: 'failed',
        code: 'EXECUTION_ERROR',
        outcomes: 1,
      });
      await executor.close();
      if (!stored) return;
      const [letter] = [...(await open()).tree.deadLetters()];
      expect(letter?.errors.map(({ code, details: kept }) => ({ code, kept }))).toEqual([
        { code: 'EXECUTION_ERROR', kept: expected },
      ]);
    });
  }
}

test.each([10n, Symbol('why'), { n: 1n }, null])(
  'a run that is cancelled for %s ends as cancelled',
  async (reason) => {
    const executor = await PubSubExecutor.open({ storage: memoryStorage() });
    onTestFinished(() => executor.close());
    let begin = () => {};
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    executor.registerAgent(
      defineAgent({
        name: 'slow',
        subscribe: 'work',
        process: () => {
          begin();
          return new Promise<undefined>(() => {});
        },
      }),
    );
    const run = executor.execute({ channel: 'work', payload: 1 });
    await begun;
    Reflect.apply(run.cancel, run, [reason]);
    expect((await run.report).status).toBe('cancelled');
  },
);
