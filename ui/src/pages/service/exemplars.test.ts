import type { Exemplar } from '@farol/contract';
import { expect, test } from 'vitest';
import { pickExemplars } from './exemplars.ts';

const point = (i: number, error: boolean): Exemplar => ({
  timeMs: i,
  valueMs: i,
  traceId: `t${i}`,
  spanId: 's',
  endpoint: 'e',
  error,
});

test('failing requests are never crowded out by slow ones', () => {
  const many = [...Array.from({ length: 500 }, (_, i) => point(1_000 + i, false)), point(1, true)];
  const picked = pickExemplars(many, 'all');
  expect(picked.length).toBe(120);
  expect(picked[0]).toEqual(point(1, true));
});

test('the same span is one point', () => {
  expect(pickExemplars([point(1, true), point(1, true), point(2, false)], 'failing')).toEqual([point(1, true)]);
});
