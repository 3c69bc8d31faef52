import { join } from 'node:path';
import { namesIn, readBytes } from './durable-files.js';
import { type Damage, newerFormat } from './failures.js';
import { type FileHeader, FORMAT_VERSION, Jump, readHeader } from './file-header.js';
import type { FileSystem } from './file-system.js';
import { FRAME_HEADER_BYTES, type Frame, FrameKind, follows, frameAt, nextFrame } from './frames.js';

/** A file of the log: a header, then frames, each chained to the one before, then a seal once the next is begun. */
export interface Segment {
  readonly path: string;
  readonly header: FileHeader;
  /** Up to where it holds frames. For the last segment this grows. */
  end: number;
}

/** What a look at all segments found. */
export interface LogSurvey {
  /** In order; those behind the first damage are left out. */
  readonly segments: Segment[];
  readonly damage: Damage | undefined;
  /** How the last segment ends. */
  readonly tail: Tail | undefined;
  /** An empty last segment whose predecessor was never sealed: a rotation that a crash cut short. */
  readonly unfinished: string | undefined;
}

/** Where the whole frames of the last segment end, and what lies behind them. */
export interface Tail {
  readonly end: number;
  readonly link: number;
  readonly lastSequence: number;
  /** Bytes behind `end`, without zeros at the end; never acknowledged, safe to cut. */
  readonly torn: number;
}

/** What the survey is told about the past. */
export interface SurveyOptions {
  readonly fileSystem: FileSystem;
  readonly directory: string;
  readonly name: string;
  readonly salt: number;
  /** The last sequence number that a snapshot covers; records up to it may be missing. */
  readonly covered: number;
  /** Whether the newest snapshot was written beside a log: then there is one. */
  readonly isExpected: boolean;
  /** The machine went down while the log was open: what was not synced may be missing, in any order. */
  readonly unsyncedMayBeLost: boolean;
}

/** Enough for a header without its name. */
const HEADER_GUESS = 64;
const SEGMENT = /^\d{16}\.log$/;
/** What is left of a segment whose making was cut short. */
export const UNFINISHED_SEGMENT: RegExp = /^\d{16}\.log\.tmp$/;

export function segmentPath(directory: string, firstSequence: number): string {
  return join(directory, `${String(firstSequence).padStart(16, '0')}.log`);
}

export async function segmentPaths(fileSystem: FileSystem, directory: string): Promise<string[]> {
  const names = await namesIn(fileSystem, directory);
  return names.filter((name) => SEGMENT.test(name)).map((name) => join(directory, name));
}

/** Looks at every header and seal and at all of the last segment. Reads only. */
export async function surveyLog(options: SurveyOptions): Promise<LogSurvey> {
  const { fileSystem, directory, name, salt } = options;
  const segments: Segment[] = [];
  const stop = (damage: Damage): LogSurvey => ({ segments, damage, tail: undefined, unfinished: undefined });
  const paths = await segmentPaths(fileSystem, directory);
  if (paths.length === 0) {
    // The directory comes into being with the first segment.
    const isLost = options.isExpected || (await fileSystem.status(directory)) !== undefined;
    if (isLost)
      return stop({ file: directory, offset: 0, reason: 'the log is missing, all of its segments' });
  }
  for (const [index, path] of paths.entries()) {
    const reading = readHeader(await readBytes(fileSystem, path, HEADER_GUESS + 2 * name.length), 'DAGGRLOG');
    if (reading.state === 'newer') throw newerFormat(path, reading.format, FORMAT_VERSION);
    if (reading.state === 'damaged') return stop({ file: path, offset: 0, reason: reading.reason });
    const { header } = reading;
    if (header.name !== name || segmentPath(directory, header.sequence) !== path) {
      return stop({ file: path, offset: 0, reason: 'this file belongs elsewhere' });
    }
    const size = (await fileSystem.status(path))?.size ?? 0;
    const previous = segments.at(-1);
    if (previous === undefined) {
      if (header.sequence > options.covered + 1 && header.jump !== Jump.repair) {
        return stop({ file: path, offset: 0, reason: `the records before ${header.sequence} are missing` });
      }
    } else {
      // With nothing behind it, the seal was perhaps never synced, nor was what is before it: read all.
      const isEmptyEnd = index === paths.length - 1 && size <= header.length;
      const seal =
        (!isEmptyEnd && (await sealAtEnd(fileSystem, previous, salt))) ||
        (await sealByReading(fileSystem, previous, salt));
      if (seal?.sequence !== header.sequence || seal.link !== header.previousLink) {
        if (seal === undefined && isEmptyEnd) return endOfLog(options, segments, path);
        const reason = `it does not continue ${previous.path}: a segment between them is missing, or one was changed`;
        return stop({ file: path, offset: 0, reason });
      }
      previous.end = seal.end;
    }
    segments.push({ path, header, end: size });
  }
  return endOfLog(options, segments, undefined);
}

async function endOfLog(
  options: SurveyOptions,
  segments: Segment[],
  unfinished: string | undefined,
): Promise<LogSurvey> {
  const last = segments.at(-1);
  if (last === undefined) return { segments, damage: undefined, tail: undefined, unfinished };
  const bytes = await readBytes(options.fileSystem, last.path);
  const found = scan(bytes, last.header, options.salt);
  if (found.seal !== undefined) {
    const reason = `the segment that follows, from record ${found.seal.sequence} on, is missing`;
    const damage = { file: last.path, offset: found.end, reason };
    return { segments, damage, tail: undefined, unfinished };
  }
  const evidence = found.end < bytes.length ? laterFrame(bytes, found, options) : undefined;
  if (evidence !== undefined) {
    const reason = `what should be record ${found.lastSequence + 1} is damaged, and record ${evidence.sequence} follows`;
    const damage = { file: last.path, offset: found.end, reason };
    return { segments, damage, tail: undefined, unfinished };
  }
  const torn = lengthWithoutZeros(bytes, found.end) - found.end;
  const { end, link, lastSequence } = found;
  return { segments, damage: undefined, tail: { end, link, lastSequence, torn }, unfinished };
}

interface Scan {
  readonly end: number;
  readonly link: number;
  readonly lastSequence: number;
  readonly seal: Frame | undefined;
}

/** Follows the chain from the header on, as far as it holds. */
function scan(bytes: Buffer, header: FileHeader, salt: number): Scan {
  let [end, link, next] = [header.length, header.link, header.sequence];
  for (;;) {
    const frame = frameAt(bytes, end, bytes.length, salt);
    if (frame === undefined || !follows(frame, link)) break;
    if (frame.kind === FrameKind.seal)
      return { end: frame.end, link: frame.link, lastSequence: next - 1, seal: frame };
    if (frame.kind !== FrameKind.records || frame.sequence !== next) break;
    [end, link, next] = [frame.end, frame.link, next + frame.count];
  }
  return { end, link, lastSequence: next - 1, seal: undefined };
}

/**
 * Proof that records lie behind the first bad byte: a whole frame with a later number. Without such proof the rest is
 * a torn tail. An older frame proves nothing: it is what an earlier file left on the same blocks. After a power cut,
 * frames that were never synced may have reached the device in any order; only one that was written when the bad
 * one was known to be on the device is proof then.
 */
function laterFrame(bytes: Buffer, { end, lastSequence }: Scan, options: SurveyOptions): Frame | undefined {
  const missing = lastSequence + 1;
  let frame = nextFrame(bytes, end, bytes.length, options.salt);
  while (frame !== undefined) {
    const later =
      frame.sequence > missing && (frame.kind === FrameKind.records || frame.kind === FrameKind.seal);
    const synced = frame.sequence - frame.unsynced > missing;
    if (later && (synced || !options.unsyncedMayBeLost)) return frame;
    frame = nextFrame(bytes, frame.end, bytes.length, options.salt);
  }
  return undefined;
}

/** The seal in the last bytes of a segment, without reading what lies before. */
async function sealAtEnd(fileSystem: FileSystem, segment: Segment, salt: number): Promise<Frame | undefined> {
  const start = segment.end - FRAME_HEADER_BYTES;
  if (start < segment.header.length) return undefined;
  const descriptor = await fileSystem.open(segment.path, 'r');
  try {
    const bytes = Buffer.alloc(FRAME_HEADER_BYTES);
    const count = await fileSystem.read(descriptor, bytes, start);
    const frame = count === bytes.length ? frameAt(bytes, 0, count, salt) : undefined;
    return frame?.kind === FrameKind.seal ? { ...frame, offset: start, end: segment.end } : undefined;
  } finally {
    await fileSystem.close(descriptor);
  }
}

async function sealByReading(
  fileSystem: FileSystem,
  segment: Segment,
  salt: number,
): Promise<Frame | undefined> {
  return scan(await readBytes(fileSystem, segment.path), segment.header, salt).seal;
}

function lengthWithoutZeros(bytes: Buffer, from: number): number {
  let length = bytes.length;
  while (length > from && bytes[length - 1] === 0) length -= 1;
  return length;
}
