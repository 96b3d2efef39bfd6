import { expect, test } from 'vitest';
import { errorBursts, nearestIndex, onGrid, stepOf, summaryOf } from './lines.ts';

test('a summary skips gaps and infinities', () => {
  expect(summaryOf([1, null, 3, Number.POSITIVE_INFINITY, 2, null])).toEqual({ last: 2, max: 3, mean: 2 });
  expect(summaryOf([null])).toEqual({ last: null, max: null, mean: null });
});

test('one gap does not change the step', () => {
  expect(stepOf([0, 10, 20, 90, 100])).toBe(10);
  expect(stepOf([5])).toBe(0);
});

test('missing samples become gaps on the grid', () => {
  expect(onGrid({ timesMs: [10, 30], values: [1, 3], startMs: 0, endMs: 40, stepMs: 10 })).toEqual([
    null,
    1,
    null,
    3,
    null,
  ]);
  expect(onGrid({ timesMs: [0], values: [Number.NaN], startMs: 0, endMs: 10, stepMs: 10 })).toEqual([null, null]);
});

test('a burst is above two percent and above three times the usual', () => {
  const times = [0, 10, 20, 30, 40, 50, 60];
  expect(errorBursts(times, [0, 0, 0.3, 0.5, 0, 0, 0])).toEqual([{ startMs: 20, endMs: 40, peak: 0.5 }]);
  expect(errorBursts(times, [0, 0, 0.01, 0.015, 0, 0, 0])).toEqual([]);
  expect(errorBursts(times, [0.1, 0.1, 0.12, 0.1, 0.1, 0.1, 0.1])).toEqual([]);
  expect(errorBursts(times, [0, null, 0, 0, 0, null, 0.2])).toEqual([{ startMs: 60, endMs: 70, peak: 0.2 }]);
});

test('the nearest point wins, on both sides', () => {
  expect(nearestIndex([0, 10, 20], 14)).toBe(1);
  expect(nearestIndex([0, 10, 20], 16)).toBe(2);
  expect(nearestIndex([0, 10, 20], -5)).toBe(0);
  expect(nearestIndex([0, 10, 20], 99)).toBe(2);
});
