import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../server/src/kit/index.ts';
import { limits } from '../../server/src/model/index.ts';
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
  await app.register(jaegerRoutes({ ask: (q, o) => store.ask(q, o), limits: limits.query, clock: systemClock }));
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

test('dependencies are calls between services', async () => {
  expect((await get('/dependencies')).data).toEqual([{ parent: 'api', child: hostile, callCount: 1 }]);
});
