import { expect, test } from 'vitest';
import { Writings } from './writings.ts';

/** A small generator, so that the run can be repeated. */
function chanceFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

test('no writing since a mark is missed, and while there are few the answer is exact', () => {
  const chance = chanceFrom(7);
  const writings = new Writings();
  const all: number[] = [];
  const marks: number[] = [];
  for (let i = 0; i < 5_000; i++) {
    marks.push(writings.since('main', 0).mark);
    const leastMs = chance() < 0.05 ? i - Math.floor(chance() * 2_000) : i;
    writings.note('main', leastMs);
    all.push(leastMs);
    const back = Math.floor(chance() * Math.min(i + 1, 1_000));
    const since = i - back;
    const least = Math.min(...all.slice(since));
    const told = writings.since('main', marks[since] ?? 0).leastMs;
    expect(told).toBeLessThanOrEqual(least);
    if (back < 256) expect(told).toBe(least);
  }
});

test('a tenant hears nothing of the writings of others', () => {
  const writings = new Writings();
  const { mark } = writings.since('b', 0);
  writings.note('a', 5);
  expect(writings.since('b', mark).leastMs).toBe(Number.POSITIVE_INFINITY);
  expect(writings.since('a', mark).leastMs).toBe(5);
  expect(writings.since('a', writings.since('a', mark).mark).leastMs).toBe(Number.POSITIVE_INFINITY);
});

test('where there are too many tenants to remember, everything may have been written', () => {
  const writings = new Writings();
  writings.note('first', 5);
  const { mark } = writings.since('first', 0);
  for (let i = 0; i < 2_000; i++) writings.note(`tenant-${i}`, 1_000);
  expect(writings.since('first', mark).leastMs).toBe(Number.NEGATIVE_INFINITY);
});
