/*
 * A process that writes into a store until it is killed. Told on the command line: the directory, and what to do.
 * It says on its standard output, one line each, what has happened, and goes on when that is written.
 */
import { fileSystemStorage } from '../../../storage-adapters/filesystem.js';
import { records } from './stored-run.js';

const [, , directory = '', task = ''] = process.argv;
const say = (line: string): Promise<void> =>
  new Promise((resolve) => process.stdout.write(`${line}\n`, () => resolve()));

/** So that a run whose parent died ends, too. */
setTimeout(() => process.exit(3), 60_000).unref();

const storage = fileSystemStorage({ directory, segmentBytes: 20_000 });

async function appendForEver(): Promise<void> {
  const namespace = await storage.open('run', { owner: 'the writer' });
  let next = 1 + ((await namespace.readSnapshot())?.sequence ?? 0);
  for await (const batch of namespace.read(next - 1)) next = batch.firstSequence + batch.records.length;
  await say(`open ${next}`);
  for (let round = 1; ; round += 1) {
    const count = 1 + (round % 9);
    await namespace.append({ firstSequence: next, records: records(next, count) }, { sync: round % 2 === 0 });
    next += count;
    await say(`acked ${next - 1}`);
    if (round % 40 === 0)
      await namespace.writeSnapshot({ sequence: next - 1, records: [`state of ${next - 1}`] });
  }
}

/** Holds the namespace; on each line of input it appends one record and says what came of it. */
async function hold(): Promise<void> {
  const onLost = (error: Error): void => void say(`lost ${error.message}`);
  const namespace = await storage.open('run', { owner: 'the holder', onLost });
  let next = 1;
  await say('holding');
  for await (const _ of process.stdin) {
    const append = namespace.append({ firstSequence: next, records: records(next, 1) }, { sync: true });
    const code = await append.then(
      () => 'acked',
      (error: { code: string }) => error.code,
    );
    next += 1;
    await say(code);
  }
}

await (task === 'hold' ? hold() : appendForEver());
