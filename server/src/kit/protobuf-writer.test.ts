import { expect, test } from 'vitest';
import { ProtoWriter } from './protobuf-writer.ts';

const hex = (write: (writer: ProtoWriter) => void): string => {
  const writer = new ProtoWriter();
  write(writer);
  return writer.finish().toString('hex');
};

test('numbers are encoded as protobuf encodes them', () => {
  const f = (write: (writer: ProtoWriter) => void, bytes: string) => expect(hex(write)).toBe(bytes);
  f((w) => w.varint(1, 150), '089601');
  f((w) => w.varint(1, 0), '0800');
  f((w) => w.varint(1, -1), '08ffffffffffffffffff01');
  f((w) => w.varint(16, 2 ** 32), '80018080808010');
  f((w) => w.varint(1, 2n ** 64n - 1n), '08ffffffffffffffffff01');
  f((w) => w.zigzag(1, -1), '0801');
  f((w) => w.zigzag(1, 2147483647), '08feffffff0f');
  f((w) => w.zigzag(1, -(2n ** 63n)), '08ffffffffffffffffff01');
  f((w) => w.bool(2, true), '1001');
  f((w) => w.fixed64(1, 1n), '090100000000000000');
  f((w) => w.fixed32(1, 0x100), '0d00010000');
  f((w) => w.double(1, 1), '09000000000000f03f');
  f((w) => w.packedVarints(1, [1, 300]), '0a0301ac02');
  f((w) => w.packedDoubles(1, []), '0a00');
});

test('texts and messages carry their length in bytes, however long they grow', () => {
  expect(hex((w) => w.text(2, 'testing'))).toBe('120774657374696e67');
  expect(hex((w) => w.text(1, 'é'))).toBe('0a02c3a9');
  expect(hex((w) => w.message(3, (inner) => inner.varint(1, 150)))).toBe('1a03089601');
  expect(hex((w) => w.message(3, () => undefined))).toBe('1a00');
  const long = 'x'.repeat(20_000);
  const nested = hex((w) => w.message(1, (a) => a.message(1, (b) => b.text(1, long))).varint(2, 1));
  const text = `0aa09c01${Buffer.from(long).toString('hex')}`;
  expect(nested).toBe(`0aa89c010aa49c01${text}1001`);
});
