/*
 * A process that publishes and works until it is killed. Told on the command line: the directory, the number of the
 * first root message, and how many bytes a segment of the log has. It says on its standard output, one line each, what
 * happened: `open`, `ack PATH` once a publish is acknowledged, `run AGENT NODE PATH` when an agent is called,
 * `done NODE` when an outcome is shown.
 */
import { writeSync } from 'node:fs';
import { PubSubExecutor } from 'dagger-agents';
import { fileSystemStorage } from 'dagger-agents/storage/filesystem';
import { CONFIG, HOPELESS, killableTeam } from './team.js';

const [, , directory = '', first = '0', segmentBytes = '100000'] = process.argv;
const say = (line: string): void => void writeSync(1, `${line}\n`);
const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** So that it ends, too, when its parent has died. */
setTimeout(() => process.exit(3), 60_000).unref();
process.stdin.on('end', () => process.exit(3)).resume();

const executor = await PubSubExecutor.open({
  storage: fileSystemStorage({ directory, segmentBytes: Number(segmentBytes) }),
  config: CONFIG,
  retention: { nodes: 1000, maxRuns: 20 },
  // Whatever is said here fails the test; what is meant to fail does not.
  logger: { warn: (note, cause) => cause === HOPELESS || console.warn(note, cause) },
});
executor.registerAgents(killableTeam((...words) => say(`run ${words.join(' ')}`), pause));
say('open');

async function showOutcomes(): Promise<void> {
  for await (const { nodeId } of executor.execute()) say(`done ${nodeId}`);
}

/** Publishes as fast as it is acknowledged, some at a time, and not further ahead than the agents can follow. */
async function publishForEver(): Promise<void> {
  for (let number = Number(first); ; number += 4) {
    const paths = [0, 1, 2, 3].map((step) => `r${number + step}`);
    await Promise.all(paths.map((path) => executor.publish('roots', path).then(() => say(`ack ${path}`))));
    while (executor.state.unfinished.length > 60) await pause();
    if (number % 64 === 0) void executor.saveState();
  }
}

await Promise.all([showOutcomes(), publishForEver()]);
