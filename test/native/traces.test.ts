import type { TraceAnswer, TracesAnswer } from '@farol/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readTrace, storedSpanOf } from '../../server/src/query/traces/index.ts';
import { attributes, idOf, type NativeApi, openNativeApi, span } from './fixture.ts';

const nowMs = Date.now();
const startMs = nowMs - 60 * 60_000;
const range = `start=${startMs}&end=${nowMs}`;
const failed = idOf(0xf, 32);
const fine = idOf(0x1, 32);
let api: NativeApi;

const exception = {
  timeNs: BigInt(startMs + 1040) * 1_000_000n,
  name: 'exception',
  attributes: attributes({ 'exception.type': 'PoolError', 'exception.message': 'no "connection" left' }),
  droppedAttributes: 0,
};

beforeAll(async () => {
  api = await openNativeApi();
  const at = (ms: number) => startMs + ms;
  await api.store.write({
    tenant: 'main',
    spans: [
      span({
        service: 'api',
        traceId: failed,
        spanId: idOf(1, 16),
        name: 'POST /appointments',
        kind: 'server',
        status: 'error',
        startMs: at(1000),
        durationMs: 100,
        attributes: {
          'http.request.method': 'POST',
          'http.route': '/appointments',
          'http.response.status_code': '500',
        },
      }),
      span({
        service: 'api',
        traceId: failed,
        spanId: idOf(2, 16),
        parentSpanId: idOf(1, 16),
        name: 'AppointmentsService.create',
        status: 'error',
        startMs: at(1010),
        durationMs: 70,
      }),
      span({
        service: 'api',
        traceId: failed,
        spanId: idOf(3, 16),
        parentSpanId: idOf(2, 16),
        name: 'prisma:client:db_query',
        kind: 'client',
        status: 'error',
        startMs: at(1020),
        durationMs: 40,
        attributes: { 'db.system': 'postgresql' },
        events: [exception],
      }),
      span({
        service: 'api',
        traceId: fine,
        spanId: idOf(4, 16),
        name: 'GET /appointments',
        kind: 'server',
        startMs: at(5000),
        durationMs: 10,
        attributes: { 'http.request.method': 'GET', 'http.route': '/appointments' },
      }),
    ],
  });
  // The rest of a trace may arrive later, and from another service.
  await api.store.write({
    tenant: 'main',
    spans: [
      span({
        service: 'notify',
        traceId: fine,
        spanId: idOf(5, 16),
        parentSpanId: idOf(4, 16),
        name: 'POST /send',
        kind: 'server',
        startMs: at(5002),
        durationMs: 4,
        attributes: { 'queue.name': 'mail' },
      }),
    ],
  });
});
afterAll(async () => api[Symbol.asyncDispose]());

const found = async (query: string) =>
  (await api.get<TracesAnswer>(`/api/traces?${range}&${query}`)).traces.map((trace) => trace.traceId);

test('a trace is given as a tree, with its parts in shares that sum to the whole, and the span that failed', async () => {
  const trace = await api.get<TraceAnswer>(`/api/traces/${failed}`);
  expect(trace.spans.map((s) => [s.depth, s.name, s.component])).toEqual([
    [0, 'POST /appointments', 'http'],
    [1, 'AppointmentsService.create', 'code'],
    [2, 'prisma:client:db_query', 'database'],
  ]);
  expect(trace.failingSpanId).toBe(idOf(3, 16));
  expect(trace.durationNs).toBe(100e6);
  expect(trace.components).toEqual([
    { kind: 'database', name: 'postgresql', selfNs: 40e6, share: 0.4 },
    { kind: 'http', name: 'api', selfNs: 30e6, share: 0.3 },
    { kind: 'code', name: 'api', selfNs: 30e6, share: 0.3 },
  ]);
  expect(trace.spans[2]?.events[0]).toEqual({
    name: 'exception',
    offsetNs: 40e6,
    attributes: [
      { key: 'exception.type', value: 'PoolError', type: 'string' },
      { key: 'exception.message', value: 'no "connection" left', type: 'string' },
    ],
  });
});

test('a span that arrived later is in the trace', async () => {
  const trace = await api.get<TraceAnswer>(`/api/traces/${fine}`);
  expect(trace.spans.map((s) => s.service)).toEqual(['api', 'notify']);
});

test('an unknown trace is 404, an id that is none is 400', async () => {
  await api.get(`/api/traces/${idOf(0x999, 32)}`, 404);
  for (const id of ['xyz', '0', idOf(0, 32), 'a'.repeat(33), "'", '%00']) await api.get(`/api/traces/${id}`, 400);
});

test('search finds by service, operation, status, duration and tags', async () => {
  expect(await found('')).toEqual([fine, failed]);
  expect(await found('order=slowest')).toEqual([failed, fine]);
  expect(await found('service=notify')).toEqual([fine]);
  expect(await found(`service=api&operation=${encodeURIComponent('POST /appointments')}`)).toEqual([failed]);
  expect(await found('status=error')).toEqual([failed]);
  expect(await found('status=error&service=notify')).toEqual([]);
  expect(await found('minDurationMs=100')).toEqual([failed]);
  expect(await found('maxDurationMs=4')).toEqual([fine]);
  expect(await found('tag=queue.name%3Dmail')).toEqual([fine]);
  expect(await found('tag=service.name%3Dnotify&tag=queue.name%3Dmail')).toEqual([fine]);
  expect(await found('tag=service.name%3Dapi&tag=queue.name%3Dmail')).toEqual([]);
  expect(await found(`tag=${encodeURIComponent('exception.message=no "connection" left')}`)).toEqual([failed]);
  expect(await found('environment=production&tag=http.response.status_code%3D500')).toEqual([failed]);
  expect(await found('environment=staging')).toEqual([]);
});

test('a summary says what the trace was and why it failed', async () => {
  const { traces, truncated } = await api.get<TracesAnswer>(`/api/traces?${range}&limit=1&status=error`);
  expect(truncated).toBe(false);
  expect(traces[0]).toMatchObject({
    rootService: 'api',
    rootName: 'POST /appointments',
    durationMs: 100,
    spans: 3,
    errors: 3,
    services: [{ name: 'api', spans: 3 }],
    error: 'PoolError: no "connection" left',
  });
  expect((await api.get<TracesAnswer>(`/api/traces?${range}&limit=1`)).truncated).toBe(true);
});

test('F53 hostile text in a parameter finds nothing and harms nothing', async () => {
  const hostile = [`'; DROP TABLE spans; --`, `\\'`, '`', '{p0:String}', '\u0000', `' OR 1=1 --`, '"', '[1]', '%'];
  for (const text of hostile) {
    const quoted = encodeURIComponent(text);
    for (const name of ['service', 'operation', 'environment']) expect(await found(`${name}=${quoted}`)).toEqual([]);
    expect(await found(`tag=${encodeURIComponent(`${text}=${text}`)}`)).toEqual([]);
    if (!text.includes('=')) await api.get(`/api/traces?tag=${quoted}`, 400);
    for (const name of ['status', 'minDurationMs', 'order', 'limit', 'start', 'end']) {
      await api.get(`/api/traces?${name}=${quoted}`, 400);
    }
  }
  expect(await found('')).toHaveLength(2);
});

test('a span is read as it was sent, whatever its names and values are made of', async () => {
  const traceId = idOf(0x7a9, 32);
  const odd = {
    keys: ['__proto__', 'a "b" \\', 'twice', 'twice', '', '1', '0'],
    values: ['nul\0nul', '🗼 é \n', 'x', 'y', "'; --", '[1]', '{p0:String}'],
    types: ['string', 'string', 'int', 'int', 'bytes', 'array', 'string'] as const,
  };
  const row = {
    ...span({ service: 'odd', traceId, spanId: idOf(0x7a9, 16), startMs, durationMs: 1 }),
    traceState: 'k="v"',
    flags: 4_294_967_295,
    statusMessage: 'tab\t',
    attributes: odd,
    resource: { attributes: odd, schemaUrl: '', droppedAttributes: 0 },
    scope: { name: 'lib "x"', version: '1', schemaUrl: '', attributes: odd, droppedAttributes: 0 },
  };
  await api.store.write({ tenant: 'main', spans: [row] });
  const { signal } = new AbortController();
  const { spans } = await readTrace(api.store.ask, { tenant: 'main', traceId, spansMax: 10, signal });
  expect(spans).toEqual([storedSpanOf(row)]);
});

test('F44 a trace of 10,000 spans is read, assembled and answered at once', async () => {
  const traceId = idOf(0x10000, 32);
  const spans = Array.from({ length: 10_000 }, (_, i) =>
    span({
      service: `s${i % 5}`,
      traceId,
      spanId: idOf(i + 1, 16),
      parentSpanId: i === 0 ? '' : idOf(Math.ceil(i / 3), 16),
      startMs: startMs + i / 100,
      durationMs: 5,
      attributes: { 'db.system': 'postgresql', n: String(i) },
    }),
  );
  await api.store.write({ tenant: 'main', spans });
  await api.get<TraceAnswer>(`/api/traces/${traceId}`);
  const startedMs = performance.now();
  const trace = await api.get<TraceAnswer>(`/api/traces/${traceId}`);
  const tookMs = performance.now() - startedMs;
  console.log(`a trace of 10,000 spans took ${tookMs.toFixed(0)} ms`);
  expect(trace.spans).toHaveLength(10_000);
  // A third of a second on an idle laptop core; the bound is for a busy one.
  expect(tookMs).toBeLessThan(5000);
});
