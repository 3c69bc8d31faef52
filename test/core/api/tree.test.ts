import { defineAgent, generateNodeId, serializeTreeToDot } from 'dagger-agents';
import { describe, expect, test } from 'vitest';
import { openBus, refusal } from '../../support/bus.js';

const splitter = defineAgent({
  name: 'splitter',
  subscribe: 'text',
  publish: 'word',
  async process({ payload, publish }) {
    for (const word of String(payload).split(' ')) await publish('word', word);
  },
});
const reader = defineAgent({
  name: 'reader "quoted" \\',
  subscribe: 'word',
  process({ payload, attempt }) {
    if (payload === 'bad') throw new Error('cannot read\n"this"');
    if (payload === 'shaky' && attempt === 1) throw new Error('once');
  },
});

async function readText() {
  const bus = await openBus({ config: { retryStrategy: { type: 'immediate' } } });
  bus.executor.registerAgents([splitter, reader]);
  const run = bus.executor.execute({ channel: 'text', payload: 'good bad shaky' });
  const report = await bus.reported(0, run);
  return { ...bus, run, report };
}

describe('the execution tree', () => {
  test('has a node for each publish and each invocation, each the child of its cause', async () => {
    const { executor, run } = await readText();
    const nodes = [...executor.tree.nodes(run.id)];
    const byNumber = new Map(nodes.map((node) => [node.number, node]));
    const [root] = nodes;
    expect(root).toMatchObject({
      kind: 'publish',
      channel: 'text',
      parent: 0,
      status: 'published',
      run: run.id,
    });
    const split = nodes.find((node) => node.kind === 'invocation' && node.agent === 'splitter');
    expect(split).toMatchObject({ parent: root?.number, status: 'succeeded', attempts: 1 });
    const words = nodes.filter((node) => node.kind === 'publish' && node.channel === 'word');
    expect(words.map(({ parent }) => parent)).toEqual([split?.number, split?.number, split?.number]);
    const reads = nodes.filter((node) => node.kind === 'invocation' && node.agent === reader.name);
    expect(reads.map((node) => [byNumber.get(node.parent)?.channel, node.status])).toEqual([
      ['word', 'succeeded'],
      ['word', 'failed'],
      ['word', 'succeeded'],
    ]);
    expect(executor.tree.size).toBe(8);
  });

  test('keeps every attempt’s error, and the message of a dead letter', async () => {
    const { executor, report } = await readText();
    const failed = report.agentOutcomes.find(({ success }) => !success);
    const node = executor.tree.find(failed?.nodeId ?? '');
    expect(node).toMatchObject({
      status: 'failed',
      attempts: 3,
      deadLetter: { payload: 'bad', channel: 'word' },
    });
    expect(node?.kind === 'invocation' && node.errors.map(({ message }) => message)).toEqual(
      Array(3).fill('cannot read\n"this"'),
    );
  });

  test('edges carry the channel', async () => {
    const { executor, run } = await readText();
    const edges = [...executor.tree.edges(run.id)];
    expect(edges).toHaveLength(7);
    expect(edges.filter(({ channel }) => channel === 'text')).toHaveLength(1);
    expect(edges.filter(({ channel }) => channel === 'word')).toHaveLength(6);
  });

  test('keeps the newest nodes only, as many as retention says', async () => {
    const { executor, reported } = await openBus({ retention: { nodes: 10 } });
    executor.registerAgents([splitter, defineAgent({ name: 'end', subscribe: 'word', process() {} })]);
    const payload = Array(50).fill('word').join(' ');
    const report = await reported(0, executor.execute({ channel: 'text', payload }));
    expect(report.counts).toMatchObject({ published: 51, succeeded: 51 });
    const numbers = [...executor.tree.nodes()].map(({ number }) => number);
    expect(numbers).toHaveLength(10);
    // Every publish and every invocation, and once more the splitter, which ended when its node was gone.
    expect(numbers.at(-1)).toBe(103);
    expect(executor.tree.get(1)).toBeUndefined();
    // The parents that are gone make roots of their children, and nothing points at a node that is not there.
    for (const { from } of executor.tree.edges()) expect(executor.tree.get(from)).toBeDefined();
  });
});

describe('DOT', () => {
  test('is byte-stable: the same run gives the same text, again and on another day', async () => {
    const first = await readText();
    const text = serializeTreeToDot(first.executor.tree, 'reading');
    expect(serializeTreeToDot(first.executor.tree, 'reading')).toBe(text);
    const second = await readText();
    expect(serializeTreeToDot(second.executor.tree, 'reading')).toBe(text);
  });

  test('quotes, backslashes and line breaks are escaped', async () => {
    const { executor, run } = await readText();
    const text = serializeTreeToDot(executor.tree, run.id);
    expect(text).toContain('reader \\"quoted\\" \\\\');
    expect(text).toContain('cannot read\\n\\"this\\"');
    expect(text.startsWith(`digraph "${run.id}" {\n`)).toBe(true);
    expect(text.endsWith('}\n')).toBe(true);
    // A quote that is not escaped would end its string early: every line has an even number of them.
    for (const line of text.split('\n')) expect((line.match(/(?<!\\)"/g) ?? []).length % 2, line).toBe(0);
  });

  test('a run’s text holds that run only', async () => {
    const { executor, run, reported } = await readText();
    await reported(0, executor.execute({ channel: 'text', payload: 'one' }));
    expect(serializeTreeToDot(executor.tree, run.id).match(/^ {2}n\d+ \[/gm)).toHaveLength(8);
  });

  test('a name is needed', async () => {
    const { executor } = await openBus();
    expect(await refusal(() => serializeTreeToDot(executor.tree, ''))).toMatchObject({
      code: 'VALIDATION_ERROR',
    });
  });
});

describe('generateNodeId', () => {
  test('is action_<ms>_<n>, never the same twice', () => {
    const ids = Array.from({ length: 10_000 }, () => generateNodeId('fetch'));
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids.slice(0, 10)) expect(id).toMatch(/^fetch_\d{13}_\d+$/);
  });

  test.each([[''], [7], [undefined], ['x'.repeat(1000)]])('%o is refused', async (action) => {
    const name: string = JSON.parse(JSON.stringify({ action })).action;
    expect(await refusal(() => generateNodeId(name))).toMatchObject({ code: 'VALIDATION_ERROR' });
  });
});
