import { expect, test } from 'vitest';
import { nextSort, sortedBy } from './sorting.ts';

test('a column sorts both ways, and what is not known comes last in both', () => {
  const rows = [
    { name: 'b', ms: 1 },
    { name: 'a', ms: null },
    { name: 'c', ms: 2 },
  ];
  const measures = { name: (row: (typeof rows)[number]) => row.name, ms: (row: (typeof rows)[number]) => row.ms };
  const f = (sort: string, names: string) =>
    expect(
      sortedBy(rows, measures, sort)
        .map(({ name }) => name)
        .join(''),
    ).toBe(names);
  f('ms', 'cba');
  f('-ms', 'bca');
  f('name', 'abc');
  f('-name', 'cba');
  f('nonsense', 'bac');
  f('constructor', 'bac');
});

test('clicking a column goes around: down, up, off; the home column has no off', () => {
  expect(nextSort('health', 'p95', 'health')).toBe('p95');
  expect(nextSort('p95', 'p95', 'health')).toBe('-p95');
  expect(nextSort('-p95', 'p95', 'health')).toBeUndefined();
  expect(nextSort('health', 'health', 'health')).toBe('-health');
  expect(nextSort('-health', 'health', 'health')).toBeUndefined();
});
