/** A small shop's telemetry as OTLP JSON: requests over the last minutes, some of which fail in the database. */
import { createHash } from 'node:crypto';

interface Attributes {
  readonly [key: string]: string | number;
}

export interface SentSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind?: number;
  readonly startMs: number;
  readonly durationMs: number;
  readonly attributes?: Attributes;
  readonly failed?: string;
  readonly events?: readonly { readonly name: string; readonly timeMs: number; readonly attributes: Attributes }[];
}

export interface SentLog {
  readonly timeMs: number;
  readonly level: 'INFO' | 'WARN' | 'ERROR';
  readonly body: string;
  readonly traceId?: string;
  readonly spanId?: string;
  readonly attributes?: Attributes;
}

export interface Resource {
  readonly service: string;
  readonly version?: string;
  readonly attributes?: Attributes;
}

const severity = { INFO: 9, WARN: 13, ERROR: 17 } as const;

export async function sendSpans(otlpHttp: string, resource: Resource, spans: readonly SentSpan[]): Promise<void> {
  await post(`${otlpHttp}/v1/traces`, {
    resourceSpans: [
      { resource: resourceOf(resource), scopeSpans: [{ scope: { name: 'shop' }, spans: spans.map(spanOf) }] },
    ],
  });
}

export async function sendLogs(otlpHttp: string, resource: Resource, logs: readonly SentLog[]): Promise<void> {
  const logRecords = logs.map((log) => ({
    timeUnixNano: nanos(log.timeMs),
    severityNumber: severity[log.level],
    severityText: log.level,
    body: { stringValue: log.body },
    traceId: log.traceId,
    spanId: log.spanId,
    attributes: attributesOf(log.attributes),
  }));
  await post(`${otlpHttp}/v1/logs`, {
    resourceLogs: [{ resource: resourceOf(resource), scopeLogs: [{ scope: {}, logRecords }] }],
  });
}

export interface SentGauge {
  readonly name: string;
  readonly description: string;
  readonly values: readonly { readonly timeMs: number; readonly value: number; readonly attributes?: Attributes }[];
}

export async function sendGauge(otlpHttp: string, resource: Resource, gauge: SentGauge): Promise<void> {
  const dataPoints = gauge.values.map(({ timeMs, value, attributes }) => ({
    timeUnixNano: nanos(timeMs),
    asDouble: value,
    attributes: attributesOf(attributes),
  }));
  const metrics = [{ name: gauge.name, description: gauge.description, gauge: { dataPoints } }];
  await post(`${otlpHttp}/v1/metrics`, {
    resourceMetrics: [{ resource: resourceOf(resource), scopeMetrics: [{ scope: {}, metrics }] }],
  });
}

export interface Shop {
  readonly service: string;
  readonly failingSpan: string;
  readonly failingTraceIds: readonly string[];
  readonly errorLog: string;
}

const minuteMs = 60_000;
const requests = 60;

/** Sixty orders over ten minutes; from the seventh minute on, after version 1.1.0, every second one fails. */
export async function sendShop(otlpHttp: string, nowMs: number): Promise<Shop> {
  const service = 'shop-api';
  const failingSpan = 'INSERT orders';
  const errorLog = 'DB Query Error: deadlock detected while placing the order';
  const failingTraceIds: string[] = [];
  for (const version of ['1.0.0', '1.1.0']) {
    const spans: SentSpan[] = [];
    const logs: SentLog[] = [];
    for (let i = 0; i < requests; i++) {
      const startMs = nowMs - 10 * minuteMs + (i * 10 * minuteMs) / requests;
      const late = i >= requests * 0.7;
      if (late !== (version === '1.1.0')) continue;
      const order = orderOf({ i, startMs, failed: late && i % 2 === 0, failingSpan, errorLog });
      if (late && i % 2 === 0) failingTraceIds.push(order.traceId);
      spans.push(...order.spans);
      logs.push(...order.logs);
    }
    await sendSpans(otlpHttp, { service, version, attributes: { 'deployment.environment.name': 'prod' } }, spans);
    await sendLogs(otlpHttp, { service, version, attributes: { 'deployment.environment.name': 'prod' } }, logs);
  }
  return { service, failingSpan, failingTraceIds, errorLog };
}

interface OrderOptions {
  readonly i: number;
  readonly startMs: number;
  readonly failed: boolean;
  readonly failingSpan: string;
  readonly errorLog: string;
}

function orderOf({ i, startMs, failed, failingSpan, errorLog }: OrderOptions) {
  const traceId = idOf(`trace ${i}`, 32);
  const [root, repository, insert, mail] = ['root', 'repository', 'insert', 'mail'].map((part) =>
    idOf(`${part} ${i}`, 16),
  );
  const at = (ms: number) => startMs + ms;
  const cause = 'deadlock detected';
  const exception = {
    name: 'exception',
    timeMs: at(118),
    attributes: {
      'exception.type': 'QueryFailedError',
      'exception.message': cause,
      'exception.stacktrace': `QueryFailedError: ${cause}\n    at Orders.place (/app/src/orders.ts:31:9)\n    at run (/app/node_modules/pg/client.js:5:1)`,
    },
  };
  const spans: SentSpan[] = [
    {
      traceId,
      spanId: root ?? '',
      name: 'POST /orders',
      kind: 2,
      startMs,
      durationMs: 160,
      failed: failed ? '' : undefined,
      attributes: {
        'http.request.method': 'POST',
        'http.route': '/orders',
        'http.response.status_code': failed ? 500 : 201,
      },
    },
    {
      traceId,
      spanId: repository ?? '',
      parentSpanId: root,
      name: 'Orders.place',
      startMs: at(5),
      durationMs: 120,
      failed: failed ? cause : undefined,
    },
    {
      traceId,
      spanId: insert ?? '',
      parentSpanId: repository,
      name: failingSpan,
      kind: 3,
      startMs: at(10),
      durationMs: 110,
      attributes: { 'db.system.name': 'postgresql', 'db.query.text': 'INSERT INTO orders VALUES ($1)' },
      failed: failed ? cause : undefined,
      events: failed ? [exception] : [],
    },
    {
      traceId,
      spanId: mail ?? '',
      parentSpanId: root,
      name: 'POST',
      kind: 3,
      startMs: at(130),
      durationMs: 25,
      attributes: { 'server.address': 'mail.example.com', 'http.request.method': 'POST' },
    },
  ];
  const logs: SentLog[] = [
    { timeMs: at(2), level: 'INFO', body: 'order received', traceId, spanId: root },
    ...(failed ? [{ timeMs: at(119), level: 'ERROR' as const, body: errorLog, traceId, spanId: insert }] : []),
    { timeMs: at(159), level: 'INFO', body: `POST /orders ${failed ? 500 : 201}`, traceId, spanId: root },
  ];
  return { traceId, spans, logs };
}

/** One trace of so many spans: a root, and batches of three levels under it. */
export function wideTrace(traceId: string, count: number, startMs: number): readonly SentSpan[] {
  const idAt = (i: number) => (i + 1).toString(16).padStart(16, '0');
  return Array.from({ length: count }, (_, i) => ({
    traceId,
    spanId: idAt(i),
    parentSpanId: i === 0 ? undefined : idAt(i % 10 === 1 ? 0 : i - (i % 10 === 0 ? 9 : 1)),
    name: i === 0 ? 'POST /import' : `row ${i}`,
    kind: i === 0 ? 2 : 1,
    startMs: startMs + i * 0.5,
    durationMs: i === 0 ? count * 0.5 + 10 : 4,
  }));
}

export function idOf(seed: string, digits: number): string {
  return createHash('sha256').update(seed).digest('hex').slice(0, digits);
}

function spanOf(span: SentSpan) {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId ?? '',
    name: span.name,
    kind: span.kind ?? 1,
    startTimeUnixNano: nanos(span.startMs),
    endTimeUnixNano: nanos(span.startMs + span.durationMs),
    attributes: attributesOf(span.attributes),
    events: (span.events ?? []).map(({ name, timeMs, attributes }) => ({
      name,
      timeUnixNano: nanos(timeMs),
      attributes: attributesOf(attributes),
    })),
    status: span.failed === undefined ? {} : { code: 2, message: span.failed },
  };
}

function resourceOf({ service, version, attributes }: Resource) {
  return {
    attributes: attributesOf({ 'service.name': service, 'service.version': version ?? '1.0.0', ...attributes }),
  };
}

function attributesOf(attributes: Attributes = {}) {
  return Object.entries(attributes).map(([key, value]) => ({
    key,
    value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value },
  }));
}

function nanos(ms: number): string {
  return String(BigInt(Math.round(ms * 1_000)) * 1_000n);
}

async function post(url: string, body: object): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok || /"rejected\w+":\s*"?[1-9]/.test(text))
    throw new Error(`${url} answered ${response.status}: ${text}`);
}
