import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { PubSubExecutor } from '../../../core/index.js';
import { fileSystemStorage } from '../../../storage-adapters/filesystem.js';
import { median } from '../statistics.js';
import { byHand, byJournal, byPublish, bytesIn, run, runOn, withoutSnapshots } from './journal-work.js';
import { payloadOf } from './messages.js';

/**
 * What durability costs in Node, as ratios within one run:
 *   npx tsx --conditions=dagger-source test/bench/storage/journal.ts [--quick]
 * The quick form takes less than a minute; the whole one some minutes, and a few hundred megabytes of the disk.
 */
const quick = process.argv.includes('--quick');
const rounds = quick ? 5 : 9;
const messages = quick ? 20_000 : 100_000;
const quiet = { warn() {}, info() {} };
setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** Runs `work` with a directory of its own. */
async function within<Result>(work: (directory: string) => Promise<Result>): Promise<Result> {
  const directory = mkdtempSync(join(tmpdir(), 'dagger-bench-'));
  try {
    return await work(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Interleaved rounds; prints each contender's median, and its ratio to the first by the medians of the rounds' ratios. */
async function compare(
  what: string,
  count: number,
  contenders: Record<string, () => Promise<number>>,
): Promise<void> {
  const times: Record<string, number[]> = {};
  // Once without counting: the compiler has to get to know everybody first.
  for (let round = -1; round < rounds; round++) {
    for (const [name, contender] of Object.entries(contenders)) {
      collect();
      const time = await contender();
      if (round < 0) times[name] = [];
      else times[name]?.push(time);
    }
  }
  console.log(`${what}, ${count.toLocaleString('en')} messages:`);
  const [first] = Object.keys(contenders);
  for (const [name, own] of Object.entries(times)) {
    const ratios = own.map((time, round) => time / (times[first ?? '']?.[round] ?? Number.NaN));
    const perSecond = Math.round((count / median(own)) * 1000).toLocaleString('en');
    const spread = `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`;
    console.log(`  ${name}: ${median(ratios).toFixed(2)} (${spread}); ${perSecond}/s`);
  }
}

for (const [durability, width] of [
  ['sync', 1024],
  ['sync', 64],
  ['batched', 1024],
] as const) {
  const sync = durability === 'sync';
  await compare(`${durability}, ${width} in flight`, messages, {
    'append and group commit by hand': () => within((path) => byHand(path, sync, messages, width)),
    'journal and file store': () => within((path) => byJournal(path, sync, messages, width)),
    'executor.publish': () => within((path) => byPublish(path, durability, messages, width)),
  });
}

const hops = quick ? 10_000 : 50_000;
await compare('a run of one agent', hops, {
  'in memory': () => run({}, hops),
  batched: () =>
    within((directory) => run({ storage: fileSystemStorage({ directory }), durability: 'batched' }, hops)),
  sync: () => within((directory) => run({ storage: fileSystemStorage({ directory }) }, hops)),
});

/** A message that one agent has processed is three events. */
const payload = JSON.stringify(payloadOf(100_000)).length;
const long = quick ? 70_000 : 334_000;
await within(async (directory) => {
  const storage = fileSystemStorage({ directory });
  const writer = await PubSubExecutor.open({
    storage: withoutSnapshots(storage),
    durability: 'batched',
    logger: quiet,
  });
  await runOn(writer, long, 1024);
  const events = writer.state.seq;
  await writer.close();
  const logged = bytesIn(directory);
  const time = async (): Promise<number> => {
    const started = performance.now();
    const executor = await PubSubExecutor.open({ storage: withoutSnapshots(storage), logger: quiet });
    const taken = performance.now() - started;
    await executor.close();
    return taken;
  };
  const fromLog = await time();
  const saver = await PubSubExecutor.open({ storage });
  await saver.saveState();
  await saver.close();
  const fromSnapshot = await time();
  console.log(`a run of ${events.toLocaleString('en')} events:`);
  console.log(
    `  on the disk ${(logged / long).toFixed(0)} bytes a message of three events, ${payload} of them payload`,
  );
  console.log(
    `  opened in ${fromLog.toFixed(0)} ms from its log, in ${fromSnapshot.toFixed(0)} ms from a snapshot`,
  );
  console.log(
    `  the snapshot, with the newest 100,000 nodes: ${(bytesIn(directory, '.snapshot') / 1e6).toFixed(1)} MB`,
  );
});

const many = quick ? 100_000 : 1_000_000;
await within(async (directory) => {
  const executor = await PubSubExecutor.open({
    storage: fileSystemStorage({ directory }),
    durability: 'batched',
  });
  const heaps: number[] = [];
  await runOn(executor, many, 1024, (number) => {
    if (number % (many / 10) !== many / 20) return;
    collect();
    heaps.push(process.memoryUsage().heapUsed / 1e6);
  });
  const disk = bytesIn(directory);
  await executor.close();
  console.log(
    `memory while ${many.toLocaleString('en')} messages are journaled (batched), in MB after a collection:`,
  );
  console.log(
    `  ${heaps.map((heap) => heap.toFixed(0)).join(', ')}; ${(disk / 1e6).toFixed(0)} MB on the disk at the end`,
  );
});
