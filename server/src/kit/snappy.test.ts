import { expect, test } from 'vitest';
import { snappy, snappyjs } from '../receive/payloads.testing.ts';
import { snappyDecodeInto, snappyLength } from './snappy.ts';
import { snappyPieces } from './snappy-encoder.ts';

function decode(block: Uint8Array, bytesMax = 1e7): Uint8Array {
  const header = snappyLength(block, bytesMax);
  const out = new Uint8Array(header.length + 8).fill(7);
  snappyDecodeInto(out, block, header);
  // Nothing may be written behind the announced end, for the buffer is shared.
  expect(out.subarray(header.length)).toEqual(new Uint8Array(8).fill(7));
  return out.subarray(0, header.length);
}

test('what another implementation packed is unpacked, byte for byte', () => {
  const texts = ['', 'a', 'abc'.repeat(1000), 'x'.repeat(70_000), `${'0123456789'.repeat(20)}tail`];
  for (const text of texts) expect(Buffer.from(decode(snappy(Buffer.from(text)))).toString()).toBe(text);
  const noise = Buffer.from(Array.from({ length: 100_000 }, (_, i) => (Math.imul(i, 2_654_435_761) >>> 13) & 255));
  expect(Buffer.from(decode(snappy(noise))).equals(noise)).toBe(true);
});

test('what is packed here is unpacked by another implementation, and is smaller where it repeats', () => {
  const noise = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (Math.imul(i, 2_654_435_761) >>> 13) & 255));
  const texts = ['', 'a', 'abcabcab', 'abc'.repeat(100_000), 'x'.repeat(70_000), `${'0123456789'.repeat(20)}tail`];
  for (const bytes of [noise, ...texts.map((text) => Buffer.from(text))]) {
    const packed = Buffer.concat([...snappyPieces(bytes)]);
    expect(Buffer.from(snappyjs.uncompress(packed)).equals(bytes)).toBe(true);
    expect(Buffer.from(decode(packed)).equals(bytes)).toBe(true);
    expect(packed.length).toBeLessThan(bytes.length + 32 + bytes.length / 1000);
  }
  expect(Buffer.concat([...snappyPieces(Buffer.from('abc'.repeat(100_000)))]).length).toBeLessThan(20_000);
});

test('F30: a header that claims 4 GB is refused before anything is decoded', () => {
  const claim = Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0x00]);
  expect(() => decode(claim)).toThrow(/decodes to 4294967295 bytes, limits.receive.decodedBytesMax is 10000000/);
});

test('F30: truncated, framed and lying blocks are refused', () => {
  const whole = snappy(Buffer.from('hello hello hello hello'.repeat(50)));
  for (let length = 0; length < whole.length; length++)
    expect(() => decode(whole.subarray(0, length))).toThrow(/snappy/);
  const framed = Buffer.from([0xff, 0x06, 0x00, 0x00, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59]);
  expect(() => decode(framed)).toThrow(/block format/);
  // A copy from before the beginning.
  expect(() => decode(Buffer.from([4, 0x01 | (0 << 2), 9]))).toThrow(/outside itself/);
  // More than the header says.
  expect(() => decode(Buffer.from([1, 0x04, 65, 66]))).toThrow(/past its end/);
});
