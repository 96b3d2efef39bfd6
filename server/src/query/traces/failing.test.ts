import { expect, test } from 'vitest';
import { failingSpan } from './failing.ts';
import { type SpanSketch, storedSpan } from './span.testing.ts';
import { assembleTree } from './tree.ts';

const failing = (...sketches: (SpanSketch & { error?: true })[]) =>
  failingSpan(
    assembleTree(sketches.map(({ error, ...sketch }) => storedSpan({ ...sketch, status: error ? 'error' : 'unset' }))),
  )?.stored.name;

test('the failure began at the deepest span of the chain that failed', () => {
  expect(
    failing(
      { id: 1, at: 0, for: 100, error: true },
      { id: 2, parent: 1, at: 10, for: 80, error: true },
      { id: 3, parent: 2, at: 20, for: 30, error: true },
      { id: 4, parent: 3, at: 21, for: 5 },
    ),
  ).toBe('span 3');
});

test('an error that was handled does not explain why the request failed', () => {
  expect(
    failing(
      { id: 1, at: 0, for: 100, error: true },
      { id: 2, parent: 1, at: 5, for: 10 },
      { id: 3, parent: 2, at: 6, for: 2, error: true },
      { id: 4, parent: 1, at: 50, for: 40, error: true },
    ),
  ).toBe('span 4');
});

test('a span that failed without saying so is seen through', () => {
  expect(
    failing(
      { id: 1, at: 0, for: 100, error: true },
      { id: 2, parent: 1, at: 5, for: 90 },
      { id: 3, parent: 2, at: 6, for: 80, error: true },
    ),
  ).toBe('span 3');
});

test('of several the first to end is named, and without an error none', () => {
  expect(
    failing(
      { id: 1, at: 0, for: 100 },
      { id: 2, parent: 1, at: 5, for: 50, error: true },
      { id: 3, parent: 1, at: 10, for: 20, error: true },
    ),
  ).toBe('span 3');
  expect(failing({ id: 1, at: 0, for: 1 })).toBeUndefined();
});
