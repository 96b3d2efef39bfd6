import { expect, test } from 'vitest';
import type { Clock } from '#kit';
import { cellsOf, type SampleColumns } from '#model';
import { randomFrom } from '../test-rows.ts';
import { CellSlabs } from './cell-slabs.ts';
import { Head } from './head.ts';

test('a slab is let go of when all have left it, and is not written again', () => {
  const slabs = new CellSlabs();
  const first = slabs.slabFor(200);
  first.take(200);
  const second = slabs.slabFor(200);
  expect(second).not.toBe(first);
  second.take(200);
  const both = slabs.bytes;
  first.leave(200);
  expect(both - slabs.bytes).toBe(16 * first.cells);
  expect(slabs.slabFor(8)).toBe(second);
});

test('the slab that is being filled stays though all have left it, and goes when the next is opened', () => {
  const slabs = new CellSlabs();
  const open = slabs.slabFor(100);
  open.take(100);
  open.leave(100);
  const { bytes } = slabs;
  expect(slabs.slabFor(100)).toBe(open);
  expect(open.take(100)).toBe(100);
  open.leave(100);
  const next = slabs.slabFor(100);
  expect(slabs.bytes).toBe(bytes - 16 * open.cells + 16 * next.cells);
});

test('who needs very many cells gets a slab of exactly those', () => {
  const slabs = new CellSlabs();
  const { bytes } = slabs;
  const own = slabs.slabFor(100_000);
  expect(own.take(100_000)).toBe(0);
  expect(own.isSparse).toBe(false);
  expect(slabs.bytes).toBe(bytes + 1_600_000);
  own.leave(100_000);
  expect(slabs.bytes).toBe(bytes);
});

const clockAt = (nowMs: () => number): Clock => ({ nowMs, tickMs: nowMs, sleep: async () => undefined });

function samplesOf(refs: readonly number[], timeMs: number): SampleColumns {
  return {
    count: refs.length,
    refs: Int32Array.from(refs),
    timesMs: new Float64Array(refs.length).fill(timeMs),
    values: Float64Array.from(refs, (ref) => ref + timeMs / 1e6),
  };
}

test('who reads cells that others leave meanwhile goes on reading the same', async () => {
  let nowMs = 0;
  const head = new Head({ recentMs: 1e9, recentBytesMax: 1e9, clock: clockAt(() => nowMs) });
  const all = Array.from({ length: 50 }, (_, ref) => ref);
  const held: { cells: ReturnType<typeof cellsOf>; times: readonly number[]; values: readonly number[] }[] = [];
  for (let i = 0; i < 600; i++) {
    nowMs += 15_000;
    // Some series have more to say than others, so that slabs are left unevenly; some come late.
    head.append(samplesOf(i % 7 === 0 ? all : all.slice(0, 20), nowMs));
    if (i % 5 === 0) head.append(samplesOf([3, 40], nowMs - 7_000));
    if (i % 10 > 0) continue;
    for (const ref of [0, 3, 19, 40]) {
      const columns = head.reader()(ref, nowMs - 20 * 60_000, nowMs);
      if (columns === undefined) continue;
      const cells = cellsOf(columns);
      const { timesMs, values, from, to } = cells;
      held.push({ cells, times: [...timesMs.slice(from, to)], values: [...values.slice(from, to)] });
    }
    await head.sweep();
  }
  expect(held.length).toBeGreaterThan(200);
  for (const { cells, times, values } of held) {
    expect([...cells.timesMs.slice(cells.from, cells.to)]).toEqual(times);
    expect([...cells.values.slice(cells.from, cells.to)]).toEqual(values);
    expect(times.every((time, i) => i === 0 || time > (times[i - 1] as number))).toBe(true);
  }
});

test('cells that series have left take little, however unevenly they leave', async () => {
  const next = randomFrom(5);
  let nowMs = 1e9;
  const head = new Head({ recentMs: 1e9, recentBytesMax: 1e9, clock: clockAt(() => nowMs) });
  const all = Array.from({ length: 2_000 }, (_, ref) => ref);
  for (let i = 0; i < 40; i++) {
    nowMs += 15_000;
    head.append(samplesOf(all, nowMs));
  }
  await head.sweep();
  const { bytes } = head.size();
  // Each late sample moves its series: without care, all that was left would add up to a hundred times the live cells.
  const lateCount = 200_000;
  for (let i = 0; i < lateCount; i += 2_000) {
    const refs = Array.from({ length: 2_000 }, () => Math.floor(next() ** 4 * 2_000));
    head.append(samplesOf(refs, nowMs - 7_000 - 0.001 * (i / 2_000)));
    await new Promise((resolve) => setImmediate(resolve));
    expect(head.size().bytes).toBeLessThan(4 * bytes);
  }
  await head.sweep();
  expect(head.size().bytes).toBeLessThan(3 * bytes);
});

test('with its series the head lets go of their cells', async () => {
  let nowMs = 1e9;
  const head = new Head({ recentMs: 60_000, recentBytesMax: 1e9, clock: clockAt(() => nowMs) });
  const all = Array.from({ length: 5_000 }, (_, ref) => ref);
  for (let i = 0; i < 4; i++) head.append(samplesOf(all, nowMs + i));
  expect(head.size().bytes).toBeGreaterThan(5_000 * 64);
  nowMs += 100_000;
  head.append(samplesOf([7], nowMs));
  await head.sweep();
  expect(head.size().bytes).toBeLessThan(100_000);
});
