/** What Jaeger's UI asks of metrics and dependencies, against what the spans say. */
import Fastify from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { limits } from '../../server/src/model/index.ts';
import { jaegerRoutes } from '../../server/src/serve/jaeger/index.ts';
import { openRig, type Rig } from './rig.ts';
import { bookings, type Sent } from './spans.ts';

let rig: Rig;
let spans: Sent[];
beforeAll(async () => {
  rig = await openRig();
  spans = bookings(60, { seed: 21, startMs: rig.clock.nowMs() - 1_000 });
  await rig.send([...spans].reverse());
  for (let i = 0; i < 5; i++) {
    rig.clock.forward(15_000);
    await rig.spanMetrics().flush();
  }
});
afterAll(() => rig[Symbol.asyncDispose]());

const metrics = (path: string) => rig.get(`/jaeger/api/metrics/${path}`);

test('call rates are a family of gauges by service, or by service and operation', async () => {
  const { status, body } = await metrics(
    'calls?service=bookings&service=gateway&lookback=60000&step=15000&ratePer=600000',
  );
  expect(status).toBe(200);
  expect(body).toMatchObject({ name: 'service_call_rate', type: 'GAUGE', help: 'calls/sec, grouped by service' });
  expect(body.metrics.map((metric: { labels: unknown }) => metric.labels)).toEqual([
    [{ name: 'service_name', value: 'bookings' }],
    [{ name: 'service_name', value: 'gateway' }],
  ]);
  for (const { gaugeValue, timestamp } of body.metrics[0].metricPoints) {
    expect(gaugeValue.doubleValue).toBeGreaterThan(0);
    expect(timestamp).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  }
  const byOperation = await metrics(
    'calls?service=bookings&groupByOperation=true&spanKind=client&spanKind=producer&ratePer=600000',
  );
  expect(byOperation.body.name).toBe('service_operation_call_rate');
  expect(byOperation.body.help).toBe('calls/sec, grouped by service & operation');
  const operations = byOperation.body.metrics.map(
    ({ labels }: { labels: { name: string; value: string }[] }) => labels[1],
  );
  expect(operations).toEqual(
    ['GET', 'INSERT bookings', 'POST', 'booked'].map((value) => ({ name: 'operation', value })),
  );
});

test('error rates are shares of the calls, and zero where none failed', async () => {
  const last = (body: { metrics: { metricPoints: { gaugeValue: { doubleValue: number } }[] }[] }) =>
    body.metrics.map(({ metricPoints }) => metricPoints.at(-1)?.gaugeValue.doubleValue);
  const { body } = await metrics('errors?service=gateway&ratePer=600000');
  const served = spans.filter(({ service, kind }) => service === 'gateway' && kind === 'server');
  expect(body.name).toBe('service_error_rate');
  expect(last(body)[0]).toBeCloseTo(served.filter(({ error }) => error).length / served.length, 6);
  await rig.send([{ ...(spans[0] as Sent), service: 'faultless', error: false }]);
  rig.clock.forward(15_000);
  await rig.spanMetrics().flush();
  expect(last((await metrics('errors?service=faultless&ratePer=600000')).body)).toEqual([0]);
});

test('latencies are quantiles in milliseconds', async () => {
  const { body } = await metrics('latencies?service=gateway&quantile=0.5&ratePer=600000');
  expect(body).toMatchObject({ name: 'service_latencies', help: '0.50th quantile latency, grouped by service' });
  const served = spans.filter(({ service, kind }) => service === 'gateway' && kind === 'server');
  const sorted = served.map(({ durationMs }) => durationMs).sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const told = body.metrics[0].metricPoints.at(-1).gaugeValue.doubleValue;
  // Within the bucket, whose bounds double.
  expect(told).toBeGreaterThan(median / 2.1);
  expect(told).toBeLessThan(median * 2.1);
});

test('what cannot be asked is refused in Jaeger’s envelope; a service nobody knows has no metrics', async () => {
  expect((await metrics('minstep')).body).toMatchObject({ data: 1 });
  expect((await metrics('calls?service=nobody%7C.*')).body.metrics).toEqual([]);
  for (const wrong of [
    'calls',
    'latencies?service=a',
    'latencies?service=a&quantile=2',
    'calls?service=a&step=0',
    'calls?service=a&spanKind=queue',
    'calls?service=a&lookback=1h',
    'calls?service=a&groupByOperation=perhaps',
    'calls?service=a&lookback=99999999&step=1',
  ]) {
    const { status, body } = await metrics(wrong);
    expect(status, wrong).toBe(400);
    expect(body.errors[0].code, wrong).toBe(400);
  }
});

test('dependencies are what the traces say, and what the service graph counted', async () => {
  const byId = new Map(spans.map((span) => [`${span.traceId} ${span.spanId}`, span]));
  const calls = new Map<string, number>();
  for (const span of spans) {
    const parent = byId.get(`${span.traceId} ${span.parentSpanId}`);
    if ((span.kind !== 'server' && span.kind !== 'consumer') || parent === undefined) continue;
    const link = `${parent.service}→${span.service}`;
    calls.set(link, (calls.get(link) ?? 0) + 1);
  }
  const { body } = await rig.get(`/jaeger/api/dependencies?endTs=${rig.clock.nowMs()}&lookback=3600000`);
  const told = (body.data as { parent: string; child: string; callCount: number }[]).map(
    ({ parent, child, callCount }): [string, number] => [`${parent}→${child}`, callCount],
  );
  expect(new Map(told)).toEqual(calls);
  const graph = await rig.values(
    'sum by (client, server) (traces_service_graph_request_total{connection_type=~"|messaging_system"})',
  );
  const counted = [...graph].map(([series, value]): [string, number] => [
    series.replace(/^\{client="(.*)",server="(.*)"\}$/, '$1→$2'),
    value,
  ]);
  // Jaeger follows parents only; the graph also follows a consumer's links to the producers of its messages.
  const messages = spans.filter(({ kind }) => kind === 'producer').length;
  expect(new Map(counted)).toEqual(calls.set('bookings→auditor', messages));
});

test('dependencies of more spans than can be joined are those that the service graph counted', async () => {
  const ask = async (lookbackMs: number) => {
    const app = Fastify();
    const { promql, clock } = rig;
    const few = { ...limits.query, dependencySpansMax: 1 };
    const otlp = { bytesMax: 0, read: () => [] };
    await app.register(jaegerRoutes({ ask: rig.store.ask, promql, clock, otlp, retentionMs: 0, limits: few }));
    const url = `/jaeger/api/dependencies?endTs=${rig.clock.nowMs()}&lookback=${lookbackMs}`;
    const reply = await app.inject({ url });
    return { status: reply.statusCode, body: reply.json() };
  };
  const graph = await rig.values(
    'sum by (client, server) (traces_service_graph_request_total{connection_type=~"|messaging_system"})',
  );
  const told = (await ask(3_600_000)).body.data as { parent: string; child: string; callCount: number }[];
  expect(
    new Map(told.map(({ parent, child, callCount }) => [`{client="${parent}",server="${child}"}`, callCount])),
  ).toEqual(graph);
  expect(told.map(({ callCount }) => callCount)).toEqual(told.map(({ callCount }) => callCount).sort((a, b) => b - a));
  expect(await ask(1)).toMatchObject({
    status: 422,
    body: { errors: [{ msg: expect.stringContaining('dependencySpansMax') }] },
  });
});
