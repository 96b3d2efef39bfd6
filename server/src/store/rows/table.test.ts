import { expect, test } from 'vitest';
import { Cells } from './cells.ts';
import { Dictionary } from './dictionary.ts';
import { lowCardinality, NumberArray, plain, Table, TextMap } from './table.ts';

test('a block is what ClickHouse’s Native format says, byte for byte', () => {
  const name = new Dictionary();
  const value = new Cells();
  const labels = new TextMap(new Cells());
  const counts = new NumberArray('UInt32');
  const table = new Table('t', [
    lowCardinality('n', name),
    plain('v', 'UInt64', value),
    labels.column('m'),
    counts.column('a'),
  ]);
  for (const text of ['x', 'y', 'x']) name.push(text);
  for (const number of [1, 2 ** 53 - 1, -1]) value.integer64(number);
  labels.keys.push('k');
  labels.values.text('é');
  for (let row = 0; row < 3; row++) labels.endRow();
  counts.endRow();
  counts.cells.uint32(7);
  counts.endRow();
  counts.endRow();
  table.rows = 3;
  const hex = Buffer.concat(table.native()).toString('hex');
  const one = '0100000000000000';
  const text = (value: string): string => Buffer.from([value.length, ...Buffer.from(value)]).toString('hex');
  expect(hex).toBe(
    [
      '0403',
      `${text('n')}${text('LowCardinality(String)')}${one}0006000000000000`,
      `0200000000000000${text('x')}${text('y')}0300000000000000000100`,
      `${text('v')}${text('UInt64')}${one}ffffffffffff1f00ffffffffffffffff`,
      `${text('m')}${text('Map(LowCardinality(String), String)')}${one}${one}${one}${one}`,
      `0006000000000000${one}${text('k')}${one}0002c3a9`,
      `${text('a')}${text('Array(UInt32)')}0000000000000000${one}${one}07000000`,
    ].join(''),
  );
});

test('texts of every length have their length in bytes before them', () => {
  for (const length of [0, 1, 40, 41, 127, 128, 5000, 16_383, 16_384, 70_000]) {
    for (const letter of ['a', 'é', '🗼']) {
      const cells = new Cells(1);
      const text = letter.repeat(length);
      cells.text(text);
      const bytes = cells.written();
      let at = 0;
      let size = 0;
      for (let scale = 1; ; scale *= 128) {
        const byte = bytes[at++] as number;
        size += (byte & 127) * scale;
        if (byte < 128) break;
      }
      expect(size).toBe(bytes.length - at);
      expect(bytes.toString('utf8', at)).toBe(text);
    }
  }
});

test('a dictionary of many words has wider numbers, and repeats rows', () => {
  for (const [words, width] of [
    [256, 1],
    [257, 2],
    [65_537, 4],
  ] as const) {
    const dictionary = new Dictionary();
    for (let word = 0; word < words; word++) dictionary.push(`w${word}`);
    dictionary.repeat(1, 3);
    const numbers = dictionary.native()[3] as Buffer;
    expect(numbers.length).toBe((words + 2) * width);
    expect([numbers.readUIntLE(words * width, width), numbers.readUIntLE((words + 1) * width, width)]).toEqual([1, 2]);
  }
});

test('a mark takes a table back to where it was', () => {
  const name = new Dictionary();
  const value = new Cells();
  const table = new Table('t', [lowCardinality('n', name), plain('v', 'String', value)]);
  const push = (text: string): void => {
    name.push(text);
    value.text(text);
    table.rows++;
  };
  push('a');
  const before = Buffer.concat(table.native());
  const mark = table.mark();
  push('a');
  table.restore(mark);
  expect(Buffer.concat(table.native())).toEqual(before);
});
