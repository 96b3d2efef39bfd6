/** Grafana's Tempo data source: `pkg/tsdb/tempo` and its query editor. Times are seconds. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeTraces } from '../../server/src/receive/otlp/index.ts';
import { type Grafana, openGrafana } from './grafana.ts';

let grafana: Grafana;
let range: { readonly start: number; readonly end: number };
beforeAll(async () => {
  grafana = await openGrafana('/tempo/api');
  range = { start: grafana.start, end: grafana.end };
});
afterAll(() => grafana[Symbol.asyncDispose]());

interface Found {
  readonly traces: readonly {
    readonly traceID: string;
    readonly rootServiceName: string;
    readonly rootTraceName: string;
    readonly startTimeUnixNano: string;
    readonly durationMs: number;
    readonly spanSets?: readonly { matched: number; spans: { spanID: string; attributes?: object[] }[] }[];
  }[];
}

test('"Save & test" hears an echo, and the version is one that knows scopes', async () => {
  expect(await (await grafana.ask('/echo')).text()).toBe('echo');
  expect(await grafana.get('/status/buildinfo')).toMatchObject({ version: expect.stringMatching(/^2\./) });
});

test('a trace by its id is protobuf when that is accepted, from both versions of the API', async () => {
  const [id] = grafana.shop.failingTraceIds;
  const accepting = { headers: { Accept: 'application/protobuf' } };
  const v1 = await grafana.ask(`/traces/${id}`, range, accepting);
  expect(v1.status).toBe(200);
  expect(v1.headers.get('content-type')).toMatch(/application\/protobuf/);
  const spans = decodeTraces(Buffer.from(await v1.arrayBuffer()), 64).flatMap(({ scopes }) =>
    scopes.flatMap(({ items }) => items.map(({ name }) => name)),
  );
  expect(spans.sort()).toEqual(['INSERT orders', 'Orders.place', 'POST', 'POST /orders']);
  const v2 = await grafana.ask(`/v2/traces/${id}`, range, accepting);
  expect(v2.status).toBe(200);
  expect(v2.headers.get('content-type')).toMatch(/application\/protobuf/);
  for (const path of ['/traces', '/v2/traces']) {
    expect((await grafana.ask(`${path}/${'ab'.repeat(16)}`, range, accepting)).status, path).toBe(404);
  }
});

test('a search by TraceQL has rows and the spans that matched, with what was selected', async () => {
  const q = '{ resource.service.name = "shop-api" && status = error && kind = client } | select(span.db.system.name)';
  const { traces } = await grafana.get<Found>('/search', { q, limit: 20, spss: 3, ...range });
  expect(traces.map(({ traceID }) => traceID).sort()).toEqual([...grafana.shop.failingTraceIds].sort());
  expect(traces[0]).toMatchObject({
    rootServiceName: 'shop-api',
    rootTraceName: 'POST /orders',
    durationMs: 160,
    startTimeUnixNano: expect.stringMatching(/^\d{19}$/),
  });
  const [set] = traces[0]?.spanSets ?? [];
  expect(set?.matched).toBe(1);
  expect(set?.spans[0]?.attributes).toContainEqual({ key: 'db.system.name', value: { stringValue: 'postgresql' } });
});

test('a search by tags, as data sources of long ago ask', async () => {
  const tags = 'service.name=shop-api http.route=/orders http.response.status_code=500';
  const { traces } = await grafana.get<Found>('/search', { tags, minDuration: '100ms', limit: 20, ...range });
  expect(traces).toHaveLength(grafana.shop.failingTraceIds.length);
});

test('a range that ends before it begins, and a query that cannot be read, are 400 in plain words', async () => {
  const f = async (params: Record<string, string | number>, words: RegExp) => {
    const response = await grafana.ask('/search', params);
    expect(response.status).toBe(400);
    expect(await response.text()).toMatch(words);
  };
  await f({ q: '{}', start: range.end, end: range.start }, /start must be before end/);
  await f({ q: '{}', start: range.end, end: range.end }, /start must be before end/);
  await f({ q: '{ status = }', ...range }, /\S/);
});

test('the query builder: tags by scope, and the values of one', async () => {
  const { scopes } = await grafana.get<{ scopes: { name: string; tags: string[] }[] }>('/v2/search/tags', {
    limit: 5000,
    ...range,
  });
  const tagsOf = (scope: string) => scopes.find(({ name }) => name === scope)?.tags;
  expect(tagsOf('resource')).toContain('service.name');
  expect(tagsOf('span')).toEqual(expect.arrayContaining(['http.route', 'db.system.name']));
  expect(tagsOf('intrinsic')).toContain('status');
  const values = async (tag: string, params: object = {}) => {
    const twice = encodeURIComponent(encodeURIComponent(tag));
    const path = `/v2/search/tag/${twice}/values`;
    return (await grafana.get<{ tagValues: object[] }>(path, { limit: 5000, ...range, ...params })).tagValues;
  };
  expect(await values('resource.service.name')).toContainEqual({ type: 'string', value: 'shop-api' });
  expect(await values('span.http.route', { q: '{ resource.service.name = "shop-api" }' })).toEqual([
    { type: 'string', value: '/orders' },
  ]);
  expect(await values('status')).toContainEqual({ type: 'keyword', value: 'error' });
});

test('TraceQL metrics: a range with exemplars, and an instant', async () => {
  const q = '{ resource.service.name = "shop-api" && span:kind = server } | count_over_time() by (span.http.route)';
  const params = { q, step: '60s', exemplars: 100, ...range };
  const { series } = await grafana.get<{
    series: { labels: object[]; samples: { timestampMs: string; value?: number }[]; exemplars?: object[] }[];
  }>('/metrics/query_range', params);
  expect(series).toHaveLength(1);
  expect(series[0]?.labels).toEqual([{ key: 'span.http.route', value: { stringValue: '/orders' } }]);
  expect(series[0]?.samples.reduce((sum, { value = 0 }) => sum + value, 0)).toBe(60);
  expect(series[0]?.exemplars?.length).toBeGreaterThan(0);
  const instant = await grafana.get<{ series: { value: number }[] }>('/metrics/query', { q, ...range });
  expect(instant.series[0]?.value).toBe(60);
});
