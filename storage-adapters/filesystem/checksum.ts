import zlib from 'node:zlib';

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = (value & 1) === 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** CRC-32 of bytes, going on from `seed`. Node has it built in since 20.15. */
export const crc32: (bytes: Uint8Array, seed?: number) => number =
  typeof zlib.crc32 === 'function' ? zlib.crc32 : crc32InScript;

/** The same where Node lacks it, and the reference that it is tested against. */
export function crc32InScript(bytes: Uint8Array, seed = 0): number {
  let value = ~seed;
  for (const byte of bytes) value = step(value, byte);
  return ~value >>> 0;
}

/**
 * The link between two frames: the CRC-32 of a frame's own checksum, going on from the link before it. So a frame
 * holds only in its own place: a correct frame from elsewhere, or from earlier, is told apart.
 */
export function link(check: number, previous: number): number {
  let value = ~previous;
  value = step(value, check & 0xff);
  value = step(value, (check >>> 8) & 0xff);
  value = step(value, (check >>> 16) & 0xff);
  value = step(value, check >>> 24);
  return ~value >>> 0;
}

function step(value: number, byte: number): number {
  return (TABLE[(value ^ byte) & 0xff] ?? 0) ^ (value >>> 8);
}
