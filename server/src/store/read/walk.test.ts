import { expect, test } from 'vitest';
import { compareLabels, type SeriesColumns } from '#model';
import { walkSeries } from './walk.ts';

const labelsOf = (ref: number) => ['__name__', `m${ref % 7}`, 'n', String((ref * 7919) % 10_007)];
const question = {
  tenant: 'main',
  matchers: [],
  startMs: 0,
  endMs: 3_600_000,
  signal: new AbortController().signal,
  samplesMax: 1,
  seriesMax: 10_000,
};

/** Every third series has no samples; the others have `samples` each. */
function walked(samples: number, told: Partial<typeof question> = {}) {
  const batches: number[] = [];
  const times = new Float64Array(samples);
  const read = async (refs: Int32Array): Promise<SeriesColumns[]> => {
    batches.push(refs.length);
    expect([...refs]).toEqual([...refs].sort((a, b) => a - b));
    const found = [...refs].filter((ref) => ref % 3 > 0);
    return found.map((ref) => ({ labels: labelsOf(ref), timesMs: times, values: times }));
  };
  const refs = Int32Array.from({ length: 10_000 }, (_, ref) => ref);
  return { batches, series: walkSeries(refs, { ...question, ...told }, { labelsOf, read }) };
}

async function all(series: AsyncGenerator<SeriesColumns[]>): Promise<SeriesColumns[][]> {
  const found: SeriesColumns[][] = [];
  for await (const batch of series) found.push(batch);
  return found;
}

test('every series comes once, in the order of the labels', async () => {
  const { batches, series } = walked(10);
  const found = (await all(series)).flat().map(({ labels }) => labels);
  expect(found).toHaveLength(6666);
  expect(found).toEqual([...found].sort(compareLabels));
  expect(Math.max(...batches)).toBe(1000);
});

test('a batch is the smaller the more samples the series before it had', async () => {
  const { batches, series } = walked(40_000);
  await all(series);
  expect(batches[0]).toBe(1000);
  // Two of three have samples.
  expect(batches.slice(10, -1).every((size) => size * 40_000 * (2 / 3) <= 1_200_000)).toBe(true);
});

test('it stops when nobody reads on, and refuses more series than it may sort', async () => {
  const stop = new AbortController();
  const { series } = walked(10, { signal: stop.signal });
  await series.next();
  stop.abort(new Error('left'));
  await expect(series.next()).rejects.toThrow('left');
  await expect(walked(10, { seriesMax: 9_999 }).series.next()).rejects.toThrow('9999');
});
