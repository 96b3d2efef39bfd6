import { expect, test } from 'vitest';
import { linearScale, logScale, placeOf, timeTicks } from './scale.ts';

test('ticks are round and cover the values', () => {
  const f = (max: number, unit: 'ms' | 'share' | 'count' | 'bytes', ticks: number[]) =>
    expect(linearScale({ min: 0, max, unit, lines: 4 }).ticks).toEqual(ticks);
  f(380, 'ms', [0, 100, 200, 300, 400]);
  f(0, 'ms', [0, 0.25, 0.5, 0.75, 1, 1.25]);
  f(3, 'count', [0, 1, 2, 3, 4]);
  f(1, 'share', [0, 0.25, 0.5, 0.75, 1]);
  f(0, 'share', [0, 0.005, 0.01, 0.015]);
  f(0.006, 'share', [0, 0.002, 0.004, 0.006, 0.008]);
  f(
    400 * 1_048_576,
    'bytes',
    [0, 100, 200, 300, 400, 500].map((mib) => mib * 1_048_576),
  );
});

test('negative values get room below zero', () => {
  const scale = linearScale({ min: -30, max: 10, unit: 'plain', lines: 4 });
  expect(scale.min).toBeLessThanOrEqual(-30);
  expect(scale.ticks).toContain(0);
});

test('a value is placed by its share of the scale, and never outside', () => {
  const linear = { min: 0, max: 100, ticks: [] };
  expect(placeOf(25, linear, 'linear')).toBe(0.25);
  expect(placeOf(500, linear, 'linear')).toBe(1);
  expect(placeOf(10, logScale({ min: 1, max: 100 }), 'log')).toBeCloseTo(0.5);
  expect(placeOf(0, logScale({ min: 1, max: 100 }), 'log')).toBe(0);
});

test('time ticks fall on the marks of a clock', () => {
  const startMs = new Date(2026, 0, 5, 14, 3, 20).getTime();
  const { ticks, stepMs } = timeTicks({ startMs, endMs: startMs + 1_800_000, count: 6 });
  expect(stepMs).toBe(300_000);
  expect(ticks.map((tick) => new Date(tick).getMinutes())).toEqual([5, 10, 15, 20, 25, 30]);
});
