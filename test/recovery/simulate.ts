import { parseArgs } from 'node:util';
import { simulate } from './simulation/simulation.js';

/*
 * The simulation by hand, on one seed or many:
 *   npx tsx --conditions=dagger-source test/recovery/simulate.ts --seed 123
 *   npx tsx --conditions=dagger-source test/recovery/simulate.ts --from 1 --seeds 10000
 */
const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    from: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1000' },
  },
});
const first = values.seed === undefined ? whole('--from', values.from, 0) : whole('--seed', values.seed, 0);
const count = values.seed === undefined ? whole('--seeds', values.seeds, 1) : 1;
const before = process.cpuUsage();
let [failed, crashes, deliveries, events, partlyUnseen] = [0, 0, 0, 0, 0];
for (let seed = first; seed < first + count; seed++) {
  try {
    const tale = await simulate(seed);
    crashes += tale.crashes;
    deliveries += tale.deliveries;
    events += tale.events;
    if (tale.isPartlyUnseen) partlyUnseen++;
    if (count === 1) console.log(tale);
  } catch (thrown) {
    failed++;
    console.error(`seed ${seed}:`, count === 1 ? thrown : thrown instanceof Error ? thrown.message : thrown);
  }
}
const { user, system } = process.cpuUsage(before);
const cpu = (user + system) / 1e6;
console.log(
  `${count} seeds, ${crashes} crashes, ${deliveries} deliveries, ${events} events, ${partlyUnseen} partly unseen, ${failed} failed; ` +
    `${cpu.toFixed(1)} s of CPU, ${((1000 * cpu) / count).toFixed(2)} ms a seed`,
);
process.exitCode = failed > 0 ? 1 : 0;

function whole(option: string, text: string, least: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(number) && number >= least) return number;
  throw new Error(`${option}: expected a whole number of ${least} or more, got ${JSON.stringify(text)}`);
}
