import { expect, test } from 'vitest';
import { randomFrom } from '../test-rows.ts';
import { packCells, packedBytesMax, unpackCells } from './packed-cells.ts';

const count = 120;

function packedAndBack(cells: Float64Array): { bytes: number; hex: string } {
  const packed = new Uint8Array(packedBytesMax(cells.length) + 5);
  const end = packCells(cells, 0, cells.length, packed, 5);
  const back = new Float64Array(cells.length);
  expect(unpackCells(packed, 5, cells.length, back, 0)).toBe(end);
  return { bytes: end - 5, hex: Buffer.from(back.buffer).toString('hex') };
}

const hexOf = (cells: Float64Array): string =>
  Buffer.from(cells.buffer, cells.byteOffset, cells.byteLength).toString('hex');

test('every kind of column comes back bit for bit', () => {
  const next = randomFrom(1);
  let sum = 0;
  const kinds: Record<string, (i: number) => number> = {
    counter: () => (sum += Math.floor(next() * 40)),
    'counter that restarts': (i) => (sum = i === 60 ? 0 : sum + Math.floor(next() * 4000)),
    'regular times': (i) => 1_700_000_000_000 + i * 15_000,
    'uneven times': (i) => 1_700_000_000_000 + i * 15_000 + Math.floor(next() * 300),
    cents: () => Math.round(next() * 100_000) / 100,
    'sums of decimals': () => (sum += 0.1),
    random: () => next() * 1e300,
    small: () => next() * 5e-324 * 1e6,
    constant: () => 0.1,
    'minus zero': (i) => (i === 7 ? -0 : i),
    'not finite': (i) => [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1][i % 4] as number,
    'past whole numbers': (i) => 2 ** 53 + 2 * i,
    'both ends': (i) => (i % 2 === 0 ? 2 ** 51 : -(2 ** 51)),
  };
  for (const [name, kind] of Object.entries(kinds)) {
    for (const length of [1, 2, count]) {
      const cells = Float64Array.from({ length }, (_, i) => kind(i));
      expect(packedAndBack(cells).hex, name).toBe(hexOf(cells));
    }
  }
});

test('a NaN keeps its payload', () => {
  const cells = Float64Array.from({ length: count }, (_, i) => i);
  new Uint32Array(cells.buffer).set([2, 0x7ff00000], 2 * 50);
  expect(packedAndBack(cells).hex).toBe(hexOf(cells));
});

test('what scrapes bring takes little room', () => {
  const next = randomFrom(2);
  let sum = 0;
  const counter = Float64Array.from({ length: count }, () => (sum += Math.floor(next() * 40)));
  const times = Float64Array.from({ length: count }, (_, i) => 1_700_000_000_000 + i * 15_000);
  expect(packedAndBack(counter).bytes).toBeLessThan(count * 1.3);
  expect(packedAndBack(times).bytes).toBeLessThan(30);
});
