import { join } from 'node:path';
import type { StoredSnapshot } from '../../core/persistence/storage-adapter.js';
import { createDurably, namesIn, readBytes, removeIfThere } from './durable-files.js';
import { newerFormat } from './failures.js';
import { encodeHeader, FORMAT_VERSION, headerBytes, Jump, readHeader } from './file-header.js';
import type { FileSystem } from './file-system.js';
import { FrameEncoder, FrameKind, follows, frameAt, recordsOf } from './frames.js';

/** Named after its generation and the last record that it covers. */
const SNAPSHOT = /^(\d{8})-(\d{16})\.snapshot$/;
/** One whose writing was cut short. */
const UNFINISHED = /^\d{8}-\d{16}\.snapshot\.tmp$/;
/** How much text goes into one frame of a snapshot, in UTF-16 units; a larger record gets a frame of its own. */
const PART_CHARACTERS = 2 ** 20;

/** The link in the header of a snapshot that was written when there was a log; else 0. */
const BESIDE_A_LOG = 1;

export interface SnapshotFile {
  readonly path: string;
  readonly generation: number;
  readonly sequence: number;
}

export interface SnapshotOptions {
  readonly fileSystem: FileSystem;
  /** The namespace's directory. */
  readonly directory: string;
  readonly name: string;
  readonly salt: number;
}

/** Snapshot files, oldest first. */
export async function snapshotFiles(fileSystem: FileSystem, directory: string): Promise<SnapshotFile[]> {
  const files: SnapshotFile[] = [];
  for (const name of await namesIn(fileSystem, directory)) {
    const [, generation, sequence] = SNAPSHOT.exec(name) ?? [];
    if (generation === undefined) continue;
    files.push({ path: join(directory, name), generation: Number(generation), sequence: Number(sequence) });
  }
  return files.sort((a, b) => a.generation - b.generation);
}

/** Reads one snapshot whole; undefined when any bit of it is not as it was written. */
export async function readSnapshotFile(
  { fileSystem, name, salt }: SnapshotOptions,
  { path, sequence }: SnapshotFile,
): Promise<StoredSnapshot | undefined> {
  const bytes = await readBytes(fileSystem, path);
  const reading = readHeader(bytes, 'DAGGRSNP');
  if (reading.state === 'newer') throw newerFormat(path, reading.format, FORMAT_VERSION);
  if (reading.state === 'damaged') return undefined;
  const { header } = reading;
  if (header.name !== name || header.sequence !== sequence) return undefined;
  const records: string[] = [];
  let [offset, link] = [header.length, header.link];
  for (;;) {
    const frame = frameAt(bytes, offset, bytes.length, salt);
    if (frame === undefined || !follows(frame, link)) return undefined;
    if (frame.kind === FrameKind.snapshotEnd) {
      return frame.sequence === records.length ? { sequence, records } : undefined;
    }
    if (frame.kind !== FrameKind.snapshotPart || frame.sequence !== records.length) return undefined;
    for (const record of recordsOf(bytes, frame)) records.push(record);
    [offset, link] = [frame.end, frame.link];
  }
}

/** The snapshots of one namespace: the newest, and the one before as long as the newest may turn out to be damaged. */
export class Snapshots {
  readonly #options: SnapshotOptions;
  #files: SnapshotFile[];
  /** The newest one if it was written or read whole in this session, and need not be read again to know it. */
  #known: SnapshotFile | undefined;

  private constructor(options: SnapshotOptions, files: SnapshotFile[]) {
    this.#options = options;
    this.#files = files;
  }

  static async open(options: SnapshotOptions): Promise<Snapshots> {
    const { fileSystem, directory } = options;
    for (const name of await namesIn(fileSystem, directory)) {
      if (UNFINISHED.test(name)) await removeIfThere(fileSystem, join(directory, name));
    }
    return new Snapshots(options, await snapshotFiles(fileSystem, directory));
  }

  /** The last record that any snapshot covers; 0 when there is none. */
  get covered(): number {
    return this.#files.reduce((most, { sequence }) => Math.max(most, sequence), 0);
  }

  /** The file of the newest, whole or not. */
  get newest(): string | undefined {
    return this.#files.at(-1)?.path;
  }

  /** Whether the newest, if its header is whole, was written beside a log. */
  async standOnLog(): Promise<boolean> {
    const { newest } = this;
    if (newest === undefined) return false;
    const { fileSystem, name } = this.#options;
    const reading = readHeader(await readBytes(fileSystem, newest, headerBytes(name)), 'DAGGRSNP');
    return reading.state === 'whole' && reading.header.previousLink === BESIDE_A_LOG;
  }

  /** The newest whole snapshot. */
  async read(): Promise<StoredSnapshot | undefined> {
    for (const file of this.#files.toReversed()) {
      const snapshot = await readSnapshotFile(this.#options, file);
      if (snapshot === undefined) continue;
      this.#known = file;
      return snapshot;
    }
    return undefined;
  }

  async areWhole(): Promise<boolean> {
    for (const file of this.#files) {
      if ((await readSnapshotFile(this.#options, file)) === undefined) return false;
    }
    return true;
  }

  /**
   * Writes the next generation. Resolves with the last record that the *previous* whole generation covers: up to
   * there the log is no longer needed, whichever of the two is read next.
   *
   * @param besideLog whether there is a log: the next open wants to find it.
   */
  async write({ sequence, records }: StoredSnapshot, besideLog: boolean): Promise<number> {
    const { fileSystem, directory } = this.#options;
    const generation = (this.#files.at(-1)?.generation ?? 0) + 1;
    const digits = `${String(generation).padStart(8, '0')}-${String(sequence).padStart(16, '0')}`;
    const path = join(directory, `${digits}.snapshot`);
    await createDurably(fileSystem, path, this.#encode(sequence, records, besideLog));
    const previous = await this.#newestWhole();
    const kept = previous === undefined ? [] : [previous];
    const dropped = this.#files.filter((file) => file !== previous);
    this.#known = { path, generation, sequence };
    this.#files = [...kept, this.#known];
    for (const file of dropped) await removeIfThere(fileSystem, file.path);
    return previous?.sequence ?? 0;
  }

  async #newestWhole(): Promise<SnapshotFile | undefined> {
    for (const file of this.#files.toReversed()) {
      if (file === this.#known || (await readSnapshotFile(this.#options, file)) !== undefined) return file;
    }
    return undefined;
  }

  *#encode(sequence: number, records: readonly string[], besideLog: boolean): Generator<Uint8Array> {
    const { name, salt } = this.#options;
    const previousLink = besideLog ? BESIDE_A_LOG : 0;
    const header = encodeHeader('DAGGRSNP', { sequence, previousLink, jump: Jump.none, name });
    yield header.bytes;
    const encoder = new FrameEncoder(salt);
    let link = header.link;
    for (const [index, part] of parts(records)) {
      const frame = encoder.encode({ kind: FrameKind.snapshotPart, sequence: index, records: part }, link);
      link = frame.link;
      yield frame.bytes;
    }
    yield encoder.encode({ kind: FrameKind.snapshotEnd, sequence: records.length, records: [] }, link).bytes;
  }
}

/** Records in groups of about {@link PART_CHARACTERS}, each with the index of its first. */
function* parts(records: readonly string[]): Generator<[index: number, part: readonly string[]]> {
  let [start, characters] = [0, 0];
  for (const [index, { length }] of records.entries()) {
    if (characters > 0 && characters + length > PART_CHARACTERS) {
      yield [start, records.slice(start, index)];
      [start, characters] = [index, 0];
    }
    characters += length;
  }
  if (start < records.length) yield [start, records.slice(start)];
}
