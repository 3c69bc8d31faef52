/*
 * A process that uses everything at once, at random, until it is killed. Told on the command line: see `Orders`. It notes
 * in a file, at once and before anything else comes of it, what it is about to write, what was acknowledged to it, and
 * what it was shown.
 */
import { openSync, writeSync } from 'node:fs';
import { type Message, PubSubExecutor, type RunHandle, type StorageAdapter } from 'dagger-agents';
import { fileSystemStorage } from 'dagger-agents/storage/filesystem';
import fc from 'fast-check';
import { attempt, type Playing, perform, register } from '../../support/random-run.js';
import { type Action, actions, CHANNELS } from '../../support/random-system.js';
import { fastRuntime } from './fast-runtime.js';
import { type Note, type Orders, systemOf } from './random-notes.js';

/** So much may wait: then what waits is brought on its way, or dropped with its channel. */
const MOST_WAITING = 150;
/** Actions between two snapshots. */
const SAVE_EVERY = 17;

const orders: Orders = JSON.parse(process.argv[2] ?? '');
const file = openSync(orders.notes, 'a');
const note = (what: Note): void => void writeSync(file, `${JSON.stringify(what)}\n`);
const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** So that it ends, too, when its parent has died. */
setTimeout(() => process.exit(3), 60_000).unref();
process.stdin.on('end', () => process.exit(3)).resume();
process.on('unhandledRejection', (reason) => note({ unhandled: String(reason) }));

const plan = systemOf(orders.seed);
const runtime = fastRuntime(orders.beginning);
const { config, nodes, maxRuns } = plan;
const executor = await PubSubExecutor.open({
  runtime,
  config,
  retention: { nodes, maxRuns },
  storage: noting(fileSystemStorage({ directory: orders.directory, segmentBytes: orders.segmentBytes })),
  durability: orders.durability,
  logger: { warn: () => {} },
});
const isCrowded = (): boolean => executor.state.unfinished.length > MOST_WAITING;
const runs: RunHandle[] = [];
const acknowledged = {
  push(...messages: Message[]): number {
    for (const message of messages) note({ acknowledged: message });
    return messages.length;
  },
};
const playing: Playing = { executor, runtime, runs, acknowledged, steps: 0, meddling: 0, isCrowded };
for (const [index, { late }] of plan.agents.entries())
  if (!late) attempt(() => register(plan, playing, index));
writeSync(1, 'ready');

let watched = 0;
for (let round = 0; ; round++) {
  const seed = orders.seed * 1000 + orders.life * 37 + round;
  for (const [index, action] of fc.sample(actions, { seed, numRuns: 5 }).flat().entries()) {
    act(action);
    if (executor.listRuns().every(({ status }) => status !== 'running')) act({ do: 'start reactive run' });
    if (index % SAVE_EVERY === 0) attempt(save);
    await pause();
    for (let tries = 0; isCrowded(); tries++) await makeRoom(tries);
  }
}

function act(action: Action): void {
  playing.meddling = 4;
  attempt(() => perform(plan, playing, action));
  for (const run of runs.slice(watched)) watch(run);
  watched = runs.length;
}

function watch(run: RunHandle): void {
  attempt(async () => {
    for await (const { nodeId } of run) note({ done: nodeId });
  });
  attempt(async () => note({ report: await run.report }));
}

async function save(): Promise<void> {
  const { seq } = executor.state;
  await executor.saveState();
  note({ saved: seq });
}

async function makeRoom(tries: number): Promise<void> {
  act({ do: 'resume' });
  act({ do: 'start resume run' });
  for (const which of executor.humans.pending().keys()) act({ do: 'answer', which });
  for (let channel = 0; tries > 10 && channel < CHANNELS; channel++) {
    act({ do: 'shut channel down', channel, force: true });
  }
  await pause();
}

/** The same store, but what is appended is noted first. */
function noting(storage: StorageAdapter): StorageAdapter {
  const { kind, supports } = storage;
  return {
    kind,
    supports,
    list: () => storage.list(),
    remove: (name) => storage.remove(name),
    close: () => storage.close(),
    async open(name, options) {
      const namespace = await storage.open(name, options);
      return {
        epoch: namespace.epoch,
        tornTail: namespace.tornTail,
        append(batch, how) {
          note({ append: batch.firstSequence, records: batch.records });
          return namespace.append(batch, how);
        },
        read: (after) => namespace.read(after),
        readSnapshot: () => namespace.readSnapshot(),
        writeSnapshot: (snapshot) => namespace.writeSnapshot(snapshot),
        repair: () => namespace.repair(),
        close: () => namespace.close(),
      };
    },
  };
}
