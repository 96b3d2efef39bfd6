import { expect, test } from 'vitest';
import { type Attributes, isStaleAt, type Labels, limits, noAttributes, Refusal } from '#model';
import { promotedBy } from '../resource.ts';
import { windowAt } from '../window.ts';
import type { WireMetric, WirePoint } from '../wire.ts';
import { createMetricTranslator, type MetricRows } from './translator.ts';

const nowMs = Date.UTC(2026, 0, 15, 12);
const window = windowAt(nowMs, 15 * 86_400_000, limits.receive.futureMsMax);

function rig(options: { seriesMax?: number } = {}) {
  const labelSets: Labels[] = [];
  const byKey = new Map<string, number>();
  const translator = createMetricTranslator({
    intern(tenant, labels) {
      const key = JSON.stringify([tenant, labels]);
      const known = byKey.get(key);
      if (known !== undefined) return known;
      if (labelSets.length >= (options.seriesMax ?? 1e6))
        throw new Refusal('too many series', { code: 'SERIES_LIMIT' });
      byKey.set(key, labelSets.length);
      return labelSets.push(labels) - 1;
    },
    limits: limits.receive,
    isPromoted: promotedBy(['service.namespace']),
    entriesMax: 1000,
    deltaSeriesMax: 100,
  });
  const nameOf = (ref: number) => {
    const labels = labelSets[ref] ?? [];
    const pairs: string[] = [];
    for (let i = 0; i < labels.length; i += 2) {
      const name = labels[i] ?? '';
      if (!['__name__', 'job', 'service_name'].includes(name)) pairs.push(`${name}=${labels[i + 1]}`);
    }
    return `${labels[labels.indexOf('__name__') + 1]}{${pairs.join(',')}}`;
  };
  const send = (...metrics: WireMetric[]) =>
    translator.translate('main', [{ resource: resourceWith(noAttributes), resourceKey: 'r', metrics }], window);
  return { translator, labelSets, nameOf, send, lines: (rows: MetricRows) => linesOf(rows, nameOf) };
}

function resourceWith({ keys, values }: Attributes) {
  return {
    attributes: { keys: ['service.name', ...keys], values: ['shop', ...values] },
    schemaUrl: '',
    droppedAttributes: 0,
  };
}

function linesOf({ samples }: MetricRows, nameOf: (ref: number) => string): string[] {
  if (!samples) return [];
  const bits = new Uint32Array(samples.values.buffer);
  return Array.from({ length: samples.count }, (_, i) => {
    const value = isStaleAt(bits, i) ? 'stale' : samples.values[i];
    return `${nameOf(samples.refs[i] ?? 0)} ${value} @${(samples.timesMs[i] ?? 0) - nowMs}`;
  });
}

const head = { description: 'help', unit: '' };
const at = (offsetMs: number, rest: Partial<WirePoint> = {}): WirePoint => ({
  attributes: { key: '', read: () => noAttributes },
  startMs: 0,
  timeMs: nowMs + offsetMs,
  flags: 0,
  ...rest,
});
const number = (value: number | undefined, point: WirePoint = at(0)) => ({ ...point, value, exemplars: [] });
const reasonsOf = (rows: MetricRows) => [...(rows.tallies.get('shop')?.reasons.keys() ?? [])];

test('gauges and counters become one sample, and a counter begins with a zero at its start', () => {
  const { send, lines } = rig();
  const counter = (value: number, offsetMs: number, startMs: number): WireMetric => ({
    ...head,
    name: 'http.requests',
    kind: 'sum',
    temporality: 2,
    monotonic: true,
    points: [number(value, at(offsetMs, { startMs: nowMs + startMs }))],
  });
  expect(
    lines(send({ ...head, name: 'room.temperature', unit: 'Cel', kind: 'gauge', points: [number(21.5)] })),
  ).toEqual(['room_temperature_celsius{} 21.5 @0']);
  expect(lines(send(counter(5, 0, -60_000)))).toEqual([
    'http_requests_total{} 0 @-60000',
    'http_requests_total{} 5 @0',
  ]);
  expect(lines(send(counter(9, 1000, -60_000)))).toEqual(['http_requests_total{} 9 @1000']);
  // A restart: a new start after the last point.
  expect(lines(send(counter(2, 9000, 5000)))).toEqual([
    'http_requests_total{} 0 @5000',
    'http_requests_total{} 2 @9000',
  ]);
  // A start days ago says nothing that a query could use.
  expect(lines(rig().send(counter(7, 0, -90_000_000)))).toHaveLength(1);
});

test('delta sums become cumulative ones, retries change nothing, late points are refused', () => {
  const { send, lines } = rig();
  const delta = (value: number, offsetMs: number): WireMetric => ({
    ...head,
    name: 'jobs',
    kind: 'sum',
    temporality: 1,
    monotonic: true,
    points: [number(value, at(offsetMs, { startMs: nowMs + offsetMs - 1000 }))],
  });
  expect(lines(send(delta(5, 0)))).toEqual(['jobs_total{} 0 @-1000', 'jobs_total{} 5 @0']);
  expect(lines(send(delta(3, 1000)))).toEqual(['jobs_total{} 8 @1000']);
  expect(lines(send(delta(3, 1000)))).toEqual(['jobs_total{} 8 @1000']);
  const late = send(delta(5, 0));
  expect(reasonsOf(late)).toEqual(['delta_out_of_order']);
  expect(lines(send(delta(1, 2000)))).toEqual(['jobs_total{} 9 @2000']);
});

test('histograms become buckets, sum and count; exemplars find their bucket', () => {
  const { send, lines, nameOf } = rig();
  const rows = send({
    ...head,
    name: 'http.server.request.duration',
    unit: 's',
    kind: 'histogram',
    temporality: 2,
    points: [
      {
        ...at(0),
        count: 6,
        sum: 3.5,
        bucketCounts: [1, 2, 3],
        bounds: [0.005, 5],
        exemplars: [
          {
            timeMs: nowMs - 5,
            value: 0.5,
            traceId: '5b8efff798038103d269b633813fc60c',
            spanId: 'eee19b7ec3c1b174',
            attributes: { keys: ['user.id'], values: ['7'] },
          },
        ],
      },
    ],
  });
  expect(lines(rows)).toEqual([
    'http_server_request_duration_seconds_count{} 6 @0',
    'http_server_request_duration_seconds_sum{} 3.5 @0',
    'http_server_request_duration_seconds_bucket{le=0.005} 1 @0',
    'http_server_request_duration_seconds_bucket{le=5} 3 @0',
    'http_server_request_duration_seconds_bucket{le=+Inf} 6 @0',
  ]);
  expect(rows.metadata).toEqual([
    { metric: 'http_server_request_duration_seconds', type: 'histogram', unit: 'seconds', help: 'help' },
  ]);
  const [exemplar] = rows.exemplars;
  expect(nameOf(exemplar?.ref ?? -1)).toBe('http_server_request_duration_seconds_bucket{le=5}');
  expect(exemplar).toMatchObject({ traceId: '5b8efff798038103d269b633813fc60c', labels: ['user_id', '7'] });
});

test('delta histograms add up bucket by bucket', () => {
  const { send, lines } = rig();
  const delta = (offsetMs: number): WireMetric => ({
    ...head,
    name: 'h',
    kind: 'histogram',
    temporality: 1,
    points: [{ ...at(offsetMs), count: 3, sum: 2, bucketCounts: [1, 2], bounds: [1], exemplars: [] }],
  });
  send(delta(0));
  expect(lines(send(delta(1000)))).toEqual([
    'h_count{} 6 @1000',
    'h_sum{} 4 @1000',
    'h_bucket{le=1} 2 @1000',
    'h_bucket{le=+Inf} 6 @1000',
  ]);
});

test('exponential histograms become native ones, and scales above 8 are merged down', () => {
  const { send } = rig();
  const exponential = (scale: number, counts: number[], offset: number): WireMetric => ({
    ...head,
    name: 'e',
    kind: 'exponential',
    temporality: 2,
    points: [
      {
        ...at(0),
        count: counts.reduce((sum, count) => sum + count, 1),
        sum: 10,
        scale,
        zeroCount: 1,
        zeroThreshold: 0,
        positive: { offset, counts },
        negative: { offset: 0, counts: [] },
        exemplars: [],
      },
    ],
  });
  expect(send(exponential(0, [0, 2], 1)).histograms[0]?.histogram).toEqual({
    schema: 0,
    count: 3,
    sum: 10,
    zeroThreshold: 1e-128,
    zeroCount: 1,
    positiveSpans: [3, 1],
    positiveCounts: [2],
    negativeSpans: [],
    negativeCounts: [],
    customBounds: [],
    resetHint: 'unknown',
  });
  const merged = send(exponential(10, [1, 2, 3, 4, 5], -2)).histograms[0]?.histogram;
  expect(merged).toMatchObject({ schema: 8, positiveSpans: [0, 2], positiveCounts: [3, 12] });
  const gappy = send(exponential(3, [1, 0, 1, 0, 0, 0, 1], 0)).histograms[0]?.histogram;
  expect(gappy).toMatchObject({ positiveSpans: [1, 3, 3, 1], positiveCounts: [1, 0, 1, 1] });
  expect(send(exponential(2_147_483_647, [4], -9)).histograms[0]?.histogram).toMatchObject({ positiveSpans: [0, 1] });
  expect(reasonsOf(send(exponential(-5, [1], 0)))).toEqual(['malformed_histogram']);
});

test('delta exponential histograms of different scales add up at the coarser one', () => {
  const { send } = rig();
  const delta = (scale: number, offsetMs: number): WireMetric => ({
    ...head,
    name: 'e',
    kind: 'exponential',
    temporality: 1,
    points: [
      {
        ...at(offsetMs),
        count: 4,
        sum: 1,
        scale,
        zeroCount: 0,
        zeroThreshold: 0,
        positive: { offset: 0, counts: [1, 1, 1, 1] },
        negative: { offset: 0, counts: [] },
        exemplars: [],
      },
    ],
  });
  send(delta(3, 0));
  const [row] = send(delta(2, 1000)).histograms;
  expect(row?.histogram).toMatchObject({
    schema: 2,
    count: 8,
    sum: 2,
    positiveSpans: [1, 4],
    positiveCounts: [3, 3, 1, 1],
  });
});

test('summaries become quantiles, and no-recorded-value ends every series of the point', () => {
  const { send, lines } = rig();
  const summary = (flags: number, quantiles: number[]): WireMetric => ({
    ...head,
    name: 's',
    kind: 'summary',
    points: [{ ...at(0, { flags }), count: 2, sum: 3, quantiles }],
  });
  expect(lines(send(summary(0, [0.5, 1, 0.99, 2])))).toEqual([
    's_count{} 2 @0',
    's_sum{} 3 @0',
    's{quantile=0.5} 1 @0',
    's{quantile=0.99} 2 @0',
  ]);
  expect(lines(send(summary(1, [])))).toEqual([
    's_count{} stale @0',
    's_sum{} stale @0',
    's{quantile=0.5} stale @0',
    's{quantile=0.99} stale @0',
  ]);
  const gauge: WireMetric = { ...head, name: 'g', kind: 'gauge', points: [number(undefined, at(0, { flags: 1 }))] };
  expect(lines(send(gauge))).toEqual(['g{} stale @0']);
});

test('every series carries service, job, instance and the promoted attributes; target_info holds the rest', () => {
  const { translator, labelSets } = rig();
  const resource = resourceWith({
    keys: ['service.namespace', 'service.instance.id', 'host.arch'],
    values: ['store', 'i-1', 'arm64'],
  });
  const attributes: Attributes = { keys: ['a.b', 'a_b', 'job', 'empty'], values: ['1', '2', 'mine', ''] };
  const point = number(1, at(0, { attributes: { key: 'k', read: () => attributes } }));
  translator.translate(
    'main',
    [{ resource, resourceKey: 'x', metrics: [{ ...head, name: 'g', kind: 'gauge', points: [point] }] }],
    window,
  );
  expect(labelSets[0]).toEqual([
    ...['__name__', 'g', 'a_b', '1;2', 'instance', 'i-1', 'job', 'store/shop'],
    ...['service_name', 'shop', 'service_namespace', 'store'],
  ]);
  expect(labelSets[1]).toEqual([
    '__name__',
    'target_info',
    'host_arch',
    'arm64',
    'instance',
    'i-1',
    'job',
    'store/shop',
  ]);
});

test('F35: what cannot be a point is refused alone, with a reason', () => {
  const f = (metric: WireMetric, reason: string, taken = 0) => {
    const rows = rig().send(metric);
    expect(reasonsOf(rows)).toEqual([reason]);
    expect(rows.tallies.get('shop')?.accepted).toBe(taken);
  };
  const gauge = (...points: ReturnType<typeof number>[]): WireMetric => ({ ...head, name: 'g', kind: 'gauge', points });
  f(gauge(number(undefined), number(1)), 'missing_value', 1);
  f(gauge(number(1, at(0, { timeMs: 0 }))), 'missing_time');
  f(gauge(number(1, at(3_600_000)), number(1)), 'too_far_in_future', 1);
  f({ ...gauge(number(1)), name: '!!!' }, 'invalid_metric_name');
  f({ ...head, name: 's', kind: 'sum', temporality: 0, monotonic: true, points: [number(1)] }, 'unknown_temporality');
  const long = { key: 'l', read: (): Attributes => ({ keys: ['l'], values: ['x'.repeat(10_000_000)] }) };
  f(gauge(number(1, at(0, { attributes: long }))), 'label_value_too_long');
  const histogram = (bounds: number[], bucketCounts: number[]): WireMetric => ({
    ...head,
    name: 'h',
    kind: 'histogram',
    temporality: 2,
    points: [{ ...at(0), count: 1, sum: 1, bounds, bucketCounts, exemplars: [] }],
  });
  f(histogram([1, 1], [1, 0, 0]), 'malformed_histogram');
  f(histogram([1], [1]), 'malformed_histogram');
  f(histogram([Number.NaN], [1, 0]), 'malformed_histogram');
  expect(
    rig()
      .send({ ...gauge(), points: [] })
      .tallies.get('shop')?.received,
  ).toBe(0);
});

test('F29: past the series limit new series are refused and known ones go on', () => {
  const { send, lines } = rig({ seriesMax: 1 });
  const gauge = (name: string): WireMetric => ({ ...head, name, kind: 'gauge', points: [number(1)] });
  send(gauge('known'));
  const rows = send(gauge('known'), gauge('fresh'));
  expect(lines(rows)).toEqual(['known{} 1 @0']);
  expect(reasonsOf(rows)).toEqual(['series_limit']);
});

test('F34: a flood of exemplars is cut and counted, the sample stays', () => {
  const { send, lines } = rig();
  const exemplar = { timeMs: nowMs, value: 1, traceId: '', spanId: '', attributes: noAttributes };
  const long = { ...exemplar, attributes: { keys: ['k'], values: ['x'.repeat(200)] } };
  const rows = send({
    ...head,
    name: 'g',
    kind: 'gauge',
    points: [{ ...number(1), exemplars: [long, ...Array(150).fill(exemplar)] }],
  });
  expect(lines(rows)).toEqual(['g{} 1 @0']);
  expect(rows.exemplars).toHaveLength(100);
  expect(rows.tallies.get('shop')?.reasons.get('too_many_exemplars')?.count).toBe(51);
  expect(rows.tallies.get('shop')?.reasons.get('exemplar_labels_too_long')?.count).toBe(1);
});

test('a memory that is full forgets and learns again, with the same answers', () => {
  const { send, labelSets } = rig();
  const gauge = (name: string): WireMetric => ({ ...head, name, kind: 'gauge', points: [number(1)] });
  for (let i = 0; i < 3000; i++) send(gauge(`g${i}`));
  for (let i = 0; i < 3000; i++) send(gauge(`g${i}`));
  expect(labelSets).toHaveLength(3000);
});
