import { expect, test } from 'vitest';
import { snappy } from './payloads.testing.ts';
import { snappyDecodeInto, snappyLength } from './snappy.ts';

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
