import {
  defineAgent,
  fold,
  type NodeExecutionOutcome,
  type OpenOptions,
  PubSubError,
  PubSubExecutor,
  type RunEvent,
} from 'dagger-agents';
import { memoryStorage } from 'dagger-agents/storage/memory';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openBus } from '../../support/bus.js';
import { expectSameState } from '../../support/state-view.js';

// What is left of what an agent threw: the thing itself in this session, its name and place in the record.

class PressJam extends Error {
  readonly sheet = 7;
}

const quiet = { warn: () => {} };

/** An executor, on the system's clock, whose agent throws what `make` makes. */
async function throwing(make: () => unknown, options: OpenOptions = {}): Promise<PubSubExecutor> {
  const config = { maxAttempts: 1, ...options.config };
  const executor = await PubSubExecutor.open({ logger: quiet, ...options, config });
  onTestFinished(() => executor.close());
  executor.registerAgent(
    defineAgent({
      name: 'press',
      subscribe: 'articles',
      process: function printArticle() {
        throw make();
      },
    }),
  );
  return executor;
}

/** What one delivery of it left: the outcome, as the iterator and the report have it, and the record. */
async function failed(executor: PubSubExecutor) {
  const run = executor.execute({ channel: 'articles', payload: 1 });
  const outcomes: NodeExecutionOutcome[] = [];
  for await (const outcome of run) outcomes.push(outcome);
  const report = await run.report;
  const record = [...executor.tree.deadLetters()].at(-1)?.errors.at(-1);
  return { report, record, read: outcomes[0]?.finalError, reported: report.agentOutcomes[0]?.finalError };
}

describe('in the session in which it was thrown', () => {
  test('the error of the outcome, of the iterator and of the report has it as its cause, stack and all', async () => {
    const jam = new PressJam('paper jam');
    const { report, read, reported } = await failed(await throwing(() => jam));
    for (const error of [read, reported, report.error]) {
      expect(error).toBeInstanceOf(PubSubError);
      expect(error).toMatchObject({ code: 'EXECUTION_ERROR', message: 'paper jam' });
      expect(error?.cause).toBe(jam);
    }
    expect(jam.stack).toContain('thrown-errors.test');
  });

  test.each<[string, unknown]>([
    ['a text', 'paper jam'],
    ['null', null],
    ['an answer of a server', { status: 500 }],
    ['a Proxy that throws', new Proxy({}, { get: () => fail(), getPrototypeOf: () => fail() })],
    ['a frozen error', Object.freeze(new Error('paper jam'))],
  ])('%s is the cause, too', async (_, thrown) => {
    const { report, reported } = await failed(await throwing(() => thrown));
    expect(reported?.cause === thrown).toBe(true);
    expect(report.error?.cause === thrown).toBe(true);
  });

  test('an error of ours comes back as it was: code, details, its own cause and stack', async () => {
    const cause = new Error('ECONNREFUSED');
    const thrown = new PubSubError('DATABASE_ERROR', 'no store', { cause, details: { tries: 2, huge: 10n } });
    const { reported } = await failed(await throwing(() => thrown));
    const details = { tries: 2, huge: '10n (a BigInt)' };
    expect(reported).toMatchObject({ code: 'DATABASE_ERROR', message: 'no store', details });
    expect(reported?.cause).toBe(cause);
    expect(reported?.stack).toBe(thrown.stack);
  });

  test('the newest thousand are kept; the first of a run, which is its error, as long as the run', async () => {
    let count = 0;
    const executor = await throwing(() => new Error(`jam ${++count}`));
    const run = executor.execute();
    for (let number = 0; number < 1005; number++) await executor.publish('articles', number);
    await executor.idle();
    await executor.stop();
    const { agentOutcomes, error } = await run.report;
    const causes = agentOutcomes.map(({ finalError }) => finalError?.cause);
    expect(causes.filter((cause) => cause === undefined)).toHaveLength(5);
    expect(causes.at(-1)).toMatchObject({ message: 'jam 1005' });
    expect(error?.cause).toMatchObject({ message: 'jam 1' });
  });
});

describe('in the record of it', () => {
  test('are its class and where it was thrown, for whoever opens the store later', async () => {
    const storage = memoryStorage();
    const executor = await throwing(() => new PressJam('paper jam'), { storage });
    await failed(executor);
    await executor.close();
    const later = await PubSubExecutor.open({ storage });
    onTestFinished(() => later.close());
    const [error] = [...later.tree.deadLetters()][0]?.errors ?? [];
    expect(error).toMatchObject({ code: 'EXECUTION_ERROR', message: 'paper jam', name: 'PressJam' });
    expect(error?.stack).toContain('thrown-errors.test');
    expect(error?.stack).not.toContain('paper jam'); // it is in `message`, where `redact` looks for it
    expect([...later.state.runs.values()][0]?.error).toEqual(error);
  });

  test.each<[string, () => unknown, string | undefined]>([
    ['an Error', () => new Error('jam'), undefined],
    ['a TypeError', () => new TypeError('jam'), 'TypeError'],
    [
      'an error with a name of its own',
      () => Object.assign(new Error('jam'), { name: 'JamError' }),
      'JamError',
    ],
    ['an error of ours', () => new PubSubError('EXECUTION_ERROR', 'jam'), undefined],
    ['one derived of ours', () => new (class Jam extends PubSubError {})('EXECUTION_ERROR', 'jam'), 'Jam'],
    [
      'a name that is too long',
      () => Object.assign(new Error('jam'), { name: 'x'.repeat(1e6) }),
      'x'.repeat(100),
    ],
    ['a name that is no text', () => Object.assign(new Error('jam'), { name: 7 }), undefined],
    ['no error', () => ({ name: 'Bob', status: 500 }), undefined],
  ])('%s has the name that says most', async (_, make, name) => {
    const { record } = await failed(await throwing(make));
    expect(record?.name).toBe(name);
  });

  test.each<[string, unknown, string | undefined]>([
    ['is no text', 7, undefined],
    ['is empty', '', undefined],
    ['is one endless line', 'x'.repeat(1e6), 'x'.repeat(2000)],
    ['is many lines', 'f@file.js:1:2\n'.repeat(1e5), `${'f@file.js:1:2\n'.repeat(142)}`.trimEnd()],
    ['begins with the message', 'Error: jam\n    at f (file.js:1:2)\n', '    at f (file.js:1:2)'],
    ['has no message', 'f@file.js:1:2\n@file.js:3:4\n', 'f@file.js:1:2\n@file.js:3:4'],
  ])('a stack that %s', async (_, stack, kept) => {
    const { record } = await failed(await throwing(() => Object.assign(new Error('jam'), { stack })));
    expect(record?.stack).toBe(kept);
  });

  test('getters that throw are passed over', async () => {
    const hostile = (): Error => {
      const error = new Error('jam');
      for (const member of ['stack', 'name', 'constructor', 'cause']) {
        Object.defineProperty(error, member, { get: fail });
      }
      return error;
    };
    const { record, reported } = await failed(await throwing(hostile));
    expect(record).toEqual({ code: 'EXECUTION_ERROR', message: 'jam' });
    expect(reported?.message).toBe('jam');
  });

  test('only errors that an agent’s own code threw have a stack: others tell of ours', async () => {
    const { record } = await failed(await throwing(() => new PubSubError('VALIDATION_ERROR', 'no')));
    expect(record).toEqual({ code: 'VALIDATION_ERROR', message: 'no' });
  });

  test('of a storm of failures twenty have a stack, so that it does not fill the store', async () => {
    const executor = await throwing(() => new Error('jam'));
    const events: RunEvent[] = [];
    executor.subscribe((event) => events.push(event));
    executor.execute();
    for (let number = 0; number < 500; number++) await executor.publish('articles', number);
    await executor.idle();
    const stacks = events.filter((event) => event.type === 'delivery.failed' && event.error.stack);
    expect(stacks).toHaveLength(20);
  });

  test('with a runtime of yours events have no stack, and are the same on every machine', async () => {
    const { executor, runtime, events, recorded } = await openBus({ config: { maxAttempts: 1 } });
    const jam = new PressJam('paper jam');
    executor.registerAgent(
      defineAgent({ name: 'press', subscribe: 'articles', process: () => Promise.reject(jam) }),
    );
    const run = executor.execute({ channel: 'articles', payload: 1 });
    await runtime.runUntilIdle();
    expect(recorded('delivery.failed')[0]?.error).toEqual({
      code: 'EXECUTION_ERROR',
      message: 'paper jam',
      name: 'PressJam',
    });
    expect((await run.report).error?.cause).toBe(jam);
    expect(events.length).toBeGreaterThan(0);
  });

  test('the fold of the events is the live state: what was thrown is beside it', async () => {
    const events: RunEvent[] = [];
    const executor = await throwing(() => new PressJam('paper jam'), {
      listener: (event) => void events.push(event),
    });
    await failed(executor);
    await executor.close();
    expectSameState(fold(JSON.parse(JSON.stringify(events))), executor.state);
  });
});

function fail(): never {
  throw new Error('no');
}
