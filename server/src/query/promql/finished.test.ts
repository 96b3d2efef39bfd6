import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { systemClock } from '#kit';
import { type Labels, labelsFrom, labelsKey, limits, type SeriesColumns } from '#model';
import type { MetricQuestion, Written } from '#store';
import { type Answer, createPromql, type Promql } from './index.ts';

/** A small generator, so that the run can be repeated. */
function chanceFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Samples in any order of writing, and exactly how far back they were written since any moment. */
class Samples {
  questions = 0;
  samplesGiven = 0;
  private readonly series = new Map<string, { labels: Labels; values: Map<number, number> }>();
  private readonly times: number[] = [];

  write(labels: Record<string, string>, timeMs: number, value: number): void {
    const own = labelsFrom(Object.entries(labels));
    const series = this.series.get(labelsKey(own)) ?? { labels: own, values: new Map() };
    this.series.set(labelsKey(own), series);
    series.values.set(timeMs, value);
    this.times.push(timeMs);
  }

  readonly writtenSince = (_tenant: string, mark: number): Written => ({
    mark: this.times.length,
    leastMs: Math.min(Number.POSITIVE_INFINITY, ...this.times.slice(mark)),
  });

  readonly select = async ({ matchers, startMs, endMs }: MetricQuestion): Promise<SeriesColumns[]> => {
    this.questions++;
    const found: SeriesColumns[] = [];
    for (const { labels, values } of this.series.values()) {
      const text = (name: string): string => labels[labels.indexOf(name) + 1] ?? '';
      if (!matchers.every(({ name, kind, value }) => (text(name) === value) === (kind === '='))) continue;
      const times = [...values.keys()].filter((timeMs) => timeMs >= startMs && timeMs <= endMs).sort((a, b) => a - b);
      if (times.length === 0) continue;
      this.samplesGiven += times.length;
      const column = Float64Array.from(times, (timeMs) => values.get(timeMs) ?? 0);
      found.push({ labels, timesMs: Float64Array.from(times), values: column });
    }
    return found;
  };
}

const { signal } = new AbortController();
const fresh = ({ select }: Samples): Promql =>
  createPromql({ select, limits: limits.query, clock: systemClock, experimental: true });
const reusing = ({ select, writtenSince }: Samples, finishedBytesMax: number = limits.query.finishedBytesMax): Promql =>
  createPromql({
    select,
    writtenSince,
    limits: { ...limits.query, finishedBytesMax },
    clock: systemClock,
    experimental: true,
  });

interface Range {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}
const ask = (promql: Promql, text: string, range: Range): Promise<Answer> =>
  promql.range({ tenant: 'main', text, ...range, signal });

const texts = [
  'm_total',
  'rate(m_total[2m])',
  'sum by (job) (rate(m_total[2m]))',
  'max_over_time(g[3m:30s])',
  'quantile by (job) (0.9, g)',
  'topk(2, g)',
  'g > 50',
  'sum(g) / count(g) or vector(0)',
  'rate(m_total[2m]) or rate(g[2m])',
  'g or m_total',
  'absent(g{job="a"})',
  'increase(m_total[5m] anchored)',
  'm_total offset 2m',
  'scalar(sum(g))',
  'count_values("v", g > bool 50)',
  'label_replace(g, "to", "$1", "job", "(.*)")',
  // These see beyond their own past, and are right all the same.
  'g @ end()',
  'm_total offset -1m',
  'g + end()',
  'm_total or rate(m_total[2m])',
  'rate(m_total[2m] smoothed)',
  'sum_over_time(g[range() + 1m])',
];

test('extended, moved and narrowed ranges equal a fresh evaluation, whatever is written late between them', async () => {
  const chance = chanceFrom(3);
  const samples = new Samples();
  const [alike, promql] = [fresh(samples), reusing(samples)];
  const series = ['a', 'b', 'c'].flatMap((job) => [
    { __name__: 'm_total', job },
    { __name__: 'g', job },
  ]);
  let nowMs = 1_000_000_000;
  let reused = 0;
  for (let round = 0; round < 120; round++) {
    nowMs += 15_000;
    for (const labels of series) {
      if (chance() < 0.1) continue;
      const lateMs = chance() < 0.03 ? Math.floor(chance() * 600_000) : Math.floor(chance() * 3_000);
      const value = labels.__name__ === 'g' ? Math.floor(chance() * 100) : round * 7 + Math.floor(chance() * 7);
      samples.write(labels, nowMs - lateMs, value);
    }
    if (round < 20) continue;
    const stepMs = 15_000;
    const endMs = Math.floor(nowMs / stepMs) * stepMs - (chance() < 0.2 ? 3 * stepMs : 0);
    const range = { startMs: endMs - (chance() < 0.7 ? 40 : 20) * stepMs, endMs, stepMs };
    for (const text of texts) {
      if (chance() < 0.5) continue;
      const answer = await ask(promql, text, range);
      const expected = await ask(alike, text, range);
      // A look at all of it by `expect` takes many times as long.
      if (!isDeepStrictEqual(answer.value, expected.value)) expect(answer.value, text).toEqual(expected.value);
      reused += answer.stats.stepsReused;
    }
  }
  expect(reused).toBeGreaterThan(10_000);
}, 60_000);

function filled(): { samples: Samples; range: Range } {
  const samples = new Samples();
  for (let i = 0; i <= 100; i++) samples.write({ __name__: 'g', job: 'a' }, i * 10_000, i);
  return { samples, range: { startMs: 300_000, endMs: 900_000, stepMs: 10_000 } };
}

test('a range that ends some steps later reads the samples of those steps alone', async () => {
  const { samples, range } = filled();
  const promql = reusing(samples);
  await ask(promql, 'rate(g[1m])', range);
  const before = samples.samplesGiven;
  const { stats } = await ask(promql, 'rate(g[1m])', { ...range, startMs: 350_000, endMs: 950_000 });
  expect(stats.stepsReused).toBe(56);
  expect(samples.samplesGiven - before).toBeLessThan(12);
  const { questions } = samples;
  await ask(promql, 'rate(g[1m])', { ...range, startMs: 400_000, endMs: 950_000 });
  expect(samples.questions).toBe(questions);
});

test('other phases, steps, texts and lookbacks are other questions', async () => {
  const { samples, range } = filled();
  const promql = reusing(samples);
  await ask(promql, 'g', range);
  const reused = async (text: string, change: object): Promise<number> =>
    (await promql.range({ tenant: 'main', text, ...range, signal, ...change })).stats.stepsReused;
  expect(await reused('g', { startMs: 305_000 })).toBe(0);
  expect(await reused('g', { stepMs: 20_000 })).toBe(0);
  expect(await reused('g + 0', {})).toBe(0);
  expect(await reused('g', { lookbackMs: 60_000 })).toBe(0);
  expect(await reused('g', { tenant: 'other' })).toBe(0);
  expect(await reused('g', {})).toBe(61);
});

test('remarks stay with the steps that they were made about', async () => {
  const { samples, range } = filled();
  const promql = reusing(samples);
  const first = await ask(promql, 'rate(g[1m])', range);
  expect(first.annotations.infos).toHaveLength(1);
  expect((await ask(promql, 'rate(g[1m])', range)).annotations).toEqual(first.annotations);
  const later = await ask(promql, 'rate(g[1m])', { ...range, endMs: 1_200_000 });
  expect(later.stats.stepsReused).toBe(61);
  expect(later.annotations).toEqual(first.annotations);
});

test('what is kept stays within its bytes: the question that was asked longest ago goes first', async () => {
  const { samples, range } = filled();
  const promql = reusing(samples, 5_200);
  const reused = async (text: string): Promise<number> => (await ask(promql, text, range)).stats.stepsReused;
  for (const text of ['g + 1', 'g + 2', 'g + 3', 'g + 4']) expect(await reused(text)).toBe(0);
  expect(await reused('g + 1')).toBe(61);
  expect(await reused('g + 5')).toBe(0);
  expect(await reused('g + 2')).toBe(0);
  expect(await reused('g + 1')).toBe(61);
});

test('where nobody can say what was written, nothing is reused', async () => {
  const { samples, range } = filled();
  const writtenSince = (): Written => ({ mark: 0, leastMs: Number.NEGATIVE_INFINITY });
  const promql = createPromql({ select: samples.select, writtenSince, limits: limits.query, clock: systemClock });
  await ask(promql, 'g', range);
  expect((await ask(promql, 'g', range)).stats.stepsReused).toBe(0);
});
