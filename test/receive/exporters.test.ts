/** The official OpenTelemetry exporters (gRPC, protobuf, JSON) and pino-loki against the receivers, over real sockets. */
import { context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, ValueType } from '@opentelemetry/api';
import { OTLPLogExporter as LogsGrpc } from '@opentelemetry/exporter-logs-otlp-grpc';
import { OTLPLogExporter as LogsHttp } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as LogsProto } from '@opentelemetry/exporter-logs-otlp-proto';
import { OTLPMetricExporter as MetricsGrpc } from '@opentelemetry/exporter-metrics-otlp-grpc';
import { OTLPMetricExporter as MetricsHttp } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as MetricsProto } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter as TracesGrpc } from '@opentelemetry/exporter-trace-otlp-grpc';
import { OTLPTraceExporter as TracesHttp } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as TracesProto } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider, type LogRecordExporter } from '@opentelemetry/sdk-logs';
import {
  AggregationTemporality,
  AggregationType,
  MeterProvider,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace';
import pino from 'pino';
import { pinoLoki } from 'pino-loki';
import { expect, test } from 'vitest';
import { Refusal } from '../../server/src/model/index.ts';
import { lokiPushRoutes } from '../../server/src/receive/loki/index.ts';
import { createOtlpReceiver, otlpHttpRoutes, startOtlpGrpc } from '../../server/src/receive/otlp/index.ts';
import { serve } from '../../server/src/receive/serve.testing.ts';
import { createSink, imbalance } from '../../server/src/receive/sink.testing.ts';

const resource = resourceFromAttributes({ 'service.name': 'shop', 'service.namespace': 'store', 'host.arch': 'arm64' });

async function rig() {
  const sink = createSink({ nowMs: Date.now() });
  const receiver = createOtlpReceiver(sink);
  const server = await serve(otlpHttpRoutes(receiver), lokiPushRoutes(sink));
  const grpc = await startOtlpGrpc({ receiver, host: '127.0.0.1', port: 0 });
  return {
    sink,
    http: server.url,
    grpc: `http://127.0.0.1:${grpc.port}`,
    async [Symbol.asyncDispose]() {
      await grpc.stop(200);
      await server[Symbol.asyncDispose]();
    },
  };
}

type Rig = Awaited<ReturnType<typeof rig>>;

const gzip = { compression: 'gzip' as never };
const traceExporters: Record<string, (it: Rig) => SpanExporter> = {
  grpc: (it) => new TracesGrpc({ url: it.grpc }),
  protobuf: (it) => new TracesProto({ url: `${it.http}/v1/traces`, ...gzip }),
  json: (it) => new TracesHttp({ url: `${it.http}/v1/traces` }),
};
const logExporters: Record<string, (it: Rig) => LogRecordExporter> = {
  grpc: (it) => new LogsGrpc({ url: it.grpc, ...gzip }),
  protobuf: (it) => new LogsProto({ url: `${it.http}/v1/logs` }),
  json: (it) => new LogsHttp({ url: `${it.http}/v1/logs`, ...gzip }),
};
const metricExporters: Record<string, (it: Rig, temporality: AggregationTemporality) => PushMetricExporter> = {
  grpc: (it, temporalityPreference) => new MetricsGrpc({ url: it.grpc, temporalityPreference }),
  protobuf: (it, temporalityPreference) => new MetricsProto({ url: `${it.http}/v1/metrics`, temporalityPreference }),
  json: (it, temporalityPreference) => new MetricsHttp({ url: `${it.http}/v1/metrics`, temporalityPreference }),
};

async function exportTrace(exporter: SpanExporter): Promise<string> {
  const provider = new TracerProvider({
    resource,
    spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: 10 })],
  });
  const tracer = provider.getTracer('shop.http', '1.2.3');
  const parent = tracer.startSpan('POST /orders', { kind: SpanKind.SERVER, attributes: { 'http.route': '/orders' } });
  const inner = trace.setSpan(ROOT_CONTEXT, parent);
  const child = tracer.startSpan(
    'INSERT',
    { kind: SpanKind.CLIENT, attributes: { n: 5, list: ['a', 'b'], ok: true } },
    inner,
  );
  child.recordException(new Error('boom'));
  child.setStatus({ code: SpanStatusCode.ERROR, message: 'boom' });
  child.end();
  parent.end();
  await provider.forceFlush();
  await provider.shutdown();
  return parent.spanContext().traceId;
}

test.each(Object.keys(traceExporters))('spans by the %s exporter arrive whole', async (name) => {
  await using it = await rig();
  const traceId = await exportTrace((traceExporters[name] as (it: Rig) => SpanExporter)(it));
  const spans = it.sink.batches.flatMap((batch) => batch.spans ?? []);
  const child = spans.find((span) => span.name === 'INSERT');
  const parent = spans.find((span) => span.name === 'POST /orders');
  expect(child).toMatchObject({
    service: 'shop',
    traceId,
    parentSpanId: parent?.spanId,
    kind: 'client',
    status: 'error',
    statusMessage: 'boom',
    scope: { name: 'shop.http', version: '1.2.3' },
    attributes: { keys: ['n', 'list', 'ok'], types: ['int', 'array', 'bool'] },
  });
  expect(child?.attributes.values).toEqual(['5', '{"values":[{"stringValue":"a"},{"stringValue":"b"}]}', 'true']);
  expect(child?.events[0]).toMatchObject({ name: 'exception' });
  expect(parent?.kind).toBe('server');
  expect(imbalance(it.sink.ledger)).toEqual([]);
});

test.each(Object.keys(logExporters))('log records by the %s exporter arrive whole', async (name) => {
  await using it = await rig();
  const exporter = (logExporters[name] as (it: Rig) => LogRecordExporter)(it);
  const provider = new LoggerProvider({
    resource,
    processors: [new BatchLogRecordProcessor({ exporter, scheduledDelayMillis: 10 })],
  });
  const spanContext = { traceId: '5b8efff798038103d269b633813fc60c', spanId: 'eee19b7ec3c1b174', traceFlags: 1 };
  provider.getLogger('app').emit({
    severityNumber: 13,
    severityText: 'WARN',
    body: 'pool nearly full',
    attributes: { 'pool.used': 9 },
    context: trace.setSpanContext(context.active(), spanContext),
  });
  await provider.forceFlush();
  await provider.shutdown();
  const [row] = it.sink.batches.flatMap((batch) => batch.logs ?? []);
  expect(row).toMatchObject({
    service: 'shop',
    level: 'warn',
    body: 'pool nearly full',
    traceId: spanContext.traceId,
    spanId: spanContext.spanId,
    attributes: { keys: ['pool.used'], values: ['9'], types: ['int'] },
    stream: ['service_name', 'shop', 'service_namespace', 'store'],
  });
  expect(imbalance(it.sink.ledger)).toEqual([]);
});

const temporalities = [AggregationTemporality.CUMULATIVE, AggregationTemporality.DELTA];
const metricCases = Object.keys(metricExporters).flatMap((name) => temporalities.map((t) => [name, t] as const));

test.each(metricCases)('metrics by the %s exporter, temporality %s, add up to the same', async (name, temporality) => {
  await using it = await rig();
  const make = metricExporters[name] as (it: Rig, temporality: AggregationTemporality) => PushMetricExporter;
  const reader = new PeriodicExportingMetricReader({ exporter: make(it, temporality), exportIntervalMillis: 600_000 });
  const provider = new MeterProvider({
    resource,
    readers: [reader],
    views: [{ instrumentName: 'sizes', aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } }],
  });
  const meter = provider.getMeter('app');
  const created = meter.createCounter('appointments.created.count', { valueType: ValueType.INT });
  const durations = meter.createHistogram('http.server.request.duration', {
    unit: 's',
    advice: { explicitBucketBoundaries: [0.1, 1] },
  });
  const sizes = meter.createHistogram('sizes', { unit: 'By' });
  for (let round = 0; round < 2; round++) {
    created.add(3, { plan: 'pro' });
    durations.record(0.05, { 'http.route': '/x' });
    durations.record(5, { 'http.route': '/x' });
    sizes.record(1000);
    await reader.forceFlush();
    // Delta points need times that differ.
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const last = new Map(it.sink.sampleLines().map((line) => [line.split(' ')[0], Number(line.split(' ')[1])]));
  const identity = 'job="store/shop"';
  const place = 'service_name="shop",service_namespace="store"';
  const route = `http_route="/x",${identity}`;
  expect(Object.fromEntries(last)).toMatchObject({
    [`appointments_created_count_total{${identity},plan="pro",${place}}`]: 6,
    [`http_server_request_duration_seconds_count{${route},${place}}`]: 4,
    [`http_server_request_duration_seconds_sum{${route},${place}}`]: 10.1,
    [`http_server_request_duration_seconds_bucket{${route},le="0.1",${place}}`]: 2,
    [`http_server_request_duration_seconds_bucket{${route},le="+Inf",${place}}`]: 4,
    [`target_info{host_arch="arm64",${identity}}`]: 1,
  });
  const histograms = it.sink.batches.flatMap((batch) => batch.histograms ?? []);
  expect(histograms.at(-1)?.histogram).toMatchObject({ schema: 8, count: 2, sum: 2000 });
  await provider.shutdown();
  expect(imbalance(it.sink.ledger)).toEqual([]);
});

// The gRPC exporter of OpenTelemetry JS does not retry at all; UNAVAILABLE with RetryInfo is tested beside the receiver.
test.each(['protobuf', 'json'])('F48: the %s exporter retries a busy store, and all data arrives', async (name) => {
  await using it = await rig();
  it.sink.failure = new Refusal('the queue is full', { code: 'STORE_BUSY', retryAfterSeconds: 1 });
  const timer = setTimeout(() => {
    it.sink.failure = undefined;
  }, 300);
  await exportTrace((traceExporters[name] as (it: Rig) => SpanExporter)(it));
  clearTimeout(timer);
  expect(it.sink.batches.flatMap((batch) => batch.spans ?? [])).toHaveLength(2);
  expect(imbalance(it.sink.ledger)).toEqual([]);
});

test('pino-loki lines arrive with their service, level and trace', async () => {
  await using it = await rig();
  const stream = pinoLoki({ host: it.http, batching: { interval: 0.1 }, labels: { app: 'shop' } });
  const logger = pino({ base: undefined }, stream);
  const traceId = '5b8efff798038103d269b633813fc60c';
  logger.error({ trace_id: traceId, span_id: 'eee19b7ec3c1b174' }, 'payment failed');
  await expect
    .poll(() => it.sink.batches.flatMap((batch) => batch.logs ?? []), { timeout: 10_000 })
    .toMatchObject([
      {
        service: 'shop',
        level: 'error',
        traceId,
        spanId: 'eee19b7ec3c1b174',
        body: expect.stringContaining('payment failed'),
      },
    ]);
  stream.end();
  expect(imbalance(it.sink.ledger)).toEqual([]);
});
