import { expect, test } from 'vitest';
import type { Clock } from '#kit';
import type { SampleColumns } from '#model';
import { Head } from './head.ts';

const clockAt = (nowMs: () => number): Clock => ({ nowMs, tickMs: nowMs, sleep: async () => undefined });

function columnsOf(samples: readonly (readonly [ref: number, timeMs: number, value: number])[]): SampleColumns {
  return {
    count: samples.length,
    refs: Int32Array.from(samples, (sample) => sample[0]),
    timesMs: Float64Array.from(samples, (sample) => sample[1]),
    values: Float64Array.from(samples, (sample) => sample[2]),
  };
}

function read(head: Head, ref: number, startMs = 0, endMs = 1e15): [number, number][] {
  const columns = head.read(ref, startMs, endMs);
  return columns === undefined ? [] : Array.from(columns.timesMs, (time, i) => [time, columns.values[i] as number]);
}

const open = (recentBytesMax = 1e9): Head =>
  new Head({ recentMs: 60_000, recentBytesMax, clock: clockAt(() => 100_000) });

test('samples come back in order however they came, and a time keeps its last value', () => {
  const head = open();
  head.append(
    columnsOf([
      [5, 50_000, 1],
      [5, 70_000, 3],
      [5, 60_000, 2],
      [5, 70_000, 4],
    ]),
  );
  expect(read(head, 5)).toEqual([
    [50_000, 1],
    [60_000, 2],
    [70_000, 4],
  ]);
  expect(read(head, 5, 50_001, 69_999)).toEqual([[60_000, 2]]);
  expect(read(head, 4)).toEqual([]);
});

test('what was given out does not change when more comes', () => {
  const head = open();
  head.append(
    columnsOf([
      [0, 50_000, 1],
      [0, 70_000, 3],
    ]),
  );
  const before = head.read(0, 0, 1e15);
  head.append(
    columnsOf([
      [0, 60_000, 2],
      [0, 70_000, 9],
      [0, 80_000, 4],
    ]),
  );
  expect([...(before?.timesMs ?? [])]).toEqual([50_000, 70_000]);
  expect([...(before?.values ?? [])]).toEqual([1, 3]);
});

test('samples older than the window are not taken, and those that become older are let go', async () => {
  let nowMs = 100_000;
  const head = new Head({ recentMs: 60_000, recentBytesMax: 1e9, clock: clockAt(() => nowMs) });
  head.isWarm(0);
  head.append(
    columnsOf([
      [0, 39_999, 1],
      [0, 40_000, 2],
      [1, 40_000, 2],
    ]),
  );
  expect(read(head, 0)).toEqual([[40_000, 2]]);
  nowMs = 200_000;
  head.append(columnsOf([[1, 199_000, 3]]));
  await head.sweep();
  expect(head.validFromMs).toBe(140_000);
  expect(read(head, 0)).toEqual([]);
  expect(head.size().samples).toBeLessThanOrEqual(2);
});

test('over its budget it answers for less of the past', async () => {
  const head = open(40_000);
  head.isWarm(0);
  for (let timeMs = 40_000; timeMs < 100_000; timeMs += 100)
    head.append(columnsOf([0, 1, 2, 3, 4].map((ref) => [ref, timeMs, timeMs])));
  for (let pass = 0; pass < 5; pass++) await head.sweep();
  head.append(columnsOf([[0, 99_999, 0]]));
  await head.sweep();
  expect(head.size().bytes).toBeLessThan(40_000);
  expect(head.validFromMs).toBeGreaterThan(40_000);
  const times = read(head, 0, head.validFromMs).map(([time]) => time);
  expect(times[0]).toBeLessThan(head.validFromMs + 100);
});

test('samples of the tables join those that came since, without duplicates', () => {
  const head = open();
  head.append(
    columnsOf([
      [0, 60_000, 6],
      [0, 80_000, 8],
    ]),
  );
  head.addOlder({ ref: 0, timesMs: Float64Array.of(50_000, 60_000, 70_000), values: Float64Array.of(5, -1, 7) });
  expect(read(head, 0)).toEqual([
    [50_000, 5],
    [60_000, 6],
    [70_000, 7],
    [80_000, 8],
  ]);
});
