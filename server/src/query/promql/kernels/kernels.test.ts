import { expect, test } from 'vitest';
import { systemClock } from '#kit';
import { limits, type SeriesColumns } from '#model';
import { createPromql } from '../index.ts';

/** A small generator, so that the run can be repeated. */
function chanceFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const chance = chanceFrom(11);
const samples = 300;
const series: SeriesColumns[] = Array.from({ length: 40 }, (_, index) => ({
  labels: ['__name__', 'm', 'i', String(index)],
  timesMs: new Float64Array(samples).map((_, i) => i * 1_000),
  values: new Float64Array(samples).map(() => (chance() < 0.15 ? Number.NaN : Math.floor(chance() * 30) - 10)),
}));
const promql = createPromql({ select: async () => series, limits: limits.query, clock: systemClock });

/** By labels and step. */
async function ask(text: string): Promise<number[][]> {
  const range = { startMs: 20_000, endMs: 290_000, stepMs: 3_000 };
  const { value } = await promql.range({ tenant: 'main', text, ...range, signal: new AbortController().signal });
  if (value.kind !== 'matrix') throw new Error('a range query gives a matrix');
  return value.series.map(({ values }) => [...values]);
}

/** The samples in each step's window of `length` samples, of every series, by labels. */
function windowsOf(length: number): number[][][] {
  const byLabels = [...series].sort((a, b) => ((a.labels[3] ?? '') < (b.labels[3] ?? '') ? -1 : 1));
  return byLabels.map(({ values }) =>
    Array.from({ length: 91 }, (_, step) => {
      const end = 20 + 3 * step + 1;
      return [...values.subarray(Math.max(0, end - length), end)];
    }),
  );
}

function quantileBySorting(q: number, values: readonly number[]): number {
  const sorted = [...values].sort((a, b) =>
    Number.isNaN(a) || Number.isNaN(b) ? Number(Number.isNaN(b)) - Number(Number.isNaN(a)) : a - b,
  );
  const rank = q * (sorted.length - 1);
  const lower = Math.floor(rank);
  const upper = Math.min(sorted.length - 1, lower + 1);
  return (sorted[lower] ?? 0) * (1 - (rank - lower)) + (sorted[upper] ?? 0) * (rank - lower);
}

test('greatest and smallest are found from window to window as in each window alone', async () => {
  for (const length of [1, 2, 5, 12]) {
    const best = (isBetter: (a: number, b: number) => boolean) =>
      windowsOf(length).map((windows) =>
        windows.map((window) => window.reduce((a, b) => (isBetter(b, a) || Number.isNaN(a) ? b : a))),
      );
    expect(await ask(`max_over_time(m[${length}s])`)).toEqual(best((a, b) => a > b));
    expect(await ask(`min_over_time(m[${length}s])`)).toEqual(best((a, b) => a < b));
  }
});

test('a quantile is what sorting finds, with NaN first', async () => {
  for (const q of [0, 0.1, 0.5, 0.73, 1]) {
    const windows = windowsOf(12);
    expect(await ask(`quantile_over_time(${q}, m[12s])`)).toEqual(
      windows.map((own) => own.map((window) => quantileBySorting(q, window))),
    );
    const last = windows.map((own) => own.map((window) => window.at(-1) ?? 0));
    const across = (last[0] ?? []).map((_, step) =>
      quantileBySorting(
        q,
        last.map((own) => own[step] ?? 0),
      ),
    );
    expect(await ask(`quantile(${q}, m)`)).toEqual([across]);
  }
});

test('aggregations add up the series that pass by as they do series that stay', async () => {
  for (const op of ['sum', 'avg', 'count', 'group', 'min', 'max', 'stddev', 'stdvar']) {
    for (const inner of ['m', 'rate(m[12s])', 'max_over_time(m[5s])']) {
      // An addition makes a series that stays.
      expect(await ask(`${op}(${inner})`)).toEqual(await ask(`${op}(${inner} + 0)`));
      expect(await ask(`${op} without (j) (${inner})`)).toEqual(await ask(`${op} without (j) (${inner} + 0)`));
    }
  }
});

test('samples that are unpacked one series after another do not count as held at once', async () => {
  const packed = series.map((column) => ({ ...column, sampleCount: samples }));
  const tight = { limits: { ...limits.query, samplesMax: 10_000 }, clock: systemClock };
  const question = { tenant: 'main', text: 'sum(m)', timeMs: 250_000, signal: new AbortController().signal };
  await createPromql({ ...tight, select: async () => packed }).instant(question);
  await expect(createPromql({ ...tight, select: async () => series }).instant(question)).rejects.toMatchObject({
    code: 'QUERY_TOO_LARGE',
  });
});
