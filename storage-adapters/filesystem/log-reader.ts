import type { StoredBatch } from '../../core/persistence/storage-adapter.js';
import { readBytes } from './durable-files.js';
import { corrupt, type Damage } from './failures.js';
import { Jump } from './file-header.js';
import type { FileSystem } from './file-system.js';
import { FrameKind, follows, frameAt, recordsOf } from './frames.js';
import type { Segment } from './segments.js';

export interface LogView {
  readonly fileSystem: FileSystem;
  readonly salt: number;
  readonly segments: readonly Segment[];
  /** Why there are no more segments than these, if that is not as it should be. */
  readonly damage: Damage | undefined;
  readonly lastSequence: number;
}

/** Yields all records after a sequence number, one batch per frame, one segment in memory at a time. */
export async function* readLog(view: LogView, after: number): AsyncGenerator<StoredBatch> {
  const { segments, damage, lastSequence } = view;
  let reached = after;
  for (const [index, segment] of segments.entries()) {
    const next = segments[index + 1];
    if (next !== undefined && next.header.sequence <= after + 1) continue;
    const { sequence, jump } = segment.header;
    if (sequence > reached + 1 && jump !== Jump.repair && (damage !== undefined || lastSequence > after)) {
      throw corrupt({
        file: segment.path,
        offset: 0,
        reason: `records ${reached + 1} to ${sequence - 1} are missing`,
      });
    }
    for await (const batch of readSegment(view, segment, next === undefined, after)) {
      yield batch;
      reached = batch.firstSequence + batch.records.length - 1;
    }
    reached = Math.max(reached, sequence - 1);
  }
  if (damage !== undefined) throw corrupt(damage);
}

async function* readSegment(
  { fileSystem, salt, damage }: LogView,
  { path, header, end }: Segment,
  last: boolean,
  after: number,
): AsyncGenerator<StoredBatch> {
  const bytes = await readBytes(fileSystem, path, end);
  let [offset, link, sequence] = [header.length, header.link, header.sequence];
  while (offset < end) {
    const frame = frameAt(bytes, offset, bytes.length, salt);
    if (frame === undefined || !follows(frame, link)) {
      if (last && damage !== undefined && damage.offset === offset) return; // the caller says what is wrong
      throw corrupt({ file: path, offset, reason: `what should be record ${sequence} is damaged` });
    }
    if (frame.kind === FrameKind.seal) return;
    if (frame.kind !== FrameKind.records || frame.sequence !== sequence) {
      throw corrupt({ file: path, offset, reason: `a frame that is not of record ${sequence}` });
    }
    const skip = Math.max(0, after + 1 - sequence);
    if (skip < frame.count) yield { firstSequence: sequence + skip, records: recordsOf(bytes, frame, skip) };
    [offset, link, sequence] = [frame.end, frame.link, sequence + frame.count];
  }
  if (!last) throw corrupt({ file: path, offset, reason: 'the segment ends without its seal' });
}
