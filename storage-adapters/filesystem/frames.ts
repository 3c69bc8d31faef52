import { crc32, link } from './checksum.js';
import { refused } from './failures.js';

/*
 * A frame, little-endian:
 *
 *    0  u32  link     CRC-32 of `check`, seeded with the link of the frame before
 *    4  u32  check    CRC-32 of everything from byte 8 on, seeded with the salt of the namespace
 *    8  u16  marker   0xfdff: bytes that no UTF-8 text contains, to find frames again behind damage
 *   10  u8   kind
 *   11  u8   text encoding: 0 UTF-8, 1 UTF-16 (only for text with lone surrogates, which UTF-8 cannot hold)
 *   12  u32  length of the body in bytes
 *   16  u64  sequence number
 *   24  u32  count of records
 *   28  u32  how many records before this frame were not yet known to be on the device
 *   32       body: the length of each record in UTF-16 units (u32 each), then the text of all records, joined
 *
 * One text for the whole batch, because one long conversion is several times faster than many short ones.
 */
export const FRAME_HEADER_BYTES = 32;
const MARKER = 0xfdff;
const MARKER_BYTES = Buffer.from([MARKER & 0xff, MARKER >>> 8]);
const UTF8 = 0;
const UTF16 = 1;

/** The most text that one frame holds: 2^28 UTF-16 units. */
export const MAX_FRAME_CHARACTERS: number = 2 ** 28;

export const FrameKind = {
  /** Records; `sequence` is that of the first. */
  records: 1,
  /** The last frame of a finished segment; `sequence` is the first of the next segment. */
  seal: 2,
  /** Some of a snapshot's records; `sequence` is the index of the first. */
  snapshotPart: 3,
  /** The last frame of a snapshot; `sequence` is how many records there are. */
  snapshotEnd: 4,
} as const;
export type FrameKind = (typeof FrameKind)[keyof typeof FrameKind];

/** A frame whose own checksum holds. Whether it is in its place is for {@link follows} to say. */
export interface Frame {
  readonly kind: number;
  readonly offset: number;
  /** Where the next frame begins. */
  readonly end: number;
  readonly link: number;
  readonly check: number;
  readonly sequence: number;
  readonly count: number;
  readonly unsynced: number;
}

export interface FrameContent {
  readonly kind: FrameKind;
  readonly sequence: number;
  readonly records: readonly string[];
  readonly unsynced?: number;
}

/** Encodes frames, one at a time, into one buffer that grows with them. */
export class FrameEncoder {
  readonly #salt: number;
  #buffer: Buffer = Buffer.allocUnsafeSlow(16 * 1024);

  constructor(salt: number) {
    this.#salt = salt;
  }

  /** The bytes of a frame, valid until the next call, and its link. */
  encode(content: FrameContent, previousLink: number): { readonly bytes: Buffer; readonly link: number } {
    const { kind, sequence, records, unsynced = 0 } = content;
    let characters = 0;
    for (const record of records) characters += record.length;
    if (characters > MAX_FRAME_CHARACTERS) {
      const limit = MAX_FRAME_CHARACTERS;
      throw refused(`Expected at most ${limit} characters in a batch, got ${characters}`, {
        limit,
        characters,
      });
    }
    const textStart = FRAME_HEADER_BYTES + 4 * records.length;
    const buffer = this.#reserve(textStart + 3 * characters);
    let position = FRAME_HEADER_BYTES;
    for (const record of records) position = buffer.writeUInt32LE(record.length, position);
    const text = records.length === 1 ? (records[0] ?? '') : records.join('');
    let encoding = UTF8;
    let textBytes = buffer.write(text, textStart, 'utf8');
    if (textBytes !== characters && LONE_SURROGATE.test(text)) {
      encoding = UTF16;
      textBytes = buffer.write(text, textStart, 'utf16le');
    }
    const end = textStart + textBytes;
    buffer.writeUInt16LE(MARKER, 8);
    buffer.writeUInt8(kind, 10);
    buffer.writeUInt8(encoding, 11);
    buffer.writeUInt32LE(end - FRAME_HEADER_BYTES, 12);
    buffer.writeUInt32LE(sequence % 2 ** 32, 16);
    buffer.writeUInt32LE(Math.floor(sequence / 2 ** 32), 20);
    buffer.writeUInt32LE(records.length, 24);
    buffer.writeUInt32LE(Math.min(unsynced, 0xffffffff), 28);
    const check = crc32(buffer.subarray(8, end), this.#salt);
    const newLink = link(check, previousLink);
    buffer.writeUInt32LE(newLink, 0);
    buffer.writeUInt32LE(check, 4);
    return { bytes: buffer.subarray(0, end), link: newLink };
  }

  #reserve(bytes: number): Buffer {
    if (this.#buffer.length >= bytes) return this.#buffer;
    const buffer = Buffer.allocUnsafeSlow(bytes < 2 ** 22 ? 2 * bytes : bytes);
    if (bytes < 2 ** 25) this.#buffer = buffer; // one very large batch must not hold its memory for ever
    return buffer;
  }
}

/** With the `u` flag, a pair of surrogates is one character and only a lone one matches. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** The frame at an offset, if it lies wholly before `limit` and its own checksum holds. */
export function frameAt(bytes: Buffer, offset: number, limit: number, salt: number): Frame | undefined {
  if (offset + FRAME_HEADER_BYTES > limit || bytes.readUInt16LE(offset + 8) !== MARKER) return undefined;
  const end = offset + FRAME_HEADER_BYTES + bytes.readUInt32LE(offset + 12);
  if (end > limit) return undefined;
  const check = bytes.readUInt32LE(offset + 4);
  if (crc32(bytes.subarray(offset + 8, end), salt) !== check) return undefined;
  return {
    kind: bytes.readUInt8(offset + 10),
    offset,
    end,
    link: bytes.readUInt32LE(offset),
    check,
    sequence: bytes.readUInt32LE(offset + 16) + bytes.readUInt32LE(offset + 20) * 2 ** 32,
    count: bytes.readUInt32LE(offset + 24),
    unsynced: bytes.readUInt32LE(offset + 28),
  };
}

/** Whether a frame was written right after the one with this link. */
export function follows(frame: Frame, previousLink: number): boolean {
  return frame.link === link(frame.check, previousLink);
}

/** The next frame, anywhere from `offset` on, whose own checksum holds: the way back onto the log behind damage. */
export function nextFrame(bytes: Buffer, offset: number, limit: number, salt: number): Frame | undefined {
  let marker = bytes.indexOf(MARKER_BYTES, offset + 8);
  while (marker >= 0 && marker < limit) {
    const frame = frameAt(bytes, marker - 8, limit, salt);
    if (frame !== undefined) return frame;
    marker = bytes.indexOf(MARKER_BYTES, marker + 1);
  }
  return undefined;
}

/** The records of a frame, or only those from index `skip` on. */
export function recordsOf(bytes: Buffer, { offset, end, count }: Frame, skip = 0): string[] {
  const lengths = offset + FRAME_HEADER_BYTES;
  const encoding = bytes.readUInt8(offset + 11) === UTF16 ? 'utf16le' : 'utf8';
  const text = bytes.toString(encoding, lengths + 4 * count, end);
  const records: string[] = [];
  let position = 0;
  for (let index = 0; index < count; index += 1) {
    const next = position + bytes.readUInt32LE(lengths + 4 * index);
    if (index >= skip) records.push(text.slice(position, next));
    position = next;
  }
  return records;
}
