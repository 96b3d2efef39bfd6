import { expect, test } from 'vitest';
import { deploysIn } from './deploys.ts';

/** Requests per minute of each version: `{ a: [60, 60, 0], b: [0, 0, 60] }`. */
function sightsOf(versions: Record<string, readonly number[]>) {
  return Object.entries(versions)
    .flatMap(([version, counts]) =>
      counts
        .map((requests, cell) => ({ cell, version, firstMs: cell * 60_000, requests }))
        .filter((s) => s.requests > 0),
    )
    .sort((a, b) => a.firstMs - b.firstMs);
}

const marksOf = (versions: Record<string, readonly number[]>) =>
  deploysIn(sightsOf(versions)).map(({ version, timeMs }) => `${version} ${timeMs / 60_000}`);

test('a version that comes back after another had its place is a deploy, and the one that was there first is none', () => {
  const f = (versions: Record<string, readonly number[]>, marks: string[]) => expect(marksOf(versions)).toEqual(marks);
  f({ a: [60, 60, 60] }, []);
  f({ a: [60, 60, 0, 0], b: [0, 0, 60, 60] }, ['b 2']);
  f({ a: [60, 0, 0, 60], b: [0, 60, 60, 0] }, ['b 1', 'a 3']);
  f({ a: [60, 0, 60, 0], b: [0, 60, 0, 60] }, ['b 1', 'a 2', 'b 3']);
  // It rolls over, so both answer in the same minute.
  f({ a: [60, 30, 0, 30, 60], b: [0, 30, 60, 30, 0] }, ['b 1', 'a 3']);
});

test('a quiet minute is no deploy, nor is one in which a canary with a small share had no request', () => {
  expect(marksOf({ a: [60, 0, 0, 60] })).toEqual([]);
  expect(marksOf({ a: [57, 60, 56, 60, 58], b: [3, 0, 4, 0, 2] })).toEqual(['b 0']);
});
