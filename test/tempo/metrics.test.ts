import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTempoApi, type SpanSketch, type TempoApi, traceId } from './fixture.ts';

interface Answer {
  readonly series: readonly {
    readonly labels: readonly { key: string; value: Record<string, unknown> }[];
    readonly promLabels: string;
    readonly samples: readonly { timestampMs: string; value: number }[];
    readonly exemplars?: readonly {
      labels: readonly { key: string; value: { stringValue: string } }[];
      value: number;
      timestampMs: string;
    }[];
    readonly value?: number;
  }[];
  readonly status?: string;
}

/** A whole number of steps. */
const t0 = Math.floor((Date.now() - 1_200_000) / 60_000) * 60_000;
const stepMs = 60_000;

/** Ten spans over five minutes: odd ones of `a`, even ones of `b`, each a millisecond longer than the one before. */
const spans: SpanSketch[] = Array.from({ length: 10 }, (_, i) => ({
  trace: i + 1,
  id: i + 1,
  service: i % 2 === 0 ? 'a' : 'b',
  name: i < 8 ? 'work' : 'rest',
  startMs: t0 + 1 + i * 30_000,
  durationMs: i + 1,
  status: i === 9 ? 2 : 0,
  attributes: { size: (i + 1) * 10, ...(i < 2 && { tier: 'gold' }) },
}));

let api: TempoApi;
beforeAll(async () => {
  api = await openTempoApi();
  await api.send(spans);
  await api.send([{ trace: 50, id: 50, service: 'a', name: 'theirs', startMs: t0 + 1, durationMs: 1 }], 'tenant-b');
});
afterAll(() => api[Symbol.asyncDispose]());

const range = `start=${t0 / 1000}&end=${t0 / 1000 + 300}&step=60s`;
const ask = (q: string, more = '') =>
  api.get<Answer>(`/metrics/query_range?${range}${more}&q=${encodeURIComponent(q)}`);
const instant = (q: string) =>
  api.get<Answer>(`/metrics/query?start=${t0 / 1000}&end=${t0 / 1000 + 300}&q=${encodeURIComponent(q)}`);

/** Values by series and by minutes since the beginning. */
async function table(q: string): Promise<Record<string, Record<number, number>>> {
  const { series } = await ask(q);
  return Object.fromEntries(
    series.map(({ promLabels, samples }) => [
      promLabels,
      Object.fromEntries(
        samples.map(({ timestampMs, value }) => [(Number(timestampMs) - t0) / stepMs, Number(value.toPrecision(12))]),
      ),
    ]),
  );
}

test('each point tells of the step that ends with it, and the first of the one before the range', async () => {
  expect(await table('{ } | count_over_time()')).toEqual({
    '{__name__="count_over_time"}': { 0: 0, 1: 2, 2: 2, 3: 2, 4: 2, 5: 2 },
  });
  expect(await table('{ name = "nothing" } | count_over_time()')).toEqual({
    '{__name__="count_over_time"}': { 0: 0, 1: 0, 2: 0, 3: 0, 4: 0, 5: 0 },
  });
  const twoAMinute = Number((2 / 60).toPrecision(12));
  expect(Object.values((await table('{ } | rate()'))['{__name__="rate"}'] ?? {})).toEqual([
    0,
    ...Array(5).fill(twoAMinute),
  ]);
});

test('values are computed of durations in seconds and of attributes as they are', async () => {
  const of = async (q: string) => Object.values(await table(q))[0];
  expect(await of('{ } | max_over_time(duration)')).toEqual({ 1: 0.002, 2: 0.004, 3: 0.006, 4: 0.008, 5: 0.01 });
  expect(await of('{ } | min_over_time(span.size)')).toEqual({ 1: 10, 2: 30, 3: 50, 4: 70, 5: 90 });
  expect(await of('{ } | avg_over_time(span.size)')).toEqual({ 1: 15, 2: 35, 3: 55, 4: 75, 5: 95 });
  expect(await of('{ } | sum_over_time(.size)')).toEqual({ 1: 30, 2: 70, 3: 110, 4: 150, 5: 190 });
  expect(await table('{ } | max_over_time(span.nothing)')).toEqual({});
});

test('groups are labels with their types; spans without the field are a group of their own', async () => {
  expect(await table('{ } | count_over_time() by (resource.service.name)')).toEqual({
    '{"resource.service.name"="a"}': { 0: 0, 1: 1, 2: 1, 3: 1, 4: 1, 5: 1 },
    '{"resource.service.name"="b"}': { 0: 0, 1: 1, 2: 1, 3: 1, 4: 1, 5: 1 },
  });
  const { series } = await ask('{ name = "work" } | count_over_time() by (span.tier, name)');
  expect(series.map(({ labels }) => labels).sort((a, b) => a.length - b.length)).toEqual([
    [{ key: 'name', value: { stringValue: 'work' } }],
    [
      { key: 'span.tier', value: { stringValue: 'gold' } },
      { key: 'name', value: { stringValue: 'work' } },
    ],
  ]);
  expect(Object.keys(await table('{ name = "rest" } | count_over_time() by (span.tier)'))).toEqual([
    '{"span.tier"="<nil>"}',
  ]);
});

test('histograms have power-of-two buckets, and quantiles are read off them', async () => {
  const buckets = await table('{ name = "work" } | histogram_over_time(span.size)');
  expect(Object.keys(buckets).sort()).toEqual(['16', '32', '64', '128'].map((bound) => `{__bucket="${bound}"}`).sort());
  expect(buckets['{__bucket="64"}']).toEqual({ 0: 0, 1: 0, 2: 1, 3: 2, 4: 0, 5: 0 });
  const quantiles = await table('{ } | quantile_over_time(duration, 0, 1) by (resource.service.name)');
  expect(
    quantiles['{p="1", "resource.service.name"="a"}'] ?? quantiles['{"resource.service.name"="a", p="1"}'],
  ).toMatchObject({
    1: 0.001048576,
    5: 0.016777216,
  });
});

test('what no row tells alone is computed of whole traces, and equals what SQL computes', async () => {
  for (const stage of [
    'rate()',
    'count_over_time() by (name)',
    'avg_over_time(span.size)',
    'quantile_over_time(duration, 0.5, 0.9)',
    'histogram_over_time(span.size) by (resource.service.name)',
    'max_over_time(duration) by (span.tier)',
  ]) {
    expect(await table(`{ span:childCount = 0 } | ${stage}`), stage).toEqual(await table(`{ } | ${stage}`));
  }
});

test('series are compared, ranked and computed with', async () => {
  const of = async (q: string) => await table(q);
  expect(await of('{ } | max_over_time(duration) > 5ms')).toEqual({
    '{__name__="max_over_time"}': { 3: 0.006, 4: 0.008, 5: 0.01 },
  });
  expect(await of('{ } | max_over_time(span.size) by (resource.service.name) | topk(1)')).toEqual({
    '{"resource.service.name"="b"}': { 1: 20, 2: 40, 3: 60, 4: 80, 5: 100 },
  });
  expect(await of('{ } | max_over_time(span.size) by (resource.service.name) | bottomk(1) >= 50')).toEqual({
    '{"resource.service.name"="a"}': { 3: 50, 4: 70, 5: 90 },
  });
  expect(await of('({ status = error } | count_over_time()) / ({ } | count_over_time()) * 100')).toEqual({
    '{__name__="(count_over_time / count_over_time)"}': { 1: 0, 2: 0, 3: 0, 4: 0, 5: 50 },
  });
  expect(
    await of('({ } | sum_over_time(span.size) by (resource.service.name)) / ({ } | count_over_time())'),
  ).toMatchObject({
    '{"resource.service.name"="a"}': { 1: 5, 5: 45 },
  });
  expect(await of('1 - ({ } | count_over_time())')).toMatchObject({ '{__name__="count_over_time"}': { 0: 1, 1: -1 } });
});

test('an instant query tells one value of the whole range', async () => {
  const { series } = await instant('{ } | count_over_time() by (resource.service.name)');
  expect(series.map(({ promLabels, value }) => [promLabels, value]).sort()).toEqual([
    ['{"resource.service.name"="a"}', 5],
    ['{"resource.service.name"="b"}', 5],
  ]);
  expect((await instant('{ } | max_over_time(span.size)')).series[0]?.value).toBe(100);
});

test('exemplars are spans that were counted', async () => {
  const { series } = await ask('{ resource.service.name = "b" } | max_over_time(duration) by (name)', '&exemplars=100');
  const told = series.flatMap(({ exemplars = [] }) => exemplars);
  expect(told).toHaveLength(5);
  for (const { labels, value, timestampMs } of told) {
    const id = labels.find(({ key }) => key === 'trace:id')?.value.stringValue;
    const span = spans.find(({ trace }) => traceId(trace) === id);
    expect(span).toMatchObject({ service: 'b', durationMs: value * 1000, startMs: Number(timestampMs) });
  }
  expect((await ask('{ } | rate()', '&exemplars=3')).series[0]?.exemplars).toHaveLength(3);
  expect((await ask('{ } | rate()')).series[0]?.exemplars).toBeUndefined();
});

test('compare() tells what the selection has that the others have not', async () => {
  const { series } = await ask('{ } | compare({ status = error }, 2)');
  const totals = (...wanted: readonly string[]) =>
    series
      .filter(({ labels }) =>
        wanted.every((value, i) => Object.values(labels[i]?.value ?? {})[0] === value || labels[i]?.key === value),
      )
      .map(({ labels, samples }) => [
        Object.values(labels[1]?.value ?? {})[0],
        samples.reduce((sum, { value }) => sum + value, 0),
      ]);
  expect(totals('selection', 'span.size')).toEqual([['100', 1]]);
  expect(totals('baseline', 'resource.service.name').sort()).toEqual([
    ['a', 5],
    ['b', 4],
  ]);
  expect(totals('baseline_total', 'name')).toEqual([['nil', 9]]);
  expect(series.filter(({ labels }) => labels[0]?.key === '__meta_error').map(({ labels }) => labels[1]?.key)).toEqual([
    'span.size',
  ]);
});

test('tenants, limits and wrong questions', async () => {
  const theirs = await api.get<Answer>(
    `/metrics/query_range?${range}&q=${encodeURIComponent('{ } | count_over_time() by (name)')}`,
    200,
    'tenant-b',
  );
  expect(theirs.series.map(({ promLabels }) => promLabels)).toEqual(['{name="theirs"}']);
  const refused = async (path: string, words: RegExp) => expect(await api.get<string>(path, 400)).toMatch(words);
  await refused(`/metrics/query_range?${range}`, /'q' is required/);
  await refused(`/metrics/query_range?${range}&q={}`, /not a metrics query/);
  await refused('/metrics/query_range?start=10&end=5&q={}', /start must be before end/);
  await refused('/metrics/query_range?start=x&q={}', /could not parse 'start'/);
  await refused(
    `/metrics/query_range?start=1&end=2000000000&step=1s&q=${encodeURIComponent('{ } | rate()')}`,
    /pointsPerSeriesMax/,
  );
  await refused(
    `/metrics/query_range?${range}&q=${encodeURIComponent('{ } | rate() | topk(0)')}`,
    /limit must be greater than 0/,
  );
  await using small = await openTempoApi({ traceSeriesMax: 3 });
  await small.send(spans);
  expect(
    await small.get(`/metrics/query_range?${range}&q=${encodeURIComponent('{ } | rate() by (span.size)')}`, 422),
  ).toMatch(/traceSeriesMax/);
});
