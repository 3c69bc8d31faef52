import { type CompiledSchema, defineAgent, PubSubExecutor, type SchemaValidator } from 'dagger-agents';
import { expect, onTestFinished, test } from 'vitest';

const numbered = {
  type: 'object',
  properties: { n: { type: 'number' } },
  required: ['n'],
} as const;

/** Says what it has checked. Like ours, it compiles each schema object once. */
function countingValidator() {
  const checked: unknown[] = [];
  const known = new Map<unknown, CompiledSchema>();
  const validator: SchemaValidator = {
    name: 'counting',
    compile(schema) {
      const check: CompiledSchema = (value) => {
        checked.push(structuredClone(value));
        const fits =
          typeof value === 'object' && value !== null && 'n' in value && typeof value.n === 'number';
        return fits ? undefined : [{ path: '/n', message: 'must be number', received: 'something else' }];
      };
      const compiled = known.get(schema) ?? check;
      known.set(schema, compiled);
      return compiled;
    },
  };
  return { validator, checked };
}

async function openPair(reads: (payload: object) => void, readers = 1) {
  const { validator, checked } = countingValidator();
  const executor = await PubSubExecutor.open({
    validator,
    config: { maxAttempts: 2, retryStrategy: { type: 'immediate' } },
  });
  onTestFinished(() => executor.close());
  executor.registerAgent(
    defineAgent({
      name: 'writer',
      subscribe: 'in',
      publish: 'out',
      outputSchema: numbered,
      process: () => ({ n: 1 }),
    }),
  );
  for (let reader = 0; reader < readers; reader++) {
    executor.registerAgent(
      defineAgent({
        name: `reader${reader}`,
        subscribe: 'out',
        inputSchema: numbered,
        process: ({ payload }) => void reads(Object(payload)),
      }),
    );
  }
  return { executor, checked };
}

test('what passed a check when it was published need not pass the same one again when it is delivered', async () => {
  const { executor, checked } = await openPair(() => {});
  expect(await executor.execute({ channel: 'in', payload: 0 }).report).toMatchObject({
    overallSuccess: true,
  });
  expect(checked).toEqual([{ n: 1 }]);
});

test('it must where another agent had it in hand first, which may have changed it', async () => {
  const { executor, checked } = await openPair((payload) => void Object.assign(payload, { n: 'changed' }), 2);
  const report = await executor.execute({ channel: 'in', payload: 0 }).report;
  expect(checked.slice(0, 2)).toEqual([{ n: 1 }, { n: 'changed' }]);
  expect(report).toMatchObject({ status: 'failed', error: { code: 'VALIDATION_ERROR' } });
});

test('it must where a listener had the message', async () => {
  const { executor, checked } = await openPair(() => {});
  executor.subscribe((event) => {
    if (event.type === 'message.published') Object.assign(Object(event.message.payload), { n: 'changed' });
  });
  const report = await executor.execute({ channel: 'in', payload: 0 }).report;
  expect(checked[0]).toEqual({ n: 1 });
  expect(checked).toHaveLength(2);
  expect(report.counts.delivered).toBe(2);
});

test('it must in a further attempt', async () => {
  let calls = 0;
  const { executor, checked } = await openPair((payload) => {
    calls++;
    Object.assign(payload, { n: 'changed' });
    throw new Error('once more');
  });
  const report = await executor.execute({ channel: 'in', payload: 0 }).report;
  expect(calls).toBe(1);
  expect(checked.slice(0, 2)).toEqual([{ n: 1 }, { n: 'changed' }]);
  expect(report).toMatchObject({ status: 'failed', error: { code: 'VALIDATION_ERROR' } });
});
