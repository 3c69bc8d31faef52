import { basename, join } from 'node:path';
import type { RepairReport } from '../../core/persistence/storage-adapter.js';
import { link as linkOf } from './checksum.js';
import { logDirectory, removeTree, repairedLog } from './directories.js';
import { createDurably, makeDirectories, namesIn, readBytes, renamePatiently } from './durable-files.js';
import { encodeHeader, Jump, readHeader } from './file-header.js';
import type { FileSystem } from './file-system.js';
import { type Frame, FrameEncoder, FrameKind, nextFrame } from './frames.js';
import { segmentPath, segmentPaths } from './segments.js';
import { readSnapshotFile, type SnapshotFile, type SnapshotOptions, snapshotFiles } from './snapshots.js';

/** How much a segment of the new log holds at most: what repairing needs in memory. */
const SEGMENT_BYTES = 2 ** 24;

/**
 * Brings a repair that a crash interrupted to one of its two ends. The repaired log is complete before the old one is
 * moved aside: so with both there it may be incomplete and is dropped, alone it is the log.
 */
export async function settleRepair(fileSystem: FileSystem, directory: string): Promise<void> {
  const [log, repaired] = [logDirectory(directory), repairedLog(directory)];
  const names = await namesIn(fileSystem, directory);
  if (!names.includes(basename(repaired))) return;
  if (names.includes(basename(log))) return removeTree(fileSystem, repaired);
  await renamePatiently(fileSystem, repaired, log);
  await fileSystem.syncDirectory(directory);
}

/**
 * Writes every record that can still be read into a new log and moves the old one, and damaged snapshots, to a
 * directory `damaged-N` beside it. The log must not be open.
 *
 * @param logIsLost none of its segments is there, though there were some.
 */
export async function repairNamespace(
  options: SnapshotOptions,
  { logIsLost }: { readonly logIsLost: boolean },
): Promise<RepairReport> {
  const { fileSystem, directory } = options;
  const log = logDirectory(directory);
  await makeDirectories(fileSystem, log);
  const { whole, damaged } = await sortSnapshots(options);
  const covered = whole.at(-1)?.sequence ?? 0;
  const repaired = repairedLog(directory);
  await fileSystem.makeDirectory(repaired);
  const writer = new RepairedLog(options, repaired, covered, logIsLost);
  const paths = await segmentPaths(fileSystem, log);
  for (const path of paths) await writer.take(path);
  const report = await writer.finish(damaged.at(-1)?.sequence ?? 0);
  const aside = await makeAside(fileSystem, directory);
  await renamePatiently(fileSystem, log, join(aside, basename(log)));
  await renamePatiently(fileSystem, repaired, log);
  await fileSystem.syncDirectory(directory);
  // Last, and with the log on the device: without them nothing tells that what they covered is missing.
  for (const { path } of damaged) await renamePatiently(fileSystem, path, join(aside, basename(path)));
  await fileSystem.syncDirectory(aside);
  await fileSystem.syncDirectory(directory);
  return report;
}

/** Copies whole frames, in order and without doubles, into segments of a new chain. */
class RepairedLog {
  readonly #options: SnapshotOptions;
  readonly #directory: string;
  /** What a snapshot holds is not lost when the log no longer has it. */
  readonly #covered: number;
  readonly #lost: [first: number, last: number][] = [];
  #kept = 0;
  /** The next sequence number wanted. */
  #next = 1;
  #begun = false;
  /** The segment being filled: its frames, and the link of its last. */
  #chunks: Buffer[] = [];
  #bytes = 0;
  #first = 1;
  #link = 0;
  #endUnknown: boolean;

  constructor(options: SnapshotOptions, directory: string, covered: number, endUnknown: boolean) {
    this.#options = options;
    this.#directory = directory;
    this.#covered = covered;
    this.#endUnknown = endUnknown;
  }

  async take(path: string): Promise<void> {
    const { fileSystem, salt } = this.#options;
    const bytes = await readBytes(fileSystem, path);
    const reading = readHeader(bytes, 'DAGGRLOG');
    let end = reading.state === 'whole' ? reading.header.length : 0;
    this.#endUnknown = reading.state !== 'whole';
    for (let frame = nextFrame(bytes, 0, bytes.length, salt); frame !== undefined; ) {
      if (frame.kind === FrameKind.records && frame.sequence >= this.#next) await this.#keep(bytes, frame);
      // A segment that was sealed has a successor; when that is gone, so is what was in it.
      this.#endUnknown = frame.kind === FrameKind.seal;
      end = frame.end;
      frame = nextFrame(bytes, frame.end, bytes.length, salt);
    }
    if (bytes.subarray(end).some((byte) => byte !== 0)) this.#endUnknown = true;
  }

  /** @param promised the last record that a damaged snapshot covered. */
  async finish(promised: number): Promise<RepairReport> {
    // A log without any segment would be taken for one that has lost them.
    if (!this.#begun) this.#begin(this.#covered + 1);
    await this.#flush(undefined);
    if (this.#endUnknown) this.#lose(this.#next, Number.POSITIVE_INFINITY);
    else if (promised >= this.#next) this.#lose(this.#next, promised);
    return { keptRecords: this.#kept, lost: this.#lost };
  }

  async #keep(bytes: Buffer, frame: Frame): Promise<void> {
    if (!this.#begun || frame.sequence > this.#next || this.#bytes >= SEGMENT_BYTES) {
      if (this.#begun) await this.#flush(frame.sequence);
      if (frame.sequence > this.#next) this.#lose(this.#next, frame.sequence - 1);
      this.#begin(frame.sequence);
    }
    const copy = Buffer.from(bytes.subarray(frame.offset, frame.end));
    this.#link = linkOf(frame.check, this.#link);
    copy.writeUInt32LE(this.#link, 0);
    this.#chunks.push(copy);
    this.#bytes += copy.length;
    this.#kept += frame.count;
    this.#next = frame.sequence + frame.count;
  }

  #begin(first: number): void {
    const { name } = this.#options;
    const inSnapshot = first <= this.#covered + 1;
    const jump = first === this.#next ? Jump.none : inSnapshot ? Jump.snapshot : Jump.repair;
    const header = encodeHeader('DAGGRLOG', { sequence: first, previousLink: this.#link, jump, name });
    this.#chunks = [header.bytes];
    this.#bytes = 0;
    this.#link = header.link;
    this.#first = first;
    this.#begun = true;
  }

  async #flush(nextFirst: number | undefined): Promise<void> {
    if (!this.#begun) return;
    const { fileSystem, salt } = this.#options;
    if (nextFirst !== undefined) {
      const seal = { kind: FrameKind.seal, sequence: nextFirst, records: [] };
      const { bytes, link } = new FrameEncoder(salt).encode(seal, this.#link);
      this.#chunks.push(bytes);
      this.#link = link;
    }
    await createDurably(fileSystem, segmentPath(this.#directory, this.#first), this.#chunks);
    this.#chunks = [];
  }

  #lose(first: number, last: number): void {
    if (last > this.#covered) this.#lost.push([Math.max(first, this.#covered + 1), last]);
  }
}

async function sortSnapshots(
  options: SnapshotOptions,
): Promise<{ readonly whole: SnapshotFile[]; readonly damaged: SnapshotFile[] }> {
  const [whole, damaged]: [SnapshotFile[], SnapshotFile[]] = [[], []];
  for (const file of await snapshotFiles(options.fileSystem, options.directory)) {
    const isWhole = (await readSnapshotFile(options, file)) !== undefined;
    (isWhole ? whole : damaged).push(file);
  }
  return { whole, damaged };
}

async function makeAside(fileSystem: FileSystem, directory: string): Promise<string> {
  const taken = await namesIn(fileSystem, directory);
  let number = 1;
  while (taken.includes(`damaged-${number}`)) number += 1;
  const aside = join(directory, `damaged-${number}`);
  await fileSystem.makeDirectory(aside);
  return aside;
}
