import { createMessage, createTaskMessage, defineAgent, generateNodeId, type Message } from 'dagger-agents';
import { describe, expect, test } from 'vitest';
import { openBus, refusal } from '../../support/bus.js';

describe('createMessage and createTaskMessage', () => {
  test('have an id of their own, an ISO 8601 time, a source and the payload', () => {
    const message = createMessage('importer', { row: 1 });
    expect(message).toMatchObject({ source: 'importer', payload: { row: 1 } });
    expect(new Date(message.timestamp).toISOString()).toBe(message.timestamp);
    expect(JSON.parse(JSON.stringify(message))).toEqual(message);
    const ids = Array.from({ length: 1000 }, () => createMessage('importer', 1).id);
    expect(new Set(ids).size).toBe(1000);
  });

  test('createTaskMessage adds the task’s id', () => {
    expect(createTaskMessage('importer', 'task-7', 'work')).toMatchObject({
      source: 'importer',
      taskId: 'task-7',
      payload: 'work',
    });
  });

  test('refuse an empty source, an empty task and what is not JSON', async () => {
    expect((await refusal(() => createMessage('', 1))).code).toBe('VALIDATION_ERROR');
    expect((await refusal(() => createTaskMessage('a', '', 1))).code).toBe('VALIDATION_ERROR');
    expect((await refusal(() => createMessage('a', undefined))).code).toBe('SERIALIZATION_ERROR');
    expect((await refusal(() => createTaskMessage('a', 't', new Map()))).code).toBe('SERIALIZATION_ERROR');
  });
});

describe('generateNodeId', () => {
  test('is action_<ms>_<n>, never twice', async () => {
    expect(generateNodeId('fetch')).toMatch(/^fetch_\d{13}_\d+$/);
    const ids = Array.from({ length: 10_000 }, () => generateNodeId('a'));
    expect(new Set(ids).size).toBe(10_000);
    expect((await refusal(() => generateNodeId(''))).code).toBe('VALIDATION_ERROR');
  });
});

describe('a published message', () => {
  test('is plain JSON: id, timestamp, source, channel, payload', async () => {
    const { executor, runtime } = await openBus();
    await runtime.advance(1234);
    const message = await executor.publish('in', { n: 1 });
    expect(message).toEqual({
      id: message.id,
      timestamp: '2026-01-01T00:00:01.234Z',
      source: 'app',
      channel: 'in',
      payload: { n: 1 },
    });
    expect(message.id).not.toBe('');
    expect(await executor.publish('in', 1, { source: 'cli' })).toMatchObject({ source: 'cli' });
  });

  test('of an agent names its invocation as source and the message it worked on as parent', async () => {
    const { executor } = await openBus();
    const seen: { nodeId: string; own: Message; got: Message[] } = {
      nodeId: '',
      own: createMessage('x', 0),
      got: [],
    };
    executor.registerAgents([
      defineAgent({
        name: 'talker',
        subscribe: 'in',
        publish: 'out',
        async process({ publish, nodeId, message }) {
          seen.nodeId = nodeId;
          seen.own = message;
          await publish('out', 'said');
        },
      }),
      defineAgent({ name: 'sink', subscribe: 'out', process: ({ message }) => void seen.got.push(message) }),
    ]);
    await executor.execute({ channel: 'in', payload: 'go' }).report;
    expect(seen.got).toMatchObject([
      { source: seen.nodeId, parentId: seen.own.id, channel: 'out', payload: 'said' },
    ]);
  });

  test('later changes by its sender do not reach it', async () => {
    const { executor, runtime } = await openBus();
    const heard: unknown[] = [];
    executor.registerAgent(
      defineAgent({ name: 'sink', subscribe: 'in', process: ({ payload }) => void heard.push(payload) }),
    );
    executor.execute();
    const payload = { list: [1] };
    await executor.publish('in', payload);
    payload.list.push(2);
    await runtime.runUntilIdle();
    expect(heard).toEqual([{ list: [1] }]);
  });

  test('made with createMessage keeps its id, time, source and task', async () => {
    const { executor } = await openBus();
    const made = createTaskMessage('importer', 'task-1', 'row');
    expect(await executor.publish('in', made)).toEqual({ ...made, channel: 'in' });
    for (const timestamp of ['yesterday', 'Jan 1, 2020', '2026-13-01', ' 2026-01-01', '2026-01-01T00:00Z ']) {
      const wrong = { ...made, timestamp };
      expect((await refusal(() => executor.publish('in', wrong))).message).toContain('message.timestamp');
    }
    for (const timestamp of ['2026-01-01', '2026-01-01T08:30', '2026-01-01T08:30:00.123456+02:00']) {
      expect(await executor.publish('in', { ...createMessage('app', 1), timestamp })).toMatchObject({
        timestamp,
      });
    }
  });

  test('has the source that the options name, whatever it said before', async () => {
    const { executor } = await openBus();
    const made = createMessage('importer', 'row');
    expect(await executor.publish('in', made, { source: 'cli' })).toEqual({
      ...made,
      source: 'cli',
      channel: 'in',
    });
  });

  test('a message that an agent got can be forwarded: it is a new message with the same payload only', async () => {
    const { executor, recorded } = await openBus();
    executor.registerAgent(
      defineAgent({
        name: 'forwarder',
        subscribe: 'in',
        publish: 'out',
        process: ({ publish, message }) => publish('out', message.payload),
      }),
    );
    await executor.execute({ channel: 'in', payload: { a: 1 } }).report;
    const [first, second] = recorded('message.published').map(({ message }) => message);
    expect(second?.payload).toEqual(first?.payload);
    expect(second?.id).not.toBe(first?.id);
  });
});

describe('publish with a task', () => {
  test('creates the task and stamps the message; agents pass the id on', async () => {
    const { executor, recorded } = await openBus();
    const seen: unknown[] = [];
    executor.registerAgents([
      defineAgent({ name: 'a', subscribe: 'in', publish: 'out', process: ({ payload }) => payload }),
      defineAgent({ name: 'b', subscribe: 'out', process: ({ message }) => void seen.push(message.taskId) }),
    ]);
    executor.execute();
    const message = await executor.publish('in', 1, {
      task: { type: 'read', data: { url: 'x' }, maxAttempts: 2 },
    });
    await executor.idle();
    expect(executor.tasks.getTaskById(message.taskId ?? '')).toMatchObject({
      taskType: 'read',
      data: { url: 'x' },
      maxAttempts: 2,
      status: 'pending',
    });
    expect(seen).toEqual([message.taskId]);
    expect(recorded('task.set')).toHaveLength(1);
  });

  test('updates the task that is named', async () => {
    const { executor } = await openBus();
    const { taskId } = executor.tasks.addTask('read', 'old');
    const message = await executor.publish('in', 1, { task: { taskId, type: 'read', data: 'new' } });
    expect(message.taskId).toBe(taskId);
    expect(executor.tasks.list()).toMatchObject([{ taskId, data: 'new' }]);
  });

  test('by an agent', async () => {
    const { executor, recorded } = await openBus();
    executor.registerAgent(
      defineAgent({
        name: 'planner',
        subscribe: 'in',
        publish: 'work',
        process: async ({ publish }) => void (await publish('work', 1, { task: { type: 'read', data: 5 } })),
      }),
    );
    await executor.execute({ channel: 'in', payload: 1 }).report;
    const [task] = executor.tasks.list();
    expect(task).toMatchObject({ taskType: 'read', data: 5 });
    expect(recorded('message.published').at(-1)?.message.taskId).toBe(task?.taskId);
  });
});

describe('ids that count', () => {
  test('are the prefix and the number, in whatever order numbers come', async () => {
    const { CountedText } = await import('../../../core/state/counted-text.js');
    const ids = new CountedText('agent_7_');
    const numbers = [0, 1, 9, 10, 99, 100, 999, 1000, 1001, 1010, 1999, 2000, 5, 999_999, 1_000_000, 2 ** 40];
    for (const number of [...numbers, ...numbers.reverse()]) {
      expect(ids.of(number)).toBe(`agent_7_${number}`);
      expect(ids.first(number)).toBe(`agent_7_${number}.0`);
    }
  });
});
