import { expect, test } from 'vitest';
import type { NativeHistogram } from '#model';
import { withinLimits } from './resolution.ts';

const histogram = (schema: number, spans: number[], counts: number[]): NativeHistogram => ({
  schema,
  count: counts.reduce((sum, count) => sum + count, 0),
  sum: 1,
  zeroThreshold: 0,
  zeroCount: 0,
  positiveSpans: spans,
  positiveCounts: counts,
  negativeSpans: [],
  negativeCounts: [],
  customBounds: [],
  resetHint: 'unknown',
});

const shape = ({ schema, positiveSpans, positiveCounts }: NativeHistogram) => [schema, positiveSpans, positiveCounts];

test('a histogram with too many buckets is made coarser until it fits, and no observation is lost', () => {
  // Buckets -3 … 0 and 4, 5.
  const fine = histogram(2, [-3, 4, 3, 2], [1, 2, 3, 4, 5, 6]);
  const f = (nativeBucketsMax: number, expected: unknown[]) =>
    expect(shape(withinLimits(fine, { nativeBucketsMax, nativeFactorMin: 0 }))).toEqual(expected);
  f(0, [2, [-3, 4, 3, 2], [1, 2, 3, 4, 5, 6]]);
  f(6, [2, [-3, 4, 3, 2], [1, 2, 3, 4, 5, 6]]);
  // (-3, -2) → -1, (-1, 0) → 0, 4 → 2, 5 → 3.
  f(4, [1, [-1, 2, 1, 2], [3, 7, 5, 6]]);
  f(3, [0, [0, 3], [10, 5, 6]]);
  expect(() => withinLimits(fine, { nativeBucketsMax: 1, nativeFactorMin: 0 })).toThrow(
    /bucket limit exceeded: 2 buckets/,
  );
  const custom = { ...histogram(-53, [0, 3], [1, 1, 1]), customBounds: [1, 2, 3] };
  expect(() => withinLimits(custom, { nativeBucketsMax: 2, nativeFactorMin: 0 })).toThrow(/bucket limit exceeded/);
});

test('buckets grow by the factor that the job asks for, at least', () => {
  const f = (nativeFactorMin: number, schema: number) =>
    expect(withinLimits(histogram(8, [], []), { nativeBucketsMax: 0, nativeFactorMin }).schema).toBe(schema);
  f(0, 8);
  f(1, 8);
  f(1.1, 2);
  f(2, 0);
  f(4, -1);
  f(1e30, -4);
});
