import { expect, test, vi } from 'vitest';
import { humanInterruptAgent, type Logger, type PubSubConfig, PubSubExecutor } from '../../../core/index.js';
import { attachInspector } from '../../../core/inspection/inspector.js';
import { inPageLink } from '../../../core/inspection/link.js';
import { watchExecutor } from '../../../core/inspection/watcher.js';
import { createTestRuntime } from '../../../core/testing/test-runtime.js';
import { memoryStorage } from '../../../storage-adapters/memory.js';

/** What programs write that hand options on: `{ name: given.name }`, whether or not it was given. */
const config: PubSubConfig = {
  maxMessages: undefined,
  timeoutSeconds: undefined,
  humanWaitMinutes: undefined,
  humanTimeoutAction: undefined,
  maxTokens: undefined,
  retryStrategy: undefined,
  maxAttempts: undefined,
};

test('an option that is undefined is the same as one that is left out', async () => {
  const defaults = await PubSubExecutor.open();
  const storage = memoryStorage();
  const executor = await PubSubExecutor.open({
    storage,
    durability: undefined,
    namespace: undefined,
    waitSeconds: undefined,
    config,
    cache: undefined,
    validator: undefined,
    runtime: undefined,
    retention: { nodes: undefined, maxRuns: undefined, maxAgeSeconds: undefined },
    listener: undefined,
    logger: { info: undefined, warn: undefined },
  });
  expect(executor.config).toEqual(defaults.config);
  executor.openChannel('pages', { capacity: undefined, overflow: undefined, retain: undefined });
  executor.registerAgent(humanInterruptAgent({ name: undefined, subscribe: undefined, publish: undefined }));
  const options = { source: undefined, task: undefined };
  expect(await executor.publish('pages', 1, options)).toMatchObject({ source: 'app' });
  const task = { taskId: undefined, type: 'read', data: undefined, maxAttempts: undefined };
  expect(executor.tasks.createOrUpdateTask(task)).toMatchObject({ data: null, maxAttempts: 3 });
  const run = executor.execute(
    { channel: 'pages', payload: 1 },
    { signal: undefined, timeoutSeconds: undefined },
  );
  await run.report;
  await executor.shutdownChannel('pages', { force: undefined });
  await executor.stop({ graceSeconds: undefined });
  await executor.close();
  await defaults.close();
  expect(await PubSubExecutor.repair({ storage, namespace: undefined })).toBeDefined();
});

test('a logger of one part leaves the other as it is, and is called as a method', async () => {
  class Notes implements Logger {
    readonly #notes: string[] = [];
    get notes(): readonly string[] {
      return this.#notes;
    }
    info(): void {}
    warn(message: string): void {
      this.#notes.push(message);
    }
  }
  const logger = new Notes();
  const executor = await PubSubExecutor.open({ logger });
  executor.subscribe(() => {
    throw new Error('a bad listener');
  });
  executor.openChannel('pages');
  await executor.close();
  expect(logger.notes).toEqual([expect.stringContaining('listener')]);
});

test('a part of a logger that is undefined is the console’s', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const executor = await PubSubExecutor.open({ logger: { warn: undefined } });
  executor.subscribe(() => {
    throw new Error('a bad listener');
  });
  executor.openChannel('pages');
  await executor.close();
  expect(warn).toHaveBeenCalledOnce();
  warn.mockRestore();
});

test('the inspector, and who watches, take undefined', async () => {
  const executor = await PubSubExecutor.open();
  const { inspector, watcher } = inPageLink();
  const detach = attachInspector(executor, inspector, {
    name: undefined,
    redact: undefined,
    limits: { depth: undefined, characters: undefined },
    recentMessages: undefined,
    batchMs: undefined,
    eventsUnderWay: undefined,
    setTimer: undefined,
  });
  const watch = watchExecutor(watcher, {
    onEvent: undefined,
    onState: undefined,
    onGap: undefined,
    onForeignVersion: undefined,
  });
  expect(watch.name).toBe('executor');
  watch.stop();
  detach();
  await executor.close();
  expect(createTestRuntime({ seed: undefined, startAt: undefined }).now()).toBe(createTestRuntime().now());
});

test('any logger will do, whatever else it has; one that has nothing of ours is refused', async () => {
  for (const logger of [console, { warn: () => {}, error: () => {}, level: 'info' }])
    await (await PubSubExecutor.open({ logger })).close();
  const open = (logger: unknown) => Reflect.apply(PubSubExecutor.open, PubSubExecutor, [{ logger }]);
  await expect(open({ shout: () => {} })).rejects.toMatchObject({ details: { field: 'options.logger' } });
  await expect(open({ warn: 'loudly' })).rejects.toMatchObject({ details: { field: 'options.logger.warn' } });
});
