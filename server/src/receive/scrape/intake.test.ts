import { expect, test } from 'vitest';
import { type Labels, labelsFrom, limits } from '#model';
import { createIntake, type IntakeRules } from './intake.ts';
import { createMetadataMemory } from './metadata.ts';
import { createRecorder } from './testing/recorder.ts';

const target: Labels = labelsFrom([
  ['job', 'shop'],
  ['instance', 'a:80'],
]);
const own = 'instance="a:80",job="shop"';
const plain: IntakeRules = {
  honorLabels: false,
  honorTimestamps: true,
  trackTimestampsStaleness: false,
  legacyNames: false,
  metricRelabelRules: [],
  samplesMax: 0,
  labelsMax: 0,
  labelNameBytesMax: 0,
  labelValueBytesMax: 0,
  extraMetrics: false,
  nativeHistograms: true,
  classicHistogramsToo: false,
  customBuckets: false,
  nativeBucketsMax: 0,
  nativeFactorMin: 0,
};
const about = { durationSeconds: 0.1, timeoutSeconds: 10, bodyBytes: 1 };
const nowMs = 1_700_000_000_000;

function setUp(rules: Partial<IntakeRules> = {}, seriesMax = 1000) {
  const recorder = createRecorder({ seriesMax });
  const deps = { ...recorder, limits: limits.receive, metadata: createMetadataMemory() };
  const intake = createIntake(deps, {
    sender: 'shop',
    labels: target,
    rules: { ...plain, ...rules },
  });
  let timeMs = nowMs;
  async function scrape(text: string, format: 'text' | 'openmetrics' = 'text'): Promise<void> {
    timeMs += 1000;
    await intake.accept(await intake.read({ format, text }, timeMs), timeMs, about);
  }
  async function fail(): Promise<void> {
    timeMs += 1000;
    const report = { ...about, scraped: 0, relabelled: 0, seriesAdded: 0 };
    await intake.fail(timeMs, report, { reason: 'not_reached', problem: 'refused' });
  }
  return { recorder, intake, scrape, fail };
}

test('a series that disappears is marked stale at once', async () => {
  const { recorder, scrape } = setUp();
  await scrape('a 1\nb 2\n');
  await scrape('a 3\n');
  await scrape('a 4\nb 5\n');
  expect(recorder.samples(`a{${own}}`)).toEqual([1, 3, 4]);
  expect(recorder.samples(`b{${own}}`)).toEqual([2, 'stale', 5]);
  expect(recorder.samples(`up{${own}}`)).toEqual([1, 1, 1]);
});

test('a failed scrape marks everything stale once, and up is 0', async () => {
  const { recorder, scrape, fail } = setUp();
  await scrape('a 1\n');
  await fail();
  await fail();
  await scrape('a 2\n');
  expect(recorder.samples(`a{${own}}`)).toEqual([1, 'stale', 2]);
  expect(recorder.samples(`up{${own}}`)).toEqual([1, 0, 0, 1]);
  expect(recorder.samples(`scrape_series_added{${own}}`)).toEqual([1, 0, 0, 0]);
});

test('a series written with its labels in another order is the same series', async () => {
  const { recorder, scrape } = setUp();
  await scrape('a{x="1",y="2"} 1\n');
  await scrape('a{y="2",x="1"} 2\n');
  expect(recorder.samples(`a{${own},x="1",y="2"}`)).toEqual([1, 2]);
});

test('explicit timestamps are kept and bring no stale markers, unless these are asked for', async () => {
  const explicit = `a 1 ${nowMs - 5000}\n`;
  const { recorder, scrape } = setUp();
  await scrape(explicit);
  await scrape('');
  expect(recorder.times(`a{${own}}`)).toEqual([nowMs - 5000]);
  const tracking = setUp({ trackTimestampsStaleness: true });
  await tracking.scrape(explicit);
  await tracking.scrape('');
  expect(tracking.recorder.samples(`a{${own}}`)).toEqual([1, 'stale']);
  const ignoring = setUp({ honorTimestamps: false });
  await ignoring.scrape(explicit);
  expect(ignoring.recorder.times(`a{${own}}`)).toEqual([nowMs + 1000]);
});

test('a bogus timestamp costs its sample, not the scrape', async () => {
  const { recorder, scrape } = setUp();
  await scrape(`a 1 0\nb 1 ${nowMs + 3_600_000}\nc 1 -9223372036854775808\nd 1\n`);
  expect(recorder.rejected()).toEqual({ too_old: 2, too_far_in_future: 1 });
  expect(recorder.samples(`d{${own}}`)).toEqual([1]);
});

test('a target that says job and instance itself cannot impersonate others', async () => {
  const { recorder, scrape } = setUp();
  await scrape('up{job="other",instance="b:80",exported_job="x"} 0\nALERTS{job="other"} 1\n');
  expect(
    recorder.samples(`up{exported_exported_job="other",exported_instance="b:80",exported_job="x",${own}}`),
  ).toEqual([0]);
  expect(recorder.samples(`ALERTS{exported_job="other",${own}}`)).toEqual([1]);
  expect(recorder.samples(`up{${own}}`)).toEqual([1]);
});

test('a trusted target keeps its own labels', async () => {
  const { recorder, scrape } = setUp({ honorLabels: true });
  await scrape('a{job="other"} 1\n');
  expect(recorder.samples('a{instance="a:80",job="other"}')).toEqual([1]);
});

test('the first of two samples of a series counts, and the second is booked', async () => {
  const { recorder, scrape } = setUp();
  await scrape('a 1\na 2\n');
  expect(recorder.samples(`a{${own}}`)).toEqual([1]);
  expect(recorder.rejected()).toEqual({ duplicate_timestamp: 1 });
});

test('label limits of the job fail the scrape, those of Farol cost the series', async () => {
  const { intake } = setUp({ labelsMax: 3 });
  await expect(intake.read({ format: 'text', text: 'a{x="1",y="2"} 1\n' }, nowMs)).rejects.toThrow(
    'label_limit exceeded',
  );
  const { recorder, scrape } = setUp();
  await scrape(`a{x="${'v'.repeat(limits.receive.labelValueBytesMax + 1)}"} 1\nb 1\n`);
  expect(recorder.rejected()).toEqual({ label_value_too_long: 1 });
  expect(recorder.samples(`b{${own}}`)).toEqual([1]);
});

test('a full catalogue costs the new series only', async () => {
  const { recorder, scrape } = setUp({}, 6);
  await scrape('a 1\n');
  await scrape('a 2\nb 1\nc 1\n');
  expect(recorder.samples(`a{${own}}`)).toEqual([1, 2]);
  expect(recorder.rejected()).toEqual({ series_limit: 2 });
});

test('exemplars that are too long, too many or repeated do not cost their samples', async () => {
  const { recorder, scrape } = setUp();
  const id = 'AB'.repeat(16);
  const body = (label: string) =>
    `# TYPE a counter\na_total{n="1"} 1 # {trace_id="${id}",user="u"} 0.5 ${nowMs / 1000}\na_total{n="2"} 1 # {x="${label}"} 1\n# EOF\n`;
  await scrape(body('x'.repeat(128)), 'openmetrics');
  await scrape(body('x'.repeat(128)), 'openmetrics');
  expect(recorder.samples(`a_total{${own},n="2"}`)).toEqual([1, 1]);
  expect(recorder.rejected()).toEqual({ exemplar_labels_too_long: 2 });
  expect(recorder.batches.map(({ exemplars }) => exemplars?.length)).toEqual([1, 0]);
  expect(recorder.batches[0]?.exemplars?.[0]).toMatchObject({
    traceId: id.toLowerCase(),
    value: 0.5,
    labels: ['user', 'u'],
  });
  const flood = Array.from({ length: 10_010 }, (_, i) => `a_total{n="${i}"} 1 # {x="${i}"} 1`).join('\n');
  const { recorder: flooded, scrape: scrapeFlood } = setUp({}, 20_000);
  await scrapeFlood(`# TYPE a counter\n${flood}\n# EOF\n`, 'openmetrics');
  expect(flooded.batches[0]?.exemplars).toHaveLength(10_000);
  expect(flooded.rejected()).toEqual({ too_many_exemplars: 10 });
});

test('metadata is told once, under the name that the samples have', async () => {
  const { recorder, scrape } = setUp();
  const body = '# HELP a Things.\n# TYPE a counter\n# UNIT a \na_total 1\n# EOF\n';
  await scrape(body, 'openmetrics');
  await scrape(body, 'openmetrics');
  const told = recorder.batches.map(({ metadata }) => (metadata ?? []).filter(({ metric }) => metric.startsWith('a')));
  expect(told).toEqual([[{ metric: 'a_total', type: 'counter', unit: '', help: 'Things.' }], []]);
});

test('a target that ends takes up and its like with it', async () => {
  const { recorder, intake, scrape } = setUp();
  await scrape('a 1\n');
  await intake.end(nowMs + 5000);
  expect(recorder.samples(`a{${own}}`)).toEqual([1, 'stale']);
  expect(recorder.samples(`up{${own}}`)).toEqual([1, 'stale']);
});

test('new rules rename series without leaving the old ones behind', async () => {
  const { recorder, intake, scrape } = setUp();
  await scrape('a{job="x"} 1\n');
  intake.follow({ ...plain, honorLabels: true });
  await scrape('a{job="x"} 2\n');
  expect(recorder.samples(`a{exported_job="x",${own}}`)).toEqual([1, 'stale']);
  expect(recorder.samples('a{instance="a:80",job="x"}')).toEqual([2]);
});

test('a broken rule of OpenMetrics is taken, a broken line is not', async () => {
  const { recorder, scrape } = setUp();
  await scrape('# TYPE m gauge\nm 1\n# TYPE m counter\nm_total 2\n# EOF\n', 'openmetrics');
  expect(recorder.samples(`m_total{${own}}`)).toEqual([2]);
  await expect(scrape('m 1\n', 'openmetrics')).rejects.toThrow('data does not end with # EOF');
  await expect(scrape('m  1\n# EOF\n', 'openmetrics')).rejects.toThrow('line 1');
});

test('what tells when it began has a zero there, and what is counted beside it has none', async () => {
  const { recorder, scrape } = setUp();
  const startMs = nowMs - 60_000;
  const body = (created: number) => `# TYPE a counter
a_total{n="1"} 5
a_created{n="1"} ${created / 1000}
a_total{n="2"} 5
# TYPE h histogram
h_bucket{le="1.0"} 2
h_bucket{le="+Inf"} 3
h_count 3
h_sum 4
h_created ${created / 1000}
# TYPE s summary
s{quantile="0.5"} 1
s_count 3
s_sum 4
s_created ${created / 1000}
# TYPE g gauge
g_created 1
# EOF
`;
  await scrape(body(startMs), 'openmetrics');
  await scrape(body(startMs), 'openmetrics');
  await scrape(body(nowMs + 2500), 'openmetrics');
  const zeros = (name: string, labels = '') =>
    recorder.samples(`${name}{${own}${labels}}`).flatMap((value, i) => {
      const timeMs = recorder.times(`${name}{${own}${labels}}`)[i] ?? 0;
      return value === 0 ? [timeMs] : [];
    });
  const both = [startMs, nowMs + 2500];
  for (const name of ['h_count', 'h_sum', 's_count', 's_sum']) expect(zeros(name), name).toEqual(both);
  expect(zeros('a_total', ',n="1"')).toEqual(both);
  expect(zeros('h_bucket', ',le="1.0"')).toEqual(both);
  expect(zeros('a_total', ',n="2"')).toEqual([]);
  expect(zeros('s', ',quantile="0.5"')).toEqual([]);
  expect(recorder.samples(`a_created{${own},n="1"}`)).toHaveLength(3);
});

test('a histogram that is converted is empty where it began', async () => {
  const { recorder, scrape } = setUp({ customBuckets: true });
  const created = (nowMs - 60_000) / 1000;
  await scrape(
    `# TYPE h histogram\nh_bucket{le="1.0"} 1\nh_bucket{le="+Inf"} 3\nh_count 3\nh_created ${created}\n# EOF\n`,
    'openmetrics',
  );
  const stored = recorder.batches.flatMap(({ histograms = [] }) => histograms);
  expect(stored.map(({ timeMs, histogram: { count } }) => [timeMs, count]).sort()).toEqual([
    [nowMs - 60_000, 0],
    [nowMs + 1000, 3],
  ]);
});

test('the books balance', async () => {
  const { recorder, scrape } = setUp();
  await scrape('a 1\na 2\nb 1 0\nc 3\n');
  const [entry] = recorder.ledger.entries();
  const rejected = Object.values(recorder.rejected()).reduce((sum, count) => sum + count, 0);
  expect(entry?.received).toBe(4);
  expect((entry?.stored ?? 0) + rejected).toBe(4);
});

test('a classic histogram that is converted is one series, and goes stale as one', async () => {
  const { recorder, scrape } = setUp({ customBuckets: true });
  const body = '# TYPE h histogram\nh_bucket{le="1"} 1\nh_bucket{le="+Inf"} 3\nh_sum 5\nh_count 3\n';
  await scrape(body);
  await scrape(body);
  await scrape('a 1\n');
  const stored = recorder.batches.flatMap(({ histograms = [] }) => histograms.map(({ histogram }) => histogram));
  expect(stored.map(({ schema, count, customBounds }) => [schema, count, customBounds])).toEqual([
    [-53, 3, [1]],
    [-53, 3, [1]],
  ]);
  expect(recorder.samples(`h{${own}}`)).toEqual(['stale']);
  expect(recorder.series().filter((series) => series.startsWith('h_'))).toEqual([]);
  expect(recorder.samples(`scrape_samples_scraped{${own}}`)).toEqual([1, 1, 1]);
});
