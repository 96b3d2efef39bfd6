import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../server/src/kit/index.ts';
import { limits } from '../../server/src/model/index.ts';
import { createPromql } from '../../server/src/query/promql/index.ts';
import { readSpansJson } from '../../server/src/receive/otlp/index.ts';
import { jaegerRoutes } from '../../server/src/serve/jaeger/index.ts';
import { idOf, type NativeApi, openNativeApi, span } from './fixture.ts';

const traceId = idOf(7, 32);
const hostile = `a'b"; DROP TABLE spans/\\%`;
let api: NativeApi;
let app: FastifyInstance;

beforeAll(async () => {
  api = await openNativeApi();
  app = Fastify();
  const { store } = api;
  await app.register(
    jaegerRoutes({
      ask: (q, o) => store.ask(q, o),
      promql: createPromql({ select: store.metrics.select, limits: limits.query, clock: systemClock }),
      retentionMs: 7 * 86_400_000,
      otlp: { bytesMax: 100_000, read: (body) => readSpansJson(body, limits.receive) },
      limits: limits.query,
      clock: systemClock,
    }),
  );
  const at = { startMs: Date.now() - 60_000, durationMs: 5, traceId };
  await store.write({
    tenant: 'main',
    spans: [
      span({ ...at, service: 'api', spanId: idOf(1, 16), name: 'GET /', kind: 'client' }),
      span({ ...at, service: hostile, spanId: idOf(2, 16), parentSpanId: idOf(1, 16), name: 'GET /x', kind: 'server' }),
      span({ ...at, service: hostile, spanId: idOf(3, 16), parentSpanId: idOf(2, 16), name: 'GET /x' }),
    ],
  });
});
afterAll(async () => {
  await app.close();
  await api[Symbol.asyncDispose]();
});

const get = async (path: string) => {
  const reply = await app.inject({ url: `/jaeger/api${path}` });
  return { status: reply.statusCode, ...reply.json() };
};

test('services and operations are listed in Jaeger’s envelope', async () => {
  const names = encodeURIComponent(hostile);
  expect(await get('/services')).toEqual({
    status: 200,
    data: [hostile, 'api'].sort(),
    total: 2,
    limit: 0,
    offset: 0,
    errors: null,
  });
  expect((await get(`/services/${names}/operations`)).data).toEqual(['GET /x']);
  expect((await get(`/operations?service=${names}`)).data).toEqual([
    { name: 'GET /x', spanKind: 'internal' },
    { name: 'GET /x', spanKind: 'server' },
  ]);
  expect((await get(`/operations?service=${names}&spanKind=server`)).data).toHaveLength(1);
  expect((await get("/services/nobody'/operations")).data).toEqual([]);
});

test('a trace is found by id and by service; an unknown one is 404, wrong parameters are 400', async () => {
  expect((await get(`/traces/${traceId}`)).data[0].spans).toHaveLength(3);
  expect((await get('/traces/7')).data[0].traceID).toBe(traceId);
  expect((await get(`/traces?service=${encodeURIComponent(hostile)}&limit=1`)).data).toHaveLength(1);
  expect((await get(`/traces?traceID=${traceId}`)).data).toHaveLength(1);
  expect(await get(`/traces/${idOf(99, 32)}`)).toMatchObject({
    status: 404,
    data: null,
    errors: [{ code: 404, msg: 'trace not found' }],
  });
  for (const wrong of ['/traces', '/traces?service=a&limit=0', '/traces/x', '/traces?service=a&minDuration=5']) {
    expect((await get(wrong)).status, wrong).toBe(400);
  }
});

test('dependencies are calls between services, in the time asked for, of the service asked for', async () => {
  const link = { parent: 'api', child: hostile, callCount: 1 };
  expect((await get('/dependencies')).data).toEqual([link]);
  expect((await get('/dependencies?service=api')).data).toEqual([link]);
  expect((await get(`/dependencies?endTs=${Date.now()}&lookback=120000`)).data).toEqual([link]);
  expect((await get(`/dependencies?endTs=${Date.now()}&lookback=1000`)).data).toEqual([]);
  expect((await get(`/dependencies?endTs=${Date.now() - 120_000}&lookback=60000`)).data).toEqual([]);
  expect((await get('/dependencies?service=nobody')).data).toEqual([]);
  expect((await get('/dependencies?lookback=1h')).status).toBe(400);
});

test('of the traces asked for by id, those that are missing are named', async () => {
  const answer = await get(`/traces?traceID=${traceId}&traceID=${idOf(98, 32)}`);
  expect(answer.data).toHaveLength(1);
  expect(answer.errors).toEqual([{ msg: 'trace not found', traceID: idOf(98, 32) }]);
});

test('a trace is told with its clocks aligned, twins apart and in order; raw, as it was sent', async () => {
  const startMs = Date.now() - 30_000;
  const at = { traceId: idOf(40, 32), durationMs: 10, startMs };
  await api.store.write({
    tenant: 'main',
    spans: [
      span({ ...at, service: 'zipkin-client', spanId: idOf(1, 16), name: 'call', kind: 'client' }),
      span({
        ...at,
        service: 'zipkin-server',
        spanId: idOf(1, 16),
        name: 'answer',
        kind: 'server',
        startMs: startMs - 5_000,
      }),
    ],
  });
  const tell = async (params: string) => (await get(`/traces/${idOf(40, 32)}${params}`)).data[0].spans as Told[];
  const [first, second] = await tell('');
  expect([first?.operationName, second?.operationName]).toEqual(['call', 'answer']);
  expect(second?.spanID).not.toBe(first?.spanID);
  expect(second?.references[0]?.spanID).toBe(first?.spanID);
  expect(second?.startTime).toBeGreaterThanOrEqual(first?.startTime ?? 0);
  const raw = await tell('?raw=true');
  expect(raw.map(({ spanID }) => spanID)).toEqual([idOf(1, 16), idOf(1, 16)]);
  expect(Math.min(...raw.map(({ startTime }) => startTime))).toBe((startMs - 5_000) * 1000);
  expect((await get(`/traces/${traceId}?raw=perhaps`)).status).toBe(400);
});

interface Told {
  readonly spanID: string;
  readonly operationName: string;
  readonly startTime: number;
  readonly references: readonly { spanID: string }[];
}

test('OTLP JSON is given back as Jaeger’s UI reads it, and is not stored; what is no OTLP is refused', async () => {
  const sent = {
    traceId: idOf(50, 32),
    spanId: idOf(1, 16),
    name: 'x',
    kind: 2,
    startTimeUnixNano: '1000000',
    endTimeUnixNano: '3000000',
  };
  const attributes = [
    { key: 'n', value: { intValue: '5' } },
    { key: 'peer.ipv4', value: { intValue: '2130706433' } },
  ];
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 's' } }] };
  const otlp = { resourceSpans: [{ resource, scopeSpans: [{ spans: [{ ...sent, attributes }] }] }] };
  const post = (payload: string) =>
    app.inject({
      method: 'POST',
      url: '/jaeger/api/transform',
      payload,
      headers: { 'content-type': 'application/json' },
    });
  const { data } = (await post(JSON.stringify(otlp))).json();
  expect(data).toMatchObject([
    {
      traceID: sent.traceId,
      processes: { p1: { serviceName: 's', tags: [] } },
      spans: [
        {
          spanID: sent.spanId,
          operationName: 'x',
          startTime: 1000,
          duration: 2000,
          tags: [
            { key: 'n', type: 'int64', value: 5 },
            { key: 'peer.ipv4', type: 'string', value: '127.0.0.1' },
            { key: 'span.kind', type: 'string', value: 'server' },
          ],
        },
      ],
    },
  ]);
  expect((await get(`/traces/${sent.traceId}`)).status).toBe(404);
  expect((await post('{')).statusCode).toBe(400);
  expect((await post(JSON.stringify(otlp).replace(sent.spanId, 'short'))).statusCode).toBe(400);
  expect((await post(' '.repeat(100_001))).statusCode).toBe(413);
});

test('there is no archive, and the refusal says what to do instead', async () => {
  const reply = await app.inject({ method: 'POST', url: `/jaeger/api/archive/${traceId}` });
  expect(reply.statusCode).toBe(422);
  expect(reply.json().errors[0].msg).toContain('--retention-traces');
});
