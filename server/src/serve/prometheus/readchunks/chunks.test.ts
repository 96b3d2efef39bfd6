/** Chunks byte by byte as Prometheus' own encoder (tsdb/chunkenc, v3.5) makes them of the same samples. */
import { expect, test } from 'vitest';
import type { HistogramSample, NativeHistogram, SeriesColumns } from '#model';
import { crc32c } from './crc32c.ts';
import { framesOf } from './index.ts';
import { chunksOf } from './series.ts';

const labels = ['__name__', 'x'];
const none = new Float64Array(0);
const startMs = 1_768_478_400_000;

const floats = (timesMs: readonly number[], values: readonly number[]): SeriesColumns => ({
  labels,
  timesMs: Float64Array.from(timesMs),
  values: Float64Array.from(values),
});

const histograms = (...samples: NativeHistogram[]): SeriesColumns => ({
  labels,
  timesMs: none,
  values: none,
  histograms: samples.map((histogram, i) => ({ timeMs: startMs + i * 15_000, histogram })),
});

const hex = (series: SeriesColumns) =>
  [...chunksOf(series)].map(({ encoding, data }) => [encoding, data.toString('hex')]);

const empty: NativeHistogram = {
  schema: 0,
  count: 0,
  sum: 0,
  zeroThreshold: 0,
  zeroCount: 0,
  positiveSpans: [],
  positiveCounts: [],
  negativeSpans: [],
  negativeCounts: [],
  customBounds: [],
  resetHint: 'unknown',
};

test('floats keep their bits, and times every distance', () => {
  const timesMs = [0, 15_000, 30_000, 45_003, 60_000, 100_000, 600_000, 1_000_000, 87_400_000, 87_400_001];
  const series = floats(
    timesMs.map((ms) => startMs + ms),
    [1, 1, 2.5, -1e300, 0, 0, 0, Number.POSITIVE_INFINITY, 12345.678, 12345.679],
  );
  new Uint32Array(series.values.buffer).set([1, 0x7ff80000, 2, 0x7ff00000], 8);
  expect(hex(series)).toEqual([
    [
      1,
      '000a80f8b698f8663ff00000000000009875309bffd8003c1f5f19f21e44003acf7ff580081cfe43c8800759dc61ab8002000000000000' +
        'f9c13827ff0000000000002ee79609ffc0000000000003c00000000148106023f381cd6c8b43958ffffffffffad9a4018000000008733b6980',
    ],
  ]);
});

test('whole counts travel as changes of changes, broken ones and sums as bits', () => {
  const whole = [0, 1, 2, 3].map((n) => ({
    ...empty,
    schema: 3,
    count: 8 + 11 * n * n,
    sum: 12.5 + n * 1.1,
    zeroThreshold: 1e-128,
    zeroCount: 1 + n,
    positiveSpans: [-1, 2, 300, 1],
    positiveCounts: [3 + 5 * n * n, 2 + 5 * n * n, 1 + 5 * n * n],
    negativeSpans: [0, 1],
    negativeCounts: [1 + n],
  }));
  const custom = [0, 1, 2].map((n) => ({
    ...empty,
    schema: -53,
    count: 5.5 + n * 2,
    sum: 12.5 + n,
    resetHint: 'gauge' as const,
    positiveSpans: [0, 2],
    positiveCounts: [2.5 + n, 3 + n],
    customBounds: [0.005, 0.5, 1, 1e9, 1 / 3],
  }));
  const large = { ...empty, count: 2 ** 40, zeroCount: 2 ** 40, zeroThreshold: 2 ** -128, resetHint: 'reset' as const };
  expect(hex(histograms(...whole))).toEqual([
    [
      2,
      '000400ff255bba08cf8c979d9ca578f84b2317f0000cde0c36f00622280520000000000013bde3f075318b8eeca333333333333c291659b73' +
        'caaaaaaaaaaab8a0cb25fffffffffff98a0',
    ],
  ]);
  expect(hex(histograms(...custom))).toEqual([
    [
      3,
      '0003c000ee5c6456ddf5f1f4907373594000000007faaaaaaaaaaaaabfc000337830dbc00802c0000000000000000000000000000805200000' +
        '000000080080000000000008010000000000001f07531b01b703d80f585b50deb685eb13f683',
    ],
  ]);
  expect(hex(histograms(large))).toEqual([
    [2, '000180741fc000337830dbc01fc00020000000001fc0002000000000000000000000000000'],
  ]);
});

test('a chunk ends where its reader would take a reset for a rise, and where the layout changes', () => {
  const one = { ...empty, count: 5, zeroCount: 5 };
  const f = (...samples: NativeHistogram[]) =>
    [...chunksOf(histograms(...samples))].map(({ data }) => data.readUInt16BE(0));
  expect(f(one, { ...one, count: 6, zeroCount: 6 })).toEqual([2]);
  expect(f(one, { ...one, count: 4, zeroCount: 4 })).toEqual([1, 1]);
  expect(f(one, { ...one, resetHint: 'reset' })).toEqual([1, 1]);
  expect(f(one, { ...one, schema: 1 })).toEqual([1, 1]);
  expect(f(one, { ...one, count: 5.5, zeroCount: 5.5 })).toEqual([1, 1]);
  const gauge = { ...one, resetHint: 'gauge' as const };
  expect(f(one, gauge, { ...gauge, count: 1, zeroCount: 1 })).toEqual([1, 2]);
});

test('floats and histograms of one series take turns by their times', () => {
  const at = (timeMs: number): HistogramSample => ({ timeMs, histogram: empty });
  const series = { ...floats([1, 2, 5], [1, 1, 1]), histograms: [at(3), at(4), at(6)] };
  expect([...chunksOf(series)].map(({ encoding, minMs, maxMs }) => [encoding, minMs, maxMs])).toEqual([
    [1, 1, 2],
    [2, 3, 4],
    [1, 5, 5],
    [2, 6, 6],
  ]);
  const many = floats(
    Array.from({ length: 250 }).map((_, i) => i),
    Array.from({ length: 250 }).map(Math.random),
  );
  expect([...chunksOf(many)].map(({ data }) => data.readUInt16BE(0))).toEqual([120, 120, 10]);
});

test('a frame is behind its length and its checksum, and not much larger than one MiB', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
  const length = 300_000;
  const times = Array.from({ length }).map((_, i) => startMs + i * 1000);
  const series = floats(times, times.map(Math.random));
  const frames = [...framesOf(series, 2)].filter((frame) => frame !== undefined);
  expect(frames.length).toBe(3);
  for (const frame of frames) {
    expect(frame.length).toBeLessThan(1024 * 1024 + 2048);
    const size = (frame[0] as number) - 128 + ((frame[1] as number) - 128) * 128 + (frame[2] as number) * 128 ** 2;
    expect(frame.subarray(7).length % 2 ** 21).toBe(size);
    expect(frame.readUInt32BE(3)).toBe(crc32c(frame.subarray(7)));
    expect(frame.subarray(-2)).toEqual(Buffer.from([0x10, 2]));
  }
});
