/** Every bucket leads to a trace: those of span metrics by what was stored with them, an SDK's by looking for spans. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { labelsFrom } from '../../server/src/model/index.ts';
import { openRig, type Rig } from './rig.ts';
import { bookings, type Sent } from './spans.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig[Symbol.asyncDispose]());

interface Found {
  readonly seriesLabels: Readonly<Record<string, string>>;
  readonly exemplars: readonly {
    readonly labels: { readonly trace_id: string; readonly span_id: string };
    readonly value: string;
    readonly timestamp: number;
  }[];
}

async function exemplars(query: string, tenant: string): Promise<Found[]> {
  const end = rig.clock.nowMs() / 1000;
  const params = new URLSearchParams({ query, start: String(end - 3600), end: String(end) });
  const { status, body } = await rig.get(`/prometheus/api/v1/query_exemplars?${params}`, tenant);
  expect(status).toBe(200);
  return body.data;
}

test('each bucket that was counted into has an exemplar of its values, of a trace that exists', async () => {
  const tenant = 'spans';
  await rig.send(bookings(20, { seed: 1, startMs: rig.clock.nowMs() - 5_000 }), tenant);
  rig.clock.forward(61_000);
  await rig.spanMetrics().flush();
  const metrics = ['traces_spanmetrics_latency', 'traces_service_graph_request_client_seconds'];
  for (const metric of metrics) {
    const found = await exemplars(`histogram_quantile(0.9, sum by (le) (rate(${metric}_bucket[5m])))`, tenant);
    const keyOf = ({ le: _, ...rest }: Record<string, string>) => JSON.stringify(Object.entries(rest).sort());
    const counts = await rig.get(
      `/prometheus/api/v1/query?query=${metric}_bucket&time=${rig.clock.nowMs() / 1000}`,
      tenant,
    );
    const filled = new Set<string>();
    const below = new Map<string, { count: number; le: number }>();
    const bounds = counts.body.data.result
      .map((one: { metric: Record<string, string>; value: [number, string] }) => ({ ...one, le: leOf(one.metric) }))
      .sort((a: { le: number }, b: { le: number }) => a.le - b.le);
    const over = new Map<string, number>();
    for (const { metric: labels, value, le } of bounds) {
      const last = below.get(keyOf(labels)) ?? { count: 0, le: 0 };
      const name = `${keyOf(labels)} ${le}`;
      if (Number(value[1]) > last.count) filled.add(name);
      over.set(name, last.le);
      below.set(keyOf(labels), { count: Number(value[1]), le });
    }
    const having = found.map(({ seriesLabels }) => `${keyOf(seriesLabels)} ${leOf(seriesLabels)}`);
    expect(new Set(having)).toEqual(filled);
    for (const { seriesLabels, exemplars: some } of found) {
      const name = `${keyOf(seriesLabels)} ${leOf(seriesLabels)}`;
      for (const { value } of some) {
        expect(Number(value)).toBeLessThanOrEqual(leOf(seriesLabels));
        expect(Number(value)).toBeGreaterThanOrEqual(over.get(name) ?? 0);
      }
    }
    await expectTraces(found, tenant);
  }
});

const leOf = ({ le }: Readonly<Record<string, string>>): number =>
  le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le);

async function expectTraces(found: readonly Found[], tenant: string): Promise<void> {
  const spans = new Map<string, Set<string>>();
  for (const { labels } of found.flatMap(({ exemplars: some }) => some)) {
    spans.set(labels.trace_id, (spans.get(labels.trace_id) ?? new Set()).add(labels.span_id));
  }
  expect(spans.size).toBeGreaterThan(0);
  for (const [traceId, ids] of spans) {
    const { status, body } = await rig.get(`/jaeger/api/traces/${traceId}`, tenant);
    expect(status).toBe(200);
    const stored = new Set(body.data[0].spans.map(({ spanID }: { spanID: string }) => spanID));
    for (const id of ids) expect(stored).toContain(id);
  }
}

const bounds = ['0.005', '0.1', '1', '+Inf'];

/** A histogram as OpenTelemetry's SDK has it, without exemplars; `own` adds one. */
async function writeHistogram(
  tenant: string,
  about: { service: string; own?: boolean; metric?: string },
): Promise<void> {
  const { service, metric = 'http_server_request_duration_seconds' } = about;
  const refs = ['/book', '/cancel'].flatMap((route) =>
    bounds.map((le) =>
      rig.store.series.intern(
        tenant,
        labelsFrom([
          ['__name__', `${metric}_bucket`],
          ['service_name', service],
          ['job', service],
          ['http_route', route],
          ['http_request_method', 'POST'],
          ['le', le],
        ]),
      ),
    ),
  );
  const timeMs = rig.clock.nowMs() - 1_000;
  await rig.store.write({
    tenant,
    samples: {
      count: refs.length,
      refs: Int32Array.from(refs),
      timesMs: new Float64Array(refs.length).fill(timeMs),
      values: new Float64Array(refs.length).fill(7),
    },
    exemplars: about.own
      ? [{ ref: refs[1] ?? 0, timeMs, value: 0.05, traceId: 'f'.repeat(32), spanId: 'e'.repeat(16), labels: [] }]
      : [],
  });
}

const routeSpan = (service: string, route: string, n: number, durationMs: number): Sent => ({
  service,
  name: `POST ${route}`,
  kind: 'server',
  traceId: `${service.length}${route.length}${n}`.padStart(32, '0'),
  spanId: `${service.length}${route.length}${n}`.padStart(16, '0'),
  parentSpanId: '',
  startMs: rig.clock.nowMs() - 60_000 + n,
  durationMs,
  attributes: { 'http.request.method': 'POST', 'http.route': route },
});

test('a histogram without exemplars gets them from spans of its service, route and bucket', async () => {
  const tenant = 'sdk';
  await writeHistogram(tenant, { service: 'api' });
  await writeHistogram(tenant, { service: 'other', own: true });
  const durations = [2, 50, 500, 5_000];
  await rig.send(
    ['/book', '/cancel', '/unasked'].flatMap((route) =>
      ['api', 'other'].flatMap((service) => durations.map((ms, n) => routeSpan(service, route, n, ms))),
    ),
    tenant,
  );
  const query = 'histogram_quantile(0.9, sum by (le) (rate(http_server_request_duration_seconds_bucket[5m])))';
  const found = await exemplars(query, tenant);
  const lines = found
    .flatMap(({ seriesLabels: { service_name, http_route, le }, exemplars: some }) =>
      some.map(
        ({ value, labels }) =>
          `${service_name} ${http_route} le=${le}: ${value} of ${labels.trace_id.replace(/^0+/, '')}`,
      ),
    )
    .sort();
  expect(lines).toEqual([
    'api /book le=+Inf: 5 of 353',
    'api /book le=0.005: 0.002 of 350',
    'api /book le=0.1: 0.05 of 351',
    'api /book le=1: 0.5 of 352',
    'api /cancel le=+Inf: 5 of 373',
    'api /cancel le=0.005: 0.002 of 370',
    'api /cancel le=0.1: 0.05 of 371',
    'api /cancel le=1: 0.5 of 372',
    `other /book le=0.1: 0.05 of ${'f'.repeat(32)}`,
  ]);
  expect(await exemplars(query, tenant)).toEqual(found);
  await expectTraces(
    found.filter(({ seriesLabels }) => seriesLabels.service_name === 'api'),
    tenant,
  );
  const one = await exemplars(
    'http_server_request_duration_seconds_bucket{http_route="/cancel",le="1",service_name="api"}',
    tenant,
  );
  expect(one.map(({ exemplars: some }) => some.map(({ value }) => value))).toEqual([['0.5']]);
});

test('other histograms, other tenants and hostile labels get none', async () => {
  const tenant = 'sdk2';
  const hostile = `a'); DROP TABLE spans --`;
  await writeHistogram(tenant, { service: hostile });
  await writeHistogram(tenant, { service: 'api', metric: 'queue_wait_seconds' });
  expect(await exemplars('http_server_request_duration_seconds_bucket', tenant)).toEqual([]);
  expect(await exemplars('queue_wait_seconds_bucket', 'sdk')).toEqual([]);
  await rig.send([routeSpan(hostile, '/book', 1, 50)], tenant);
  const found = await exemplars('http_server_request_duration_seconds_bucket', tenant);
  expect(found.map(({ seriesLabels }) => [seriesLabels.service_name, seriesLabels.le])).toEqual([[hostile, '0.1']]);
});
