import { PubSubError } from '../../core/errors.js';
import { readBytes } from './durable-files.js';
import { refused } from './failures.js';
import type { Fence } from './fence.js';
import { encodeHeader, type Jump, MAX_HEADER_BYTES, readHeader } from './file-header.js';
import type { FileSystem } from './file-system.js';
import { type Segment, segmentPath } from './segments.js';

/** The segment that is written to. */
export interface ActiveSegment {
  readonly segment: Segment;
  readonly descriptor: number;
  /** What identifies the file, to tell when it is not there any more. */
  readonly inode: number | undefined;
  link: number;
}

/** What a new segment begins with. */
export function segmentHeader(name: string, sequence: number, previousLink: number, jump: Jump): Buffer {
  return encodeHeader('DAGGRLOG', { sequence, previousLink, jump, name }).bytes;
}

/** Opens a segment that was just made: it holds its header. */
export async function openSegment(
  fileSystem: FileSystem,
  directory: string,
  firstSequence: number,
): Promise<ActiveSegment> {
  const path = segmentPath(directory, firstSequence);
  const reading = readHeader(await readBytes(fileSystem, path, MAX_HEADER_BYTES), 'DAGGRLOG');
  if (reading.state !== 'whole') throw refused(`The header of ${path} cannot be read back`);
  const { header } = reading;
  const descriptor = await fileSystem.open(path, 'r+');
  const segment = { path, header, end: header.length };
  return { segment, descriptor, inode: fileSystem.inode(path), link: header.link };
}

/**
 * A file that somebody has removed takes bytes for as long as it is open, and is gone with all of them after that.
 *
 * @throws PubSubError when it is not there: a later attempt may find it back. Fenced when a new owner goes on in a copy.
 */
export function requirePresent(
  { fileSystem, fence }: { readonly fileSystem: FileSystem; readonly fence: Fence },
  { segment: { path }, inode }: ActiveSegment,
): void {
  const found = fileSystem.inode(path);
  if (found === inode) return;
  fence.check();
  if (found !== undefined) throw new Error(`${path} is not the file any more that was opened`);
  const details = { retryable: true, file: path };
  throw new PubSubError('DATABASE_ERROR', `${path} is not there any more`, { details });
}
