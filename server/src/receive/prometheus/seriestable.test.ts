import { expect, test } from 'vitest';
import { hashOf, SeriesTable } from './seriestable.ts';

const blockOf = (i: number) => Buffer.from(`\u0000__name__metric${i % 50}instance${i}`);

function findOrAdd(table: SeriesTable, tenant: number, block: Buffer, ref: number): number {
  const hash = hashOf(new DataView(block.buffer, block.byteOffset, block.length), 0, block.length);
  const known = table.find(tenant, hash, block, 0, block.length);
  if (known >= 0) return known;
  table.add(tenant, hash, block, 0, block.length, ref);
  return -1;
}

test('every block is found again under its own tenant, through every growth', () => {
  const table = new SeriesTable({ entriesMax: 100_000, arenaBytesMax: 10_000_000 });
  for (let i = 0; i < 50_000; i++) expect(findOrAdd(table, i % 2, blockOf(i), i)).toBe(-1);
  for (let i = 0; i < 50_000; i++) expect(findOrAdd(table, i % 2, blockOf(i), 0)).toBe(i);
  expect(findOrAdd(table, 1, blockOf(0), 7)).toBe(-1);
});

test('blocks with the same hash are told apart by their bytes', () => {
  const table = new SeriesTable({ entriesMax: 10, arenaBytesMax: 1000 });
  table.add(0, 42, Buffer.from('aa'), 0, 2, 1);
  table.add(0, 42, Buffer.from('bb'), 0, 2, 2);
  expect(table.find(0, 42, Buffer.from('xbb'), 1, 3)).toBe(2);
  expect(table.find(0, 42, Buffer.from('cc'), 0, 2)).toBe(-1);
});

test('it stays within its bounds by forgetting', () => {
  const table = new SeriesTable({ entriesMax: 100, arenaBytesMax: 1600 });
  for (let i = 0; i < 1000; i++) findOrAdd(table, 0, blockOf(i), i);
  expect(table.size).toBeLessThanOrEqual(100);
  findOrAdd(table, 0, Buffer.alloc(500), 5);
  expect(findOrAdd(table, 0, Buffer.alloc(500), 5)).toBe(-1);
});
