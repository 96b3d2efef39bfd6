import { expect, test } from 'vitest';
import { type SpanSketch, storedSpan } from './span.testing.ts';
import { selfTimes, sharesOf } from './timing.ts';
import { assembleTree } from './tree.ts';

const tree = (...sketches: SpanSketch[]) => assembleTree(sketches.map(storedSpan));

test('self time is what children do not cover, parallel children counted once', () => {
  const self = selfTimes(
    tree(
      { id: 1, at: 0, for: 100 },
      { id: 2, parent: 1, at: 10, for: 40 },
      { id: 3, parent: 1, at: 30, for: 40 },
      { id: 4, parent: 1, at: 90, for: 50 },
    ),
  );
  expect([...self]).toEqual([30, 40, 40, 50]);
});

test('parallel spans share their time, so that the parts sum to the whole', () => {
  const parallel = tree(
    { id: 1, at: 0, for: 100 },
    { id: 2, parent: 1, at: 10, for: 40 },
    { id: 3, parent: 1, at: 10, for: 40 },
  );
  const { ofSpans, waitingNs } = sharesOf(parallel);
  expect([...ofSpans]).toEqual([60, 20, 20]);
  expect(waitingNs).toBe(0);
});

test('time in which nothing ran is waiting', () => {
  const { ofSpans, waitingNs } = sharesOf(tree({ id: 1, at: 0, for: 10 }, { id: 2, parent: 1, at: 30, for: 10 }));
  expect([...ofSpans]).toEqual([10, 10]);
  expect(waitingNs).toBe(20);
});

test('whatever the shape, every nanosecond is given away exactly once', () => {
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed % below;
  };
  for (let round = 0; round < 50; round++) {
    const sketches = Array.from({ length: 40 }, (_, i) => ({
      id: i + 1,
      ...(i > 0 && { parent: random(i) + 1 }),
      at: random(1000),
      for: random(500),
    }));
    const random40 = tree(...sketches);
    const { ofSpans, waitingNs } = sharesOf(random40);
    const sum = ofSpans.reduce((a, b) => a + b, 0) + waitingNs;
    expect(sum).toBeCloseTo(random40.durationNs, 6);
    expect(Math.min(...ofSpans)).toBeGreaterThanOrEqual(-1e-9);
  }
});

test('10,000 spans in parallel are shared out at once', () => {
  const many = tree(
    { id: 1, at: 0, for: 20_000 },
    ...Array.from({ length: 10_000 }, (_, i) => ({ id: i + 2, parent: 1, at: i, for: 10_000 })),
  );
  const startedMs = performance.now();
  const { ofSpans } = sharesOf(many);
  expect(performance.now() - startedMs).toBeLessThan(500);
  expect(ofSpans.reduce((a, b) => a + b, 0)).toBeCloseTo(20_000, 3);
});
