import { expect, test } from 'vitest';
import { fileSystemStorage } from '../../storage-adapters/filesystem.js';
import { startWriter } from './support/processes.js';
import { seeded } from './support/simulated-disk.js';
import { readUntilError, records } from './support/stored-run.js';
import { temporaryDirectory } from './support/temporary-directory.js';

/** More with `STORAGE_KILL_CYCLES=500`. */
const CYCLES = Number(process.env.STORAGE_KILL_CYCLES ?? 20);

test(
  `killed ${CYCLES} times while it appends: nothing that was acknowledged is lost`,
  async () => {
    const place = temporaryDirectory();
    const random = seeded(11);
    let acknowledged = 0;
    try {
      for (let cycle = 1; cycle <= CYCLES; cycle += 1) {
        const writer = startWriter(place.path, 'append');
        await writer.saidLines(5 + Math.floor(random() * 60));
        await writer.kill();
        acknowledged = Number(writer.lines.at(-1)?.split(' ')[1]);
        const namespace = await fileSystemStorage({ directory: place.path }).open('run');
        const snapshot = await namespace.readSnapshot();
        const after = snapshot?.sequence ?? 0;
        const { read, error } = await readUntilError(namespace, after);
        await namespace.close();
        expect(error).toBeUndefined();
        expect(after + read.length).toBeGreaterThanOrEqual(acknowledged);
        expect(read).toEqual(records(after + 1, read.length));
        if (snapshot !== undefined) expect(snapshot.records).toEqual([`state of ${after}`]);
      }
    } finally {
      place.remove();
    }
  },
  20_000 + CYCLES * 5_000,
);
