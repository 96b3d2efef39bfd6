import { expect, test } from 'vitest';
import type { Clock } from '#kit';
import { cellsOf, isStaleAt, type SampleColumns, setStaleAt } from '#model';
import { randomFrom } from '../test-rows.ts';
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
  const columns = head.reader()(ref, startMs, endMs);
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
  const before = head.reader()(0, 0, 1e15);
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

const minuteMs = 60_000;

test('whatever the order of writes, it answers as a plain list would', async () => {
  let lazy = 0;
  for (let seed = 1; seed <= 12; seed++) {
    const next = randomFrom(seed);
    const any = (below: number): number => Math.floor(next() * below);
    const head = new Head({ recentMs: 1e9, recentBytesMax: 1e9, clock: clockAt(() => 1e9) });
    const known = new Map<number, number>();
    const older = new Map<number, number>();
    const isStale = (value: number): boolean => value < 20;
    let nowMs = 500 * minuteMs;
    const write = (timeMs: number): void => {
      const value = any(1000);
      const columns = columnsOf([[3, timeMs, value]]);
      if (isStale(value)) setStaleAt(new Uint32Array(columns.values.buffer), 0);
      head.append(columns);
      known.set(timeMs, value);
    };
    for (let i = 0; i < 900; i++) {
      if (any(100) < 85) nowMs += 1 + (any(3) * minuteMs) / 2;
      write(any(100) < 85 ? nowMs : nowMs - any(any(10) === 0 ? nowMs : 30 * minuteMs));
      if (i === 400 || i === 700) {
        for (let timeMs = (100 - i / 10) * minuteMs; timeMs < 130 * minuteMs; timeMs += 1 + any(minuteMs / 2))
          older.set(timeMs, 50 + any(1000));
        const sorted = [...older].sort(([a], [b]) => a - b);
        const [timesMs, values] = [0, 1].map((cell) => Float64Array.from(sorted, (pair) => pair[cell] as number));
        head.addOlder({ ref: 3, timesMs: timesMs as Float64Array, values: values as Float64Array });
        for (const [timeMs, value] of older) if (!known.has(timeMs)) known.set(timeMs, value);
        older.clear();
      }
      if (i % 50 > 0) continue;
      await head.sweep();
      const [startMs, endMs] = [any(nowMs), any(nowMs + minuteMs)];
      const expected = [...known]
        .filter(([timeMs]) => timeMs >= startMs && timeMs <= endMs)
        .sort(([a], [b]) => a - b)
        .map(([timeMs, value]) => [timeMs, isStale(value) ? 'stale' : value]);
      const columns = head.reader()(3, startMs, endMs);
      lazy += columns?.sampleCount === undefined ? 0 : 1;
      const { timesMs, values } = columns ?? { timesMs: new Float64Array(0), values: new Float64Array(0) };
      const bits = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
      const found = Array.from(timesMs, (time, cell) => [time, isStaleAt(bits, cell) ? 'stale' : values[cell]]);
      expect(found, `seed ${seed}, write ${i}, ${startMs} to ${endMs}`).toEqual(expected);
      const seen = columns && cellsOf(columns);
      expect([...(seen?.timesMs.subarray(seen.from, seen.to) ?? [])]).toEqual([...timesMs]);
      const seenBytes = Buffer.from(seen?.values.slice(seen.from, seen.to).buffer ?? new ArrayBuffer(0));
      expect(seenBytes.equals(Buffer.from(values.slice().buffer))).toBe(true);
      if (columns?.sampleCount !== undefined) expect(columns.sampleCount).toBeGreaterThan(0);
      expect(head.size().samples).toBe(known.size);
    }
  }
  expect(lazy).toBeGreaterThan(10);
});

test('many series at once are what each is alone, and stay so whatever is written; where one is packed there are none', async () => {
  let [asked, unanswered] = [0, 0];
  for (let seed = 1; seed <= 4; seed++) {
    const next = randomFrom(seed);
    const any = (below: number): number => Math.floor(next() * below);
    const head = new Head({ recentMs: 1e9, recentBytesMax: 1e9, clock: clockAt(() => 1e9) });
    const refs = Int32Array.from({ length: 30 }, (_, i) => 2 * i);
    let nowMs = 500 * minuteMs;
    const write = (): void => {
      nowMs += any(4) === 0 ? any(10 * minuteMs) : minuteMs / 2;
      // Most of them together, some a little later, some not at all, and some of a while ago.
      const sent = refs.filter((ref) => any(20) > 0 && !(ref % 8 === 0 && any(3) > 0));
      const late = any(30) === 0 ? [[any(60), nowMs - any(40 * minuteMs), 7] as const] : [];
      head.append(columnsOf([...Array.from(sent, (ref) => [ref, nowMs + (ref % 3), any(1000)] as const), ...late]));
    };
    const asOf = (cells: ReturnType<Head['plain']>) =>
      Array.from({ length: cells?.count ?? 0 }, (_, i) => {
        const [from, to] = [cells?.from[i], cells?.to[i]];
        const { timesMs, values } = cells?.slabs[i] ?? { timesMs: [], values: [] };
        return [cells?.refs[i], [...timesMs.slice(from, to)], [...values.slice(from, to)]];
      });
    for (let i = 0; i < 300; i++) {
      write();
      const startMs = nowMs - any(any(3) === 0 ? 200 * minuteMs : 20 * minuteMs);
      const endMs = startMs + any(30 * minuteMs);
      const cells = head.plain(refs, startMs, endMs);
      asked++;
      if (cells === undefined) {
        unanswered++;
        continue;
      }
      const reader = head.reader();
      const alone = Array.from(refs, (ref) => reader(ref, startMs, endMs)).flatMap((one) => one ?? []);
      const found = asOf(cells);
      expect(found).toEqual(alone.map(({ ref, timesMs, values }) => [ref, [...timesMs], [...values]]));
      expect(cells.samples).toBe(alone.reduce((sum, { timesMs }) => sum + timesMs.length, 0));
      for (let more = 0; more < 5; more++) write();
      await head.sweep();
      expect(asOf(cells)).toEqual(found);
    }
  }
  expect(unanswered).toBeGreaterThan(8);
  expect(asked - unanswered).toBeGreaterThan(400);
});

test('packed samples are let go of with their slabs, and a reader opened before keeps them', async () => {
  let nowMs = 0;
  const head = new Head({ recentMs: 1e9, recentBytesMax: 1_500_000, clock: clockAt(() => nowMs) });
  head.isWarm(0);
  const append = async (): Promise<void> => {
    for (let i = 0; i < 20_000; i++) {
      nowMs += 1000;
      head.append(columnsOf(Array.from({ length: 10 }, (_, ref) => [ref, nowMs, Math.sqrt(nowMs + ref)])));
      if (i % 100 === 0) await head.sweep();
    }
  };
  await append();
  const early = head.validFromMs;
  expect(early).toBeGreaterThan(0);
  expect(head.size().bytes).toBeLessThan(1_500_000 + 300_000);
  const columns = head.reader()(4, early, nowMs);
  const expected = columns?.timesMs.length;
  await append();
  expect(head.validFromMs).toBeGreaterThan(early);
  head.reader()(5, head.validFromMs, nowMs)?.timesMs.at(0);
  expect(columns?.timesMs.length).toBe(expected);
  expect(columns?.values[0]).toBe(Math.sqrt((columns?.timesMs[0] ?? 0) + 4));
  for (let ref = 0; ref < 10; ref++) {
    const found = head.reader()(ref, head.validFromMs, nowMs);
    expect(found?.timesMs[0]).toBe(head.validFromMs + ((1000 - (head.validFromMs % 1000)) % 1000));
    expect(found?.timesMs.length).toBe(Math.floor((nowMs - (found?.timesMs[0] ?? 0)) / 1000) + 1);
  }
});
