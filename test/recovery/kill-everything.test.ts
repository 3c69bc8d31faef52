import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileSystemStorage } from 'dagger-agents/storage/filesystem';
import { expect, onTestFinished, test } from 'vitest';
import { foldRecord } from '../../core/persistence/record-reader.js';
import { recover } from '../../core/persistence/recovery.js';
import { RunState } from '../../core/state/run-state.js';
import { nodeIdOf } from '../../core/state/session-ids.js';
import { expectReport } from '../support/model/compare.js';
import { ReferenceModel } from '../support/model/reference-model.js';
import { expectSameState } from '../support/state-view.js';
import { bundleChild } from './kill/killed-process.js';
import { type Note, type Orders, systemOf } from './kill/random-notes.js';
import { Chance } from './simulation/chance.js';

/** More with `npm run test:kill -- --cycles 300`. */
const CYCLES = Number(process.env.DAGGER_KILL_CYCLES ?? 16);
/** Lives of one random system before another takes its place. */
const LIVES = 8;

type SystemOrders = Omit<Orders, 'life'>;

test(`random systems that use everything, killed ${CYCLES} times: each goes on with just what it had written`, {
  timeout: 60_000 + CYCLES * 10_000,
}, async () => {
  const place = mkdtempSync(join(tmpdir(), 'dagger-kill-everything-'));
  onTestFinished(() => rmSync(place, { recursive: true, force: true }));
  const script = join(place, 'child.mjs');
  await bundleChild(script, 'random-child.ts');
  const chance = new Chance(20261129);
  let acknowledged = 0;
  for (let cycle = 0, seed = 1000; cycle < CYCLES; seed++) {
    const beginning = Date.now();
    const directory = join(place, String(seed));
    const durability = chance.pick(['sync', 'batched'] as const);
    const segmentBytes = chance.pick([300, 3000, 100_000]);
    const orders: SystemOrders = {
      directory,
      durability,
      segmentBytes,
      notes: `${directory}.notes`,
      seed,
      beginning,
    };
    for (let life = 1; life <= LIVES && cycle < CYCLES; life++, cycle++) {
      await runAndKill(script, { ...orders, life }, chance.whole(0, 400));
      read(orders.notes);
      // Some are followed by the next at once, without anybody who looks and closes in order.
      if (chance.is(0.6)) await check(orders);
    }
    acknowledged += await check(orders);
    rmSync(directory, { recursive: true });
  }
  expect(acknowledged).toBeGreaterThan(CYCLES);
  console.log(`${CYCLES} kills, ${acknowledged} messages acknowledged`);
});

async function runAndKill(script: string, orders: Orders, after: number): Promise<void> {
  const child = spawn(process.execPath, [script, JSON.stringify(orders)], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  child.stdout.once('data', () => void setTimeout(() => child.kill('SIGKILL'), after));
  const [code, signal] = await once(child, 'close');
  if (signal !== 'SIGKILL') throw new Error(`the process ended by itself (${code}): ${errors}`);
}

/**
 * Looks at what a system has left: that is what the records say which it had written, no more and no less, and what it was
 * told is in them. Answers how many messages were acknowledged to it so far.
 */
async function check({ directory, segmentBytes, notes, seed }: SystemOrders): Promise<number> {
  const { config, nodes } = systemOf(seed);
  const limits = { nodes };
  const namespace = await fileSystemStorage({ directory, segmentBytes }).open('default');
  const found = await recover(namespace, limits);
  await namespace.close();

  const noted = read(notes);
  const records: string[] = [];
  for (const note of noted) {
    if (!('append' in note)) continue;
    // What the life before had noted and not written was never there.
    expect(note.append).toBeLessThanOrEqual(records.length + 1);
    records.length = note.append - 1;
    records.push(...note.records);
  }
  expect(found.record).toBeLessThanOrEqual(records.length);

  const model = new ReferenceModel(config, nodes);
  // Which starts were allowed during a pause is not noted.
  model.stepsAllowed = Number.POSITIVE_INFINITY;
  const state = new RunState(limits);
  for (const record of records.slice(0, found.record))
    foldRecord(state, record, (event) => model.apply(event));
  expectSameState(found.state, state);

  let acknowledged = 0;
  const done = new Set<string>();
  for (const note of noted) {
    if ('unhandled' in note) throw new Error(note.unhandled);
    if ('done' in note) done.add(note.done);
    if ('saved' in note) expect(found.state.seq).toBeGreaterThanOrEqual(note.saved);
    if ('report' in note) expectReport(model, note.report, false);
    if (!('acknowledged' in note)) continue;
    acknowledged++;
    // Of those that bring their own ids the newest alone are remembered.
    if (note.acknowledged.source === 'app') model.channels.requirePublished(note.acknowledged);
  }
  const again = [...found.state.unfinished].map(({ mailbox, session, number }) =>
    nodeIdOf(mailbox.agent, session, number),
  );
  expect(
    again.filter((nodeId) => done.has(nodeId)),
    'shown as done, and unfinished',
  ).toEqual([]);
  return acknowledged;
}

/** Whole lines only: the last may have been cut by the kill, and must not become a part of the next one's first. */
function read(notes: string): Note[] {
  const text = readFileSync(notes, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole !== text) writeFileSync(notes, whole);
  return whole
    .split('\n')
    .slice(0, -1)
    .map((line): Note => JSON.parse(line));
}
