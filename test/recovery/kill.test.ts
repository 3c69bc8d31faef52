import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PubSubExecutor } from 'dagger-agents';
import { fileSystemStorage } from 'dagger-agents/storage/filesystem';
import { expect, onTestFinished, test } from 'vitest';
import { bundleChild, runAndKill } from './kill/killed-process.js';
import { CONFIG, isHopeless, killableTeam, numberIn } from './kill/team.js';
import { Chance } from './simulation/chance.js';

/** More with `npm run test:kill -- --cycles 300`. */
const CYCLES = Number(process.env.DAGGER_KILL_CYCLES ?? 25);

/** What the world outside has seen, over all lives. */
class Ledger {
  readonly acknowledged: Set<string> = new Set();
  /** Deliveries that were shown as done. */
  readonly done: Set<string> = new Set();
  /** Every message that an agent was given: which delivery that was, the last time. */
  readonly #given = new Map<string, string>();
  calls = 0;

  read(lines: readonly string[]): void {
    for (const line of lines) {
      const [what, ...words] = line.split(' ');
      if (what === 'ack') this.acknowledged.add(words[0] ?? '');
      if (what === 'done') this.done.add(words[0] ?? '');
      if (what === 'run') this.call(words);
    }
  }

  /** Contents are unique: one that comes again, as whatever message, after it was done was done twice. */
  call([agent = '', nodeId = '', path = '']: readonly string[]): void {
    this.calls++;
    const content = `${agent} ${path}`;
    const before = this.#given.get(content);
    if (this.done.has(nodeId)) throw new Error(`${nodeId} ran again though it was done`);
    if (before !== undefined && this.done.has(before))
      throw new Error(`${content} came again, as ${nodeId}, though ${before} had done it`);
    this.#given.set(content, nodeId);
  }
}

test(`killed ${CYCLES} times under load: nothing acknowledged is lost, nothing finished runs again, nothing is doubled`, {
  timeout: 60_000 + CYCLES * 10_000,
}, async () => {
  const place = mkdtempSync(join(tmpdir(), 'dagger-kill-'));
  onTestFinished(() => rmSync(place, { recursive: true, force: true }));
  const script = join(place, 'child.mjs');
  const directory = join(place, 'store');
  await bundleChild(script);
  const chance = new Chance(20261122);
  const ledger = new Ledger();
  for (let cycle = 1; cycle <= CYCLES; cycle++) {
    // At any moment: while it recovers, at its first acknowledgement, or in the middle of things.
    const said = chance.pick(['open', 'ack', 'ack', 'done']);
    const after = chance.is(0.2) ? 0 : chance.whole(0, 120);
    const lines = await runAndKill(script, [directory, String(cycle * 100_000)], { said, after });
    ledger.read(lines);
  }
  expect(ledger.acknowledged.size).toBeGreaterThan(CYCLES);

  // The last life ends in peace: everything comes to its end.
  const executor = await PubSubExecutor.open({
    storage: fileSystemStorage({ directory }),
    config: CONFIG,
  });
  const note = (...words: string[]): void => ledger.call(words);
  executor.registerAgents(killableTeam(note, async () => {}));
  const run = executor.execute({ resume: true });
  for await (const { nodeId } of run) ledger.done.add(nodeId);
  expect(['completed', 'failed']).toContain((await run.report).status);
  expect(executor.state.unfinished.length).toBe(0);
  await executor.close();

  // What a new one finds is what a run without any crash comes to.
  const found = await PubSubExecutor.open({ storage: fileSystemStorage({ directory }) });
  const roots = survivors(found);
  expect([...ledger.acknowledged].filter((path) => !roots.includes(path))).toEqual([]);
  expect(resultsOf(found)).toEqual(await uncrashed(roots));
  await found.close();
  console.log(
    `${CYCLES} kills: ${ledger.acknowledged.size} acknowledged, ${ledger.calls} calls, ${ledger.done.size} outcomes`,
  );
});

/** The root messages that were split: those that were acknowledged, and those that only might have been lost. */
function survivors({ tasks }: PubSubExecutor): string[] {
  return tasks.getTasksByType('split').map(({ taskId }) => taskId);
}

/** What the agents have left behind, in an order that does not depend on who was first. */
function resultsOf({ cache, tasks }: PubSubExecutor): { booked: unknown[]; worked: number; tasks: string[] } {
  const booked = Array.from({ length: 50 }, (_, bucket) => {
    const entries = cache.getGlobalInput('booked', String(bucket));
    return Array.isArray(entries) ? [...entries].sort() : [];
  });
  const worked = booked
    .flat()
    .filter((path) => cache.getGlobalInput('worked', String(path).slice(0, -1)) === true);
  return {
    booked,
    worked: worked.length,
    tasks: tasks
      .getTasksByType('check')
      .map(({ taskId, status }) => `${taskId}: ${status}`)
      .sort(),
  };
}

async function uncrashed(roots: readonly string[]): Promise<ReturnType<typeof resultsOf>> {
  const executor = await PubSubExecutor.open({ config: CONFIG });
  executor.registerAgents(
    killableTeam(
      () => {},
      async () => {},
    ),
  );
  executor.execute();
  for (const path of roots) await executor.publish('roots', path);
  await executor.idle();
  const results = resultsOf(executor);
  await executor.close();
  const hopeless = roots.filter((path) => isHopeless(`${path}.1`)).length;
  expect(results.worked).toBe(3 * roots.length - hopeless);
  expect(roots.every((path) => numberIn(path) > 0)).toBe(true);
  return results;
}
