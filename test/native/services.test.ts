import type { ServiceAnswer, ServicesAnswer } from '@farol/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { labelsFrom } from '../../server/src/model/index.ts';
import { idOf, logLine, type NativeApi, openNativeApi, span } from './fixture.ts';

const nowMs = Math.floor(Date.now() / 60_000) * 60_000;
const hourMs = 3_600_000;
const startMs = nowMs - hourMs;
const range = `start=${startMs}&end=${nowMs}`;
let api: NativeApi;

/** One sample every 15 s from `fromMs` on; `perSecond` of the time since. */
async function writeCounter(labels: Record<string, string>, perSecond: (atMs: number) => number): Promise<void> {
  const fromMs = startMs - hourMs;
  const count = (2 * hourMs) / 15_000;
  const timesMs = Float64Array.from({ length: count }, (_, i) => fromMs + i * 15_000);
  let total = 0;
  const values = timesMs.map((timeMs) => {
    total += perSecond(timeMs) * 15;
    return total;
  });
  await writeSeries(labels, timesMs, values);
}

async function writeSeries(labels: Record<string, string>, timesMs: Float64Array, values: Float64Array): Promise<void> {
  const ref = api.store.series.intern('main', labelsFrom(Object.entries(labels)));
  const refs = new Int32Array(timesMs.length).fill(ref);
  await api.store.write({ tenant: 'main', samples: { count: timesMs.length, refs, timesMs, values } });
}

const gauge = (labels: Record<string, string>, value: number) =>
  writeSeries(labels, Float64Array.of(nowMs - 60_000, nowMs - 30_000), Float64Array.of(value, value));

beforeAll(async () => {
  api = await openNativeApi();
  const identity = { service_name: 'shop', job: 'shop', instance: 'a' };
  const route = { http_route: '/orders', http_request_method: 'POST' };
  // 2 requests a second, all between 50 and 100 ms; in the last half hour one in ten fails.
  for (const [status, perSecond] of [
    ['200', (atMs: number) => (atMs < startMs + hourMs / 2 ? 2 : 1.8)],
    ['500', (atMs: number) => (atMs < startMs + hourMs / 2 ? 0 : 0.2)],
  ] as const) {
    const labels = { ...identity, ...route, http_response_status_code: status };
    const name = 'http_server_request_duration_seconds_bucket';
    await writeCounter({ ...labels, __name__: name, le: '0.05' }, () => 0);
    await writeCounter({ ...labels, __name__: name, le: '0.1' }, perSecond);
    await writeCounter({ ...labels, __name__: name, le: '+Inf' }, perSecond);
  }
  await gauge({ ...identity, __name__: 'nodejs_eventloop_utilization_ratio' }, 0.6);
  await gauge({ ...identity, __name__: 'db_client_connection_count', db_client_connection_state: 'used' }, 9);
  await gauge({ ...identity, __name__: 'db_client_connection_count', db_client_connection_state: 'idle' }, 1);
  await gauge({ ...identity, __name__: 'db_client_connection_max' }, 10);
  await gauge({ ...identity, __name__: 'target_info', telemetry_sdk_language: 'nodejs', service_version: '2.0.0' }, 1);
  // D2's names: the histogram tells no outcome, the counter does.
  const dash = { job: 'dashtrack', instance: 'b' };
  await writeCounter({ ...dash, __name__: 'http_requests_total', method: 'GET', path: '/x', status: '200' }, () => 3);
  await writeCounter({ ...dash, __name__: 'http_requests_total', method: 'GET', path: '/x', status: '503' }, () => 1);
  for (const [le, perSecond] of [
    ['0.2', 2],
    ['0.4', 4],
    ['+Inf', 4],
  ] as const) {
    await writeCounter(
      { ...dash, __name__: 'http_request_duration_seconds_bucket', endpoint: '/x', le },
      () => perSecond,
    );
  }
  // Spans only: slower since a deploy half an hour ago; it calls a database and `shop`.
  const spans = Array.from({ length: 240 }, (_, i) => {
    const atMs = startMs - hourMs + i * 30_000;
    const slow = atMs >= startMs + hourMs / 2;
    const traceId = idOf(i + 1, 32);
    const version = slow ? '1.8.3' : '1.8.2';
    const server = { service: 'spansonly', traceId, version, startMs: atMs, kind: 'server' as const };
    return [
      span({
        ...server,
        spanId: idOf(1, 16),
        name: 'GET /x',
        durationMs: slow ? 400 : 50,
        attributes: { 'http.route': '/x', 'http.request.method': 'GET' },
      }),
      span({
        service: 'spansonly',
        traceId,
        version,
        startMs: atMs,
        spanId: idOf(2, 16),
        parentSpanId: idOf(1, 16),
        name: 'SELECT',
        kind: 'client',
        durationMs: 5,
        attributes: { 'db.system.name': 'postgresql' },
      }),
      span({
        service: 'spansonly',
        traceId,
        version,
        startMs: atMs,
        spanId: idOf(3, 16),
        parentSpanId: idOf(1, 16),
        name: 'POST',
        kind: 'client',
        durationMs: 8,
        attributes: { 'server.address': 'shop.local' },
      }),
      span({
        service: 'shop',
        traceId,
        startMs: atMs + 1,
        spanId: idOf(4, 16),
        parentSpanId: idOf(3, 16),
        name: 'POST /orders',
        kind: 'server',
        durationMs: 6,
        status: i % 20 === 0 ? 'error' : 'unset',
        attributes: { 'http.route': '/orders', 'http.request.method': 'POST' },
      }),
    ];
  }).flat();
  await api.store.write({ tenant: 'main', spans });
  const timeNs = BigInt(nowMs - 60_000) * 1_000_000n;
  const logs = Array.from({ length: 120 }, () =>
    logLine({ service: 'logsonly', body: 'broken', level: 'error', timeNs }),
  );
  await api.store.write({ tenant: 'main', logs });
});
afterAll(async () => api[Symbol.asyncDispose]());

const named = async (name: string) =>
  (await api.get<ServicesAnswer>(`/api/services?${range}`)).services.find((service) => service.name === name);

test('every service is listed, by whichever signal it was heard', async () => {
  const { services } = await api.get<ServicesAnswer>(`/api/services?${range}`);
  expect(services.map((s) => [s.name, s.source]).sort()).toEqual([
    ['dashtrack', 'metrics'],
    ['logsonly', 'none'],
    ['shop', 'metrics'],
    ['spansonly', 'spans'],
  ]);
});

test('golden signals from OpenTelemetry metrics are exact', async () => {
  const shop = await named('shop');
  expect(shop?.ratePerSecond).toBeCloseTo(2, 1);
  expect(shop?.errorShare).toBeCloseTo(0.05, 2);
  expect(shop?.p50Ms).toBeCloseTo(75, 0);
  expect(shop?.p95Ms).toBeCloseTo(97.5, 0);
  expect(shop?.change.rate).toBeCloseTo(1, 1);
  expect(shop?.saturation).toEqual({ share: 0.9, of: 'connections' });
  expect(shop?.trend.lines.map((line) => line.name)).toEqual(['rate', 'errors', 'p95']);
  expect(shop?.trend.timesMs).toHaveLength(40);
});

test("golden signals from Prometheus' conventional names join the counter's outcomes to the histogram's times", async () => {
  const dash = await named('dashtrack');
  expect(dash?.ratePerSecond).toBeCloseTo(4, 1);
  expect(dash?.errorShare).toBeCloseTo(0.25, 2);
  expect(dash?.p50Ms).toBeCloseTo(200, 0);
  const page = await api.get<ServiceAnswer>(`/api/services/dashtrack?${range}`);
  expect(page.rate.lines.map((line) => line.name)).toEqual(['total', '2xx', '5xx']);
  expect(page.endpoints[0]).toMatchObject({ name: 'GET /x', method: 'GET', route: '/x' });
});

test('golden signals from spans say so, and what changed since when', async () => {
  const own = await named('spansonly');
  expect(own?.ratePerSecond).toBeCloseTo(120 / 3600, 3);
  expect(own?.p95Ms).toBeCloseTo(400, 0);
  expect(own?.change.p95).toBeCloseTo(8, 0);
  expect(own?.health).toBe('bad');
  const page = await api.get<ServiceAnswer>(`/api/services/spansonly?${range}`);
  expect(page.deploys).toEqual([{ timeMs: startMs + hourMs / 2, version: '1.8.3' }]);
  expect(page.verdict).toMatchObject({
    kind: 'slow',
    endpoint: 'GET /x',
    sinceMs: startMs + hourMs / 2,
    deploy: '1.8.3',
  });
  expect(page.dependencies.map((d) => [d.direction, d.kind, d.name])).toEqual([
    ['calls', 'database', 'postgresql'],
    ['calls', 'service', 'shop'],
  ]);
  expect(page.summary.version).toBe('1.8.3');
});

test('a service page has its charts, real requests and what calls it', async () => {
  const page = await api.get<ServiceAnswer>(`/api/services/shop?${range}`);
  expect(page.latency.lines.map((line) => line.name)).toEqual(['p50', 'p95', 'p99']);
  expect(page.latency.timesMs).toHaveLength(120);
  expect(page.rate.lines.map((line) => line.name)).toEqual(['total', '2xx', '5xx']);
  expect(page.verdict).toMatchObject({ kind: 'failing', endpoint: 'POST /orders' });
  expect(Math.abs((page.verdict.sinceMs ?? 0) - (startMs + hourMs / 2))).toBeLessThanOrEqual(180_000);
  expect(page.saturation.map((s) => [s.name, s.unit])).toEqual([
    ['event-loop', '1'],
    ['connections', '{count}'],
  ]);
  expect(page.saturation[1]?.chart.lines.map((line) => line.name).sort()).toEqual(['idle', 'max', 'used']);
  expect(page.exemplars.length).toBeGreaterThan(50);
  expect(page.exemplars.filter((e) => e.error).length).toBe(6);
  expect(page.endpoints[0]?.failingTraceId).toMatch(/^[0-9a-f]{32}$/);
  expect(page.dependencies).toMatchObject([{ direction: 'called-by', name: 'spansonly', kind: 'service' }]);
});

test('error logs are counted per minute', async () => {
  expect((await named('logsonly'))?.logErrorsPerMinute).toBeCloseTo(2, 5);
});

test('unknown services are 404, an environment narrows down, and hostile names find nothing', async () => {
  await api.get(`/api/services/nobody?${range}`, 404);
  const { services } = await api.get<ServicesAnswer>(`/api/services?${range}&environment=staging`);
  expect(services).toEqual([]);
  const production = await api.get<ServicesAnswer>(`/api/services?${range}&environment=production`);
  expect(production.services.map((s) => s.name)).toContain('spansonly');
  for (const name of [`'; DROP TABLE spans`, '"} or vector(1) or {a="', '\\', '\n', '{p0:String}', '%25', '..']) {
    await api.get(`/api/services/${encodeURIComponent(name)}?${range}`, 404);
    await api.get(`/api/services?${range}&environment=${encodeURIComponent(name)}`);
  }
});
