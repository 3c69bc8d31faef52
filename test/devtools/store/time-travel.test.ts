import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defineAgent, PubSubExecutor } from '../../../core/index.js';
import { Disclosure } from '../../../core/inspection/disclosure.js';
import { attachInspector } from '../../../core/inspection/inspector.js';
import { inPageLink } from '../../../core/inspection/link.js';
import { DEFAULT_LIMITS } from '../../../core/inspection/safe-value.js';
import { applyEvent } from '../../../core/state/fold.js';
import { restore } from '../../../core/state/restore.js';
import type { RunEvent } from '../../../core/state/run-event.js';
import type { RunState } from '../../../core/state/run-state.js';
import { encodeParts, type SnapshotPart, snapshotOf } from '../../../core/state/snapshot.js';
import { NODE_STATUSES } from '../../../core/state/tree-node.js';
import { StoreSource } from '../../../devtools/store/canvas-source.js';
import { messageRow } from '../../../devtools/store/message-row.js';
import { PanelStore } from '../../../devtools/store/panel-store.js';
import { ManualScheduler } from '../manual-scheduler.js';
import { openWorld, type World, worlds } from '../random-run.js';

const disclosure = new Disclosure(undefined, DEFAULT_LIMITS);
const textOf = (state: RunState): string => [...encodeParts(snapshotOf(state))].join('\n');

interface Played {
  readonly store: PanelStore;
  readonly events: readonly RunEvent[];
  readonly first: readonly SnapshotPart[];
  readonly nodes: number;
  close(): Promise<void>;
}

async function played(world: World, share: boolean): Promise<Played> {
  const { executor, events, play } = await openWorld(world);
  const flushes = new Set<() => void>();
  const { inspector, watcher } = inPageLink();
  const { shareState, ...apart } = inspector;
  const detach = attachInspector(executor, share ? { ...apart, ...(shareState && { shareState }) } : apart, {
    setTimer(_, callback) {
      flushes.add(callback);
      return () => flushes.delete(callback);
    },
  });
  const scheduler = new ManualScheduler();
  const store = new PanelStore(watcher, { scheduler, checkpointEvents: 7 });
  store.connect();
  const first = snapshotOf(executor.state).map((part) => disclosure.part(part));
  const flush = (): void => {
    // The state may be looked at before its events have come.
    scheduler.settle();
    for (const due of [...flushes]) {
      flushes.delete(due);
      due();
    }
  };
  await play(flush);
  flush();
  scheduler.settle();
  scheduler.nextFrame();
  return {
    store,
    events,
    first,
    nodes: world.nodes,
    async close() {
      detach();
      await executor.close();
    },
  };
}

/** What the core's own fold makes of the events up to one of them. */
function foldedTo({ first, events, nodes }: Played, seq: number): RunState {
  const state = restore(first, { nodes });
  for (const event of events) if (event.seq <= seq) applyEvent(state, disclosure.event(event));
  return state;
}

/** Who declared to publish on a channel, and who has done so up to the event that is shown. */
function publishersOf(channel: string, { state, seq }: PanelStore, events: readonly RunEvent[]): string[] {
  const declared = [...state.agents.values()].filter(({ publications }) => publications.includes(channel));
  const seen = events.flatMap((event) => {
    if (event.type !== 'message.published' || event.seq > seq || event.message.channel !== channel) return [];
    return event.publisher === undefined ? 'app' : (event.message.source.split('_')[0] ?? '');
  });
  return [...new Set([...declared.map(({ name }) => name), ...seen])].sort();
}

test('at any event of any run, the panel shows what the fold of the events up to there gives', async () => {
  await fc.assert(
    fc.asyncProperty(
      worlds,
      fc.boolean(),
      fc.array(fc.nat(), { minLength: 8, maxLength: 8 }),
      async (world, share, places) => {
        const run = await played(world, share);
        const { store, events } = run;
        const last = events.at(-1)?.seq ?? 0;
        expect(store.last).toBe(last);
        for (const place of places) {
          const seq = store.first + (place % (last - store.first + 1));
          store.seek(seq);
          expect(store.seeking).toBe(false);
          expect(store.state.seq).toBe(seq);
          expect(textOf(store.state)).toBe(textOf(foldedTo(run, seq)));
        }
        store.seek('live');
        expect(store.live).toBe(true);
        expect(store.state.seq).toBe(last);
        await run.close();
      },
    ),
    { numRuns: 60 },
  );
});

test('lists and lanes agree with the tree, now and at any event', async () => {
  await fc.assert(
    fc.asyncProperty(worlds, fc.nat(), async (world, place) => {
      const run = await played({ ...world, nodes: 100_000 }, true);
      const { store, events } = run;
      const source = new StoreSource(store);
      const { messages } = store.recording?.activity ?? { messages: undefined };
      const published = events.filter((event) => event.type === 'message.published');
      expect(messages?.length).toBe(published.length);
      for (const [index, event] of published.entries()) {
        const row = messageRow(store, index);
        expect(row).toMatchObject({
          id: event.message.id,
          channel: event.message.channel,
          to: event.to,
          seq: event.seq,
          at: event.at,
        });
        const node = store.state.tree.get(row?.node ?? 0);
        expect(node).toMatchObject({ kind: 'publish', id: event.message.id });
        for (const [which, number] of (row?.nodes ?? []).entries()) {
          const invocation = store.state.tree.get(number);
          expect(invocation).toMatchObject({ kind: 'invocation', agent: event.to[which] });
          expect(NODE_STATUSES[row?.statuses[which] ?? 0]).toBe(invocation?.status);
        }
      }
      for (const seq of [store.last, store.first + (place % (store.last - store.first + 1))]) {
        store.seek(seq);
        const { length, node, status, start, end, attempt } = source.invocations();
        const newest = new Map<number, number>();
        for (let row = 0; row < length; row++) newest.set(node[row] ?? 0, row);
        for (const [number, row] of newest) {
          const invocation = store.state.tree.get(number);
          if (invocation?.kind !== 'invocation') throw new Error(`node ${number} is no invocation`);
          expect(start[row]).toBeLessThanOrEqual(end[row] || Number.POSITIVE_INFINITY);
          const shown = NODE_STATUSES[status[row] ?? 0];
          if (invocation.status === 'running') expect(Number.isNaN(end[row])).toBe(true);
          if (shown === 'succeeded' || shown === 'failed') {
            expect(invocation.status).toBe(shown);
            expect(invocation.attempts).toBe(attempt[row]);
          }
        }
        const agents = source.agents();
        for (const channel of source.channels()) {
          expect(channel.published).toBe(store.state.channels.get(channel.name)?.publishedCount);
          expect([...channel.publishers].sort()).toEqual(publishersOf(channel.name, store, events));
        }
        const running = [...store.state.unfinished].filter(
          (delivery) => delivery.status === 'running',
        ).length;
        expect(agents.reduce((sum, agent) => sum + agent.running, 0)).toBe(running);
      }
      await run.close();
    }),
    { numRuns: 60 },
  );
});

test('the graph draws only edges that messages took, also from before it was opened', async () => {
  const executor = await PubSubExecutor.open();
  const task = { type: 'dig', data: null };
  executor.registerAgents([
    defineAgent({
      name: 'planner',
      subscribe: 'questions',
      publish: ['parts', 'log'],
      async process({ publish }) {
        await publish('log', 'a plan');
        await publish('parts', 'one', { task });
      },
    }),
    defineAgent({ name: 'reader', subscribe: 'parts', publish: ['log'], process: () => 'read' }),
  ]);
  executor.openChannel('unrelated');
  const due = new Set<() => void>();
  const watch = (): StoreSource => {
    const { inspector, watcher } = inPageLink();
    attachInspector(executor, inspector, {
      setTimer: (_, callback) => {
        due.add(callback);
        return () => due.delete(callback);
      },
    });
    const store = new PanelStore(watcher, { scheduler: new ManualScheduler() });
    store.connect();
    return new StoreSource(store);
  };
  const edges = (source: StoreSource): Record<string, readonly string[]> =>
    Object.fromEntries(source.channels().map(({ name, publishers }) => [name, publishers]));
  const early = watch();
  const run = executor.execute({ channel: 'questions', payload: 'why?' });
  await run.report;
  const late = watch();
  const taken = { questions: ['app'], parts: ['planner'], log: ['planner', 'reader'], unrelated: [] };
  expect(edges(late)).toEqual(taken);
  for (const flush of due) flush();
  expect(edges(early)).toEqual(taken);
  await executor.close();
});

test('problems are listed, and the player finds them in order', async () => {
  const run = await played(
    {
      agents: [
        {
          subscribe: 0,
          publish: 1,
          fanOut: 0,
          failsEvery: 2,
          concurrency: 1,
          transactional: false,
          remembers: false,
          plans: false,
        },
      ],
      messages: Array.from({ length: 4 }, () => ({ channel: 0, fromOutside: false })),
      capacity: 1000,
      nodes: 1000,
      seed: 1,
      cancel: false,
    },
    true,
  );
  const { store } = run;
  const problems = store.recording?.problems ?? [];
  expect(problems.map(({ kind }) => kind)).toContain('retrying');
  store.seek(store.first);
  const visited: number[] = [];
  while (store.player.toFailure(1)) visited.push(store.seq);
  expect(visited).toEqual(problems.map(({ seq }) => seq));
  expect(store.player.toFailure(-1)).toBe(true);
  expect(store.seq).toBe(visited.at(-2));
  store.player.step(-1);
  expect(store.seq).toBe((visited.at(-2) ?? 0) - 1);
  await run.close();
});
