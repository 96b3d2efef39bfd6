import { expect, test } from 'vitest';
import { apart } from './apart.ts';

const place = ({ x, y }: { x: number; y: number }) => ({ x, y });

test('of points on top of each other one stays, a failing one first', () => {
  const ok = { x: 10, y: 10, failed: false };
  const failing = { x: 14, y: 12, failed: true };
  const far = { x: 40, y: 10, failed: false };
  expect(apart([ok, failing, far], 9, place)).toEqual([failing, far]);
});

test('points in neighbouring cells are compared, too', () => {
  const left = { x: 8.9, y: 0, failed: true };
  const right = { x: 9.1, y: 0, failed: true };
  expect(apart([left, right], 9, place)).toEqual([left]);
  expect(apart([left, { ...right, x: 18 }], 9, place).length).toBe(2);
});
