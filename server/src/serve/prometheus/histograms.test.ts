import { expect, test } from 'vitest';
import type { NativeHistogram } from '#model';
import { histogramJson } from './histograms.ts';

const empty: NativeHistogram = {
  schema: 0,
  count: 0,
  sum: 0,
  zeroThreshold: 0.001,
  zeroCount: 0,
  positiveSpans: [],
  positiveCounts: [],
  negativeSpans: [],
  negativeCounts: [],
  customBounds: [],
  resetHint: 'unknown',
};

test('buckets come lowest first, with bounds and their kind, empty ones left out', () => {
  const histogram: NativeHistogram = {
    ...empty,
    count: 12,
    sum: 18.4,
    zeroCount: 2,
    positiveSpans: [0, 2, 1, 1],
    positiveCounts: [2, 0, 5],
    negativeSpans: [1, 1],
    negativeCounts: [3],
  };
  expect(JSON.parse(histogramJson(histogram))).toEqual({
    count: '12',
    sum: '18.4',
    buckets: [
      [1, '-2', '-1', '3'],
      [3, '-0.001', '0.001', '2'],
      [0, '0.5', '1', '2'],
      [0, '4', '8', '5'],
    ],
  });
});

test('custom bounds end at infinity', () => {
  const histogram = { ...empty, schema: -53, customBounds: [1, 5], positiveSpans: [0, 3], positiveCounts: [1, 2, 3] };
  expect(JSON.parse(histogramJson(histogram)).buckets).toEqual([
    [3, '-Inf', '1', '1'],
    [0, '1', '5', '2'],
    [0, '5', '+Inf', '3'],
  ]);
});

test('an empty histogram has no buckets', () => {
  expect(histogramJson(empty)).toBe('{"count":"0","sum":"0"}');
});
