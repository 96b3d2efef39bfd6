import { expect, test } from 'vitest';
import { systemClock } from '#kit';
import { limits, type NativeHistogram, type SeriesColumns } from '#model';
import { createPromql } from '../index.ts';
import { compact, fromNative, histogramText, multiply, toNative } from './histogram.ts';
import { isReset } from './resets.ts';
import { trim } from './trim.ts';

function native(counts: readonly number[], about: Partial<NativeHistogram> = {}): NativeHistogram {
  return {
    ...{ schema: 0, count: counts.reduce((a, b) => a + b, 0), sum: 10, zeroThreshold: 0.001, zeroCount: 0 },
    ...{ positiveSpans: [0, counts.length], positiveCounts: counts, negativeSpans: [], negativeCounts: [] },
    ...{ customBounds: [], resetHint: 'unknown' as const },
    ...about,
  };
}

async function ask(text: string, histograms: readonly NativeHistogram[], timeMs: number) {
  const series: SeriesColumns = {
    labels: ['__name__', 'h_total'],
    timesMs: new Float64Array(0),
    values: new Float64Array(0),
    histograms: histograms.map((histogram, i) => ({ timeMs: i * 60_000, histogram })),
  };
  const promql = createPromql({ select: async () => [series], limits: limits.query, clock: systemClock });
  const { signal } = new AbortController();
  const { value } = await promql.instant({ tenant: 'main', text, timeMs, signal });
  if (value.kind !== 'vector') throw new Error(`a ${value.kind}`);
  return value.histograms?.[0] ?? value.values[0];
}

test('the stored form survives the way in and out, without its empty buckets', () => {
  const stored = native([1, 0, 2, 3], { positiveSpans: [-1, 2, 3, 2], negativeSpans: [2, 1], negativeCounts: [4] });
  expect(toNative(fromNative(stored))).toEqual({ ...stored, positiveSpans: [-1, 1, 4, 2], positiveCounts: [1, 2, 3] });
  expect(fromNative(stored)).toBe(fromNative(stored));
});

test('a histogram is written as Prometheus writes it', () => {
  const stored = native([1, 2], { zeroCount: 3, negativeSpans: [1, 1], negativeCounts: [4], count: 10 });
  expect(histogramText(fromNative(stored))).toBe('{count:10, sum:10, [-2,-1):4, [-0.001,0.001]:3, (0.5,1]:1, (1,2]:2}');
});

test('queries over histograms answer with histograms, or numbers read from them', async () => {
  const growing = [native([1, 1]), native([2, 3]), native([3, 5])];
  expect(await ask('h_total', growing, 60_000)).toEqual(growing[1]);
  expect(await ask('histogram_count(h_total)', growing, 60_000)).toBe(5);
  expect(await ask('histogram_quantile(0.5, h_total)', growing, 60_000)).toBeCloseTo(2 ** (0.5 / 3), 10);
  expect(await ask('increase(h_total[3m])', growing, 120_000)).toMatchObject({ resetHint: 'gauge', schema: 0 });
  expect(await ask('count_over_time(h_total[3m])', growing, 120_000)).toBe(3);
  expect(await ask('resets(h_total[3m])', [...growing].reverse(), 120_000)).toBe(2);
});

test('a finer layout or any lost count is a reset', () => {
  const before = fromNative(native([1, 2, 3]));
  expect(isReset(fromNative(native([1, 2, 4])), before)).toBe(false);
  expect(isReset(fromNative(native([2, 1, 4])), before)).toBe(true);
  expect(isReset(fromNative(native([9, 9, 9], { schema: 1 })), before)).toBe(true);
  expect(isReset(fromNative(native([0], { resetHint: 'not_reset' })), before)).toBe(false);
});

test('trimming at a bucket bound removes whole buckets', () => {
  const trimmed = trim(fromNative(native([1, 2, 4])), 2, true);
  expect(trimmed).toMatchObject({ count: 3, positive: { indexes: [0, 1], counts: [1, 2] } });
  expect(compact(multiply(trimmed, -1)).resetHint).toBe('gauge');
});
