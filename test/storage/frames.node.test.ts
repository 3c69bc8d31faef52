import fc from 'fast-check';
import { expect, test } from 'vitest';
import { crc32, crc32InScript, link } from '../../storage-adapters/filesystem/checksum.js';
import {
  FrameEncoder,
  FrameKind,
  follows,
  frameAt,
  nextFrame,
  recordsOf,
} from '../../storage-adapters/filesystem/frames.js';

const SALT = 42;
const anyRecord = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) }), // lone surrogates
);
const anyBatch = fc.array(anyRecord, { minLength: 1, maxLength: 20 });

test('crc32 is the CRC-32 that everybody means, in script as well as built in', () => {
  expect(crc32InScript(Buffer.from('123456789'))).toBe(0xcbf43926);
  expect(crc32(Buffer.from('123456789'))).toBe(0xcbf43926);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(0xffffffff), (bytes, seed) => {
      expect(crc32InScript(bytes, seed)).toBe(crc32(bytes, seed));
    }),
  );
});

test('a link is the CRC-32 of the check, seeded with the link before', () => {
  fc.assert(
    fc.property(fc.nat(0xffffffff), fc.nat(0xffffffff), (check, previous) => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32LE(check);
      expect(link(check, previous)).toBe(crc32InScript(bytes, previous));
    }),
  );
});

test('whatever text goes into a frame comes out of it', () => {
  fc.assert(
    fc.property(fc.array(anyBatch, { minLength: 1, maxLength: 5 }), fc.nat(2 ** 50), (batches, sequence) => {
      const encoder = new FrameEncoder(SALT);
      const frames: Buffer[] = [];
      let previous = 7;
      for (const records of batches) {
        const encoded = encoder.encode({ kind: FrameKind.records, sequence, records, unsynced: 3 }, previous);
        frames.push(Buffer.from(encoded.bytes));
        previous = encoded.link;
      }
      const bytes = Buffer.concat(frames);
      let [offset, before] = [0, 7];
      for (const records of batches) {
        const frame = frameAt(bytes, offset, bytes.length, SALT);
        if (frame === undefined) throw new Error(`No frame at ${offset}`);
        expect(follows(frame, before)).toBe(true);
        expect(frame).toMatchObject({ sequence, count: records.length, unsynced: 3 });
        expect(recordsOf(bytes, frame)).toEqual(records);
        expect(recordsOf(bytes, frame, 1)).toEqual(records.slice(1));
        [offset, before] = [frame.end, frame.link];
      }
      expect(offset).toBe(bytes.length);
    }),
  );
});

test('a frame is found again behind anything, and only with the salt of its namespace', () => {
  const { bytes } = new FrameEncoder(SALT).encode(
    { kind: FrameKind.records, sequence: 9, records: ['found'] },
    0,
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
      const file = Buffer.concat([noise, bytes, noise]);
      expect(nextFrame(file, 0, file.length, SALT)).toMatchObject({ offset: noise.length, sequence: 9 });
      expect(nextFrame(file, 0, file.length, SALT + 1)).toBeUndefined();
    }),
  );
});
