/** Grafana's Jaeger data source: `pkg/tsdb/jaeger/client.go`. Times are microseconds. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Grafana, openGrafana } from './grafana.ts';

let grafana: Grafana;
let range: { readonly start: string; readonly end: string };
beforeAll(async () => {
  grafana = await openGrafana('/jaeger/api');
  range = { start: `${grafana.start}000000`, end: `${grafana.end}000000` };
});
afterAll(() => grafana[Symbol.asyncDispose]());

interface Traces {
  readonly data: readonly { traceID: string; spans: { operationName: string }[]; processes: object }[];
}

test('"Save & test" and the search form: services and their operations', async () => {
  const services = await grafana.get<{ data: string[]; total: number; errors: null }>('/services');
  expect(services).toMatchObject({ total: services.data.length, errors: null });
  expect(services.data).toContain('shop-api');
  const { data } = await grafana.get<{ data: string[] }>('/services/shop-api/operations');
  expect(data).toEqual(expect.arrayContaining(['POST /orders', 'INSERT orders']));
});

test('a search by tags, durations and an operation', async () => {
  const of = { service: 'shop-api', operation: 'POST /orders', ...range, limit: 20, lookback: 'custom' };
  const tags = JSON.stringify({ error: 'true', 'http.request.method': 'POST' });
  const failed = await grafana.get<Traces>('/traces', { ...of, tags, minDuration: '100ms', maxDuration: '1.5s' });
  expect(failed.data.map(({ traceID }) => traceID).sort()).toEqual([...grafana.shop.failingTraceIds].sort());
  expect((await grafana.get<Traces>('/traces', { ...of, minDuration: '10s' })).data).toEqual([]);
  expect((await grafana.ask('/traces', { ...of, tags: 'error=true' })).status).toBe(400);
});

test('a trace by its id is whole; one that is unknown is no 200, which Grafana would index', async () => {
  const [id] = grafana.shop.failingTraceIds;
  const { data } = await grafana.get<Traces>(`/traces/${id}`, range);
  expect(data).toHaveLength(1);
  expect(data[0]).toMatchObject({ traceID: id, processes: { p1: { serviceName: 'shop-api' } } });
  expect(data[0]?.spans).toHaveLength(4);
  const unknown = await grafana.ask(`/traces/${'ab'.repeat(16)}`, range);
  expect(unknown.status).toBe(404);
  expect(await unknown.json()).toMatchObject({ errors: [{ code: 404, msg: expect.stringMatching(/not found/) }] });
});

test('the dependency graph is a list, of milliseconds', async () => {
  const { data } = await grafana.get<{ data: object[] }>('/dependencies', {
    endTs: grafana.end * 1000,
    lookback: 3_600_000,
  });
  expect(data).toBeInstanceOf(Array);
});
