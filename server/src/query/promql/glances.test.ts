import { expect, test } from 'vitest';
import { systemClock } from '#kit';
import { limits, type SeriesColumns, setStaleAt } from '#model';
import type { PlainSeries } from '#store';
import { createPromql } from './index.ts';

const samples = 40;
const stepMs = 1_000;
const seriesCount = 700;

/** Side by side in one pair of arrays. Of some series a sample is a stale marker, of some it is just no number. */
function plain(): PlainSeries {
  const timesMs = new Float64Array(seriesCount * samples).map((_, i) => (i % samples) * stepMs);
  const values = new Float64Array(seriesCount * samples).map((_, i) => (i * 7_919) % 1_013);
  const words = new Uint32Array(values.buffer);
  for (const series of [3, 127, 128, 400, 699]) setStaleAt(words, series * samples + 20 + (series % 7));
  for (const series of [3, 200, 500]) values[series * samples + 21] = Number.NaN;
  setStaleAt(words, 60 * samples - 1);
  const refs = Int32Array.from({ length: seriesCount }, (_, i) => i + 5);
  const from = Int32Array.from({ length: seriesCount }, (_, i) => i * samples + (i % 3));
  const to = from.map((_, i) => (i + 1) * samples - (i % 11 === 0 ? 30 : 0));
  const labelsOf = (ref: number) => ['__name__', 'm_total', 'i', String(ref), 'zone', `z${ref % 4}`];
  const columns = (): SeriesColumns[] =>
    Array.from(refs, (ref, i) => ({
      ref,
      labels: labelsOf(ref),
      timesMs: timesMs.subarray(from[i], to[i]),
      values: values.subarray(from[i], to[i]),
    }));
  const all = to.reduce((sum, end, i) => sum + end - (from[i] ?? 0), 0);
  const slabs = Array.from(refs, () => ({ timesMs, values }));
  return { count: seriesCount, refs, slabs, from, to, samples: all, labelsOf, columns };
}

const questions = [
  'm_total',
  'timestamp(m_total)',
  'sum by (zone) (m_total)',
  'sum by (zone) (rate(m_total[12s]))',
  'sum(rate(m_total[12s] offset 4s)) / count(m_total)',
  'max without (i) (max_over_time(m_total[9s]))',
  'quantile by (zone) (0.7, m_total @ 31)',
  'topk(3, rate(m_total[15s]))',
  'count(m_total > 500)',
  'avg_over_time(sum by (zone) (rate(m_total[5s]))[10s:2s])',
];

test('what is looked at a glance is answered as what has an object for each series, stale markers and all', async () => {
  const series = plain();
  const about = { limits: { ...limits.query }, clock: systemClock };
  const never = async (): Promise<SeriesColumns[]> => Promise.reject(new Error('it was all there at a glance'));
  const glancing = createPromql({ ...about, select: never, glance: () => series });
  const selecting = createPromql({ ...about, select: async () => series.columns() });
  const { signal } = new AbortController();
  for (const text of questions) {
    for (const timeMs of [39_000, 26_500, 45_000]) {
      const question = { tenant: 'main', text, timeMs, lookbackMs: 20_000, signal };
      const [found, expected] = [await glancing.instant(question), await selecting.instant(question)];
      expect(found.value).toEqual(expected.value);
      expect(found.annotations).toEqual(expected.annotations);
      const { samplesRead, samplesPeak, seriesRead } = expected.stats;
      expect(found.stats).toMatchObject({ samplesRead, samplesPeak, seriesRead });
    }
    const range = { tenant: 'main', text, startMs: 2_000, endMs: 39_000, stepMs: 1_500, lookbackMs: 6_000, signal };
    expect((await glancing.range(range)).value).toEqual((await selecting.range(range)).value);
  }
});
