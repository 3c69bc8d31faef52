import { crc32 } from './checksum.js';

/*
 * Every file of a namespace begins with a header, little-endian:
 *
 *    0  8 bytes  what it is: `DAGGRLOG` or `DAGGRSNP`
 *    8  u32      format version; the first 16 bytes and the checksum at the end stay what they are in every version
 *   12  u32      length of the header
 *   16  u64      sequence number: the first of a segment, the last that a snapshot covers
 *   24  u32      of a segment: the link of the seal before it, 0 where there is none; of a snapshot: 1 if there was a log
 *   28  u32      why the numbers jump before this segment, see `Jump`
 *   32           the namespace's name, UTF-16
 *   end u32      CRC-32 of all before: the link that the first frame follows
 */
const FIXED_BYTES = 32;
/** Longer headers are not believed: a name is at most this long. */
export const MAX_HEADER_BYTES: number = 2 ** 20;

/** The version that this code writes. It reads this one, and older ones after migrating them. */
export const FORMAT_VERSION = 1;
/** A version number beyond this is damage, not a file from the future. */
const MAX_CREDIBLE_VERSION = 255;

export type FileKind = 'DAGGRLOG' | 'DAGGRSNP';

export const Jump = {
  /** The first record follows the last of the previous segment. */
  none: 0,
  /** A snapshot ahead of the log was written; what lies between is in the snapshot only. */
  snapshot: 1,
  /** A repair left out what was damaged; it was reported, and reading passes over it. */
  repair: 2,
} as const;
export type Jump = (typeof Jump)[keyof typeof Jump];

export interface FileHeader {
  readonly sequence: number;
  readonly previousLink: number;
  readonly jump: number;
  readonly name: string;
  /** Length in bytes: where the first frame begins. */
  readonly length: number;
  /** The link that the first frame follows. */
  readonly link: number;
}

export type HeaderReading =
  | { readonly state: 'whole'; readonly header: FileHeader; readonly format: number }
  | { readonly state: 'newer'; readonly format: number }
  | { readonly state: 'damaged'; readonly reason: string };

/** How long the header of a file of this namespace is. */
export function headerBytes(name: string): number {
  return FIXED_BYTES + 2 * name.length + 4;
}

/** The checksum seed of a namespace's frames, so that frames of another namespace never pass for its own. */
export function saltOf(name: string): number {
  return crc32(Buffer.from(name, 'utf16le'));
}

export function encodeHeader(
  kind: FileKind,
  { sequence, previousLink, jump, name }: Omit<FileHeader, 'length' | 'link'>,
): { readonly bytes: Buffer; readonly link: number } {
  const nameBytes = Buffer.from(name, 'utf16le');
  const length = FIXED_BYTES + nameBytes.length + 4;
  const bytes = Buffer.alloc(length);
  bytes.write(kind, 0, 'latin1');
  bytes.writeUInt32LE(FORMAT_VERSION, 8);
  bytes.writeUInt32LE(length, 12);
  bytes.writeUInt32LE(sequence % 2 ** 32, 16);
  bytes.writeUInt32LE(Math.floor(sequence / 2 ** 32), 20);
  bytes.writeUInt32LE(previousLink, 24);
  bytes.writeUInt32LE(jump, 28);
  bytes.set(nameBytes, FIXED_BYTES);
  const link = crc32(bytes.subarray(0, length - 4));
  bytes.writeUInt32LE(link, length - 4);
  return { bytes, link };
}

/** How many bytes {@link versionIn} needs. */
export const VERSION_BYTES = 12;

/** The format version that a file says it has; undefined when it is none of our files, or damaged. */
export function versionIn(bytes: Buffer): number | undefined {
  if (bytes.length < VERSION_BYTES || !/^DAGGR(LOG|SNP)$/.test(bytes.toString('latin1', 0, 8)))
    return undefined;
  const version = bytes.readUInt32LE(8);
  return version >= 1 && version <= MAX_CREDIBLE_VERSION ? version : undefined;
}

/** Reads the header at the beginning of a file. `bytes` may be longer than it. */
export function readHeader(bytes: Buffer, kind: FileKind): HeaderReading {
  if (bytes.length < 16) return damaged('the file ends within its header');
  if (bytes.toString('latin1', 0, 8) !== kind)
    return damaged('the file does not begin as one of its kind does');
  const format = bytes.readUInt32LE(8);
  if (format > FORMAT_VERSION && format <= MAX_CREDIBLE_VERSION) return { state: 'newer', format };
  if (format === 0 || format > FORMAT_VERSION) return damaged('the format version is none that ever was');
  const length = bytes.readUInt32LE(12);
  if (length < FIXED_BYTES + 4 || length > Math.min(bytes.length, MAX_HEADER_BYTES)) {
    return damaged('the header is not as long as it says');
  }
  const link = bytes.readUInt32LE(length - 4);
  if (crc32(bytes.subarray(0, length - 4)) !== link)
    return damaged('the checksum of the header does not match');
  const header = {
    sequence: bytes.readUInt32LE(16) + bytes.readUInt32LE(20) * 2 ** 32,
    previousLink: bytes.readUInt32LE(24),
    jump: bytes.readUInt32LE(28),
    name: bytes.toString('utf16le', FIXED_BYTES, length - 4),
    length,
    link,
  };
  return { state: 'whole', header, format };
}

function damaged(reason: string): HeaderReading {
  return { state: 'damaged', reason };
}
