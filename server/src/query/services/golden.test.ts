import { expect, test } from 'vitest';
import type { Cell } from './cells.ts';
import { bucketQuantile, type Golden, seenSeconds } from './golden.ts';
import { goldenOf } from './metric-signals.ts';
import { quoted } from './selectors.ts';
import { stepsOf } from './steps.ts';

test('quantiles of buckets are those of Prometheus', () => {
  const bounds = [50, 100, Number.POSITIVE_INFINITY];
  const f = (share: number, cumulative: number[], value: number | undefined) =>
    expect(bucketQuantile(share, bounds, cumulative)).toBe(value);
  f(0.5, [0, 10, 10], 75);
  f(0.5, [10, 10, 10], 25);
  f(0.99, [0, 5, 10], 100);
  f(0.5, [0, 0, 0], undefined);
  expect(bucketQuantile(0.5, [], [])).toBeUndefined();
});

test('steps cover the range evenly, and the range before has as many', () => {
  expect(stepsOf({ startMs: 0, endMs: 3_600_000 }, 40)).toEqual({
    startMs: 0,
    endMs: 3_600_000,
    stepMs: 90_000,
    count: 40,
  });
  expect(stepsOf({ startMs: 0, endMs: 1 }, 40).count).toBe(1);
});

test('cells of the range and of the range before are kept apart, and gaps stay gaps', () => {
  const steps = stepsOf({ startMs: 0, endMs: 2000 }, 2);
  const counts = Float64Array.of(1, 1, 4, Number.NaN);
  const cell: Cell = {
    service: 'a',
    method: '',
    route: '',
    status: '500',
    error: true,
    counts,
    buckets: new Map([
      [100, counts],
      [Number.POSITIVE_INFINITY, counts],
    ]),
  };
  const golden = goldenOf({ counting: [cell], timing: [cell] }, steps);
  expect(golden.now).toEqual({ count: 4, errors: 4, p50Ms: 50, p95Ms: 95, p99Ms: 99 });
  expect(golden.before.count).toBe(2);
  expect(golden.steps.map((step) => step?.count)).toEqual([4, undefined]);
});

test('a service is data in PromQL, whatever its name', () => {
  expect(quoted('a"b\\c\nd')).toBe('"a\\"b\\\\c\\nd"');
});

test('a rate is over the range, or over what is left of it since a young service had its first request', () => {
  const steps = stepsOf({ startMs: 0, endMs: 600_000 }, 10);
  const golden = (before: number, ...counts: number[]): Golden => ({
    now: { count: 1, errors: 0 },
    before: { count: before, errors: 0 },
    steps: counts.map((count) => ({ count, errors: 0 })),
  });
  expect(seenSeconds([golden(0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 5)], steps)).toBe(120);
  expect(seenSeconds([golden(0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 5), golden(3)], steps)).toBe(600);
  expect(seenSeconds([golden(0)], steps)).toBe(600);
});
