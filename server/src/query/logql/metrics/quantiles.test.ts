import { expect, test } from 'vitest';
import { valueAt } from './quantiles.ts';

test('a rank across sorted parts is the rank of their values together', () => {
  const parts = [[1, 1, 5], [], [2, 2, 2, 9], [Number.NEGATIVE_INFINITY, 3], [1, Number.POSITIVE_INFINITY]];
  const together = parts.flat().sort((a, b) => a - b);
  const arrays = parts.map((part) => Float64Array.from(part));
  expect(together.map((_, rank) => valueAt(arrays, rank))).toEqual(together);
});
