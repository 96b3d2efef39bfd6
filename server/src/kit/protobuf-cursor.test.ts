import { expect, test } from 'vitest';
import { int, sint, text } from '../receive/payloads.testing.ts';
import { ProtoCursor } from './protobuf-cursor.ts';

const after = (field: Buffer, read: (cursor: ProtoCursor, end: number) => unknown) => {
  const cursor = new ProtoCursor(field);
  cursor.varint(field.length);
  return read(cursor, field.length);
};

const readBig = (cursor: ProtoCursor, end: number) => {
  cursor.varint(end);
  return cursor.bigInt();
};

test('numbers are exact where a double can be, and all 64 bits are there', () => {
  const f = (value: number | bigint, as: bigint) => {
    expect(after(int(1, value), readBig)).toBe(as);
    expect(after(int(1, value), (cursor, end) => cursor.int64(end))).toBe(Number(as));
  };
  f(0, 0n);
  f(127, 127n);
  f(128, 128n);
  f(2 ** 31, 2n ** 31n);
  f(1_795_308_049_863, 1_795_308_049_863n);
  f(-1, -1n);
  f(-1_795_308_049_863n, -1_795_308_049_863n);
  f(2n ** 63n - 1n, 2n ** 63n - 1n);
  f(-(2n ** 63n), -(2n ** 63n));
  for (const value of [0, 1, -1, 2 ** 30, -(2 ** 30)]) {
    expect(after(sint(1, value), (cursor, end) => cursor.sint32(end))).toBe(value);
    expect(after(sint(1, value), (cursor, end) => cursor.sint64(end))).toBe(value);
  }
});

test('texts come back whole, short or long, repeated or not', () => {
  for (const value of ['', 'a', 'http.method', 'http.method', 'ação', '日本', '\u0000', 'x'.repeat(5000), '\ufffd']) {
    expect(after(text(1, value), (cursor, end) => cursor.text(end))).toBe(value);
  }
});

test('F28: invalid UTF-8 and broken encodings are refusals', () => {
  const f = (bytes: number[], message: RegExp) =>
    expect(() => after(Buffer.from(bytes), (cursor, end) => cursor.text(end))).toThrow(message);
  f([0x0a, 0x02, 0xc3, 0x28], /not valid UTF-8/);
  f([0x0a, 0x05, 0x61], /ends inside a field/);
  f([0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], /more than 10 bytes/);
  f([0x0a, 0x80], /ends inside a number/);
});
