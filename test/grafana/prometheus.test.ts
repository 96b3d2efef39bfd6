/** Grafana's Prometheus data source: `pkg/promlib/client` and `@grafana/prometheus`. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually, form, type Grafana, openGrafana } from './grafana.ts';

interface Answer {
  readonly status: string;
  readonly data: { readonly resultType: string; readonly result: readonly Series[] };
}

interface Series {
  readonly metric: Record<string, string>;
  readonly values: [number, string][];
}

let grafana: Grafana;
beforeAll(async () => {
  grafana = await openGrafana('/prometheus/api/v1');
});
afterAll(() => grafana[Symbol.asyncDispose]());

test('"Save & test": an instant of 1970, then a Prometheus of a known version that is no Mimir', async () => {
  expect(await grafana.get('/query', {}, form({ query: '1+1', time: 4 }))).toMatchObject({
    status: 'success',
    data: { resultType: 'scalar', result: [4, '2'] },
  });
  const { status, data } = await grafana.get<{ status: string; data: Record<string, unknown> }>('/status/buildinfo');
  expect(status).toBe('success');
  expect(data.version).toMatch(/^\d+\.\d+\.\d+$/);
  expect(data).not.toHaveProperty('features');
});

test('panels: a range with a fraction in its step, an instant, as a form', async () => {
  const { start, end } = grafana;
  const range = form({ query: 'queue_depth', start: `${start}.500`, end: `${end}.5`, step: '15.5', timeout: '30s' });
  const { data } = await grafana.get<Answer>('/query_range', {}, range);
  expect(data.resultType).toBe('matrix');
  expect(data.result[0]?.metric).toMatchObject({ __name__: 'queue_depth', service_name: grafana.shop.service });
  expect(data.result[0]?.values[0]).toEqual([expect.any(Number), expect.stringMatching(/^[123]$/)]);
  const instant = await grafana.get<Answer>(
    '/query',
    {},
    form({ query: 'count(queue_depth)', time: `${end - 60}.123` }),
  );
  expect(instant.data.result).toEqual([{ metric: {}, value: [end - 60 + 0.123, '1'] }]);
});

test('an error has a type and a text, to the form and to the GET that Grafana tries next', async () => {
  for (const response of [
    await grafana.ask('/query', {}, form({ query: 'sum(' })),
    await grafana.ask('/query', { query: 'sum(' }),
  ]) {
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      status: 'error',
      errorType: 'bad_data',
      error: expect.stringMatching(/parse error/),
    });
  }
});

test('exemplars: the probe is answered, and points lead to stored traces', async () => {
  const { start, end, shop } = grafana;
  const probe = { query: 'test', start: start * 1000, end: end * 1000 };
  expect(await grafana.get('/query_exemplars', {}, form(probe))).toEqual({ status: 'success', data: [] });
  const query = `traces_spanmetrics_latency_bucket{service="${shop.service}"}`;
  const ask = () =>
    grafana.get<{ data: { seriesLabels: object; exemplars: { labels: { trace_id: string }; value: string }[] }[] }>(
      '/query_exemplars',
      {},
      form({ query, start, end }),
    );
  await eventually(async () => (await ask()).data.length > 0, 'exemplars of span metrics');
  const [first] = (await ask()).data;
  expect(first?.seriesLabels).toMatchObject({ __name__: 'traces_spanmetrics_latency_bucket' });
  expect(first?.exemplars[0]).toMatchObject({
    labels: { trace_id: expect.stringMatching(/^[0-9a-f]{32}$/) },
    value: expect.stringMatching(/^[\d.]+$/),
    timestamp: expect.any(Number),
  });
});

test('variables and the query builder: names, values, series and metadata, with a limit', async () => {
  const { start, end, shop } = grafana;
  const bounds = { start, end, limit: 40_000 };
  const list = async (path: string, params: object) =>
    (await grafana.get<{ status: string; data: string[] }>(path, { ...bounds, ...params })).data;
  const names = await grafana.get<{ data: string[] }>('/labels', {}, form({ ...bounds, 'match[]': 'queue_depth' }));
  expect(names.data).toEqual(expect.arrayContaining(['__name__', 'job', 'service_name']));
  expect(await list('/label/service_name/values', { 'match[]': 'queue_depth' })).toEqual([shop.service]);
  expect(await list('/label/__name__/values', { 'match[]': '{__name__=~"queue_dep.*"}' })).toEqual(['queue_depth']);
  expect(await list('/label/U__service_2e_name/values', {})).toEqual([]);
  expect(await list('/labels', { limit: 1 })).toHaveLength(1);
  const series = form({ ...bounds, 'match[]': '{__name__!=""}' });
  expect((await grafana.get<{ data: object[] }>('/series', {}, series)).data).toContainEqual(
    expect.objectContaining({ __name__: 'queue_depth' }),
  );
  const { data } = await grafana.get<{ data: Record<string, object[]> }>('/metadata', { limit: 40_000 });
  expect(data.queue_depth).toEqual([{ type: 'gauge', help: 'Orders that wait', unit: '' }]);
});

test('the alerting pages find empty lists, not errors', async () => {
  expect(await grafana.get('/rules')).toMatchObject({ status: 'success', data: { groups: [] } });
  expect(await grafana.get('/alerts')).toMatchObject({ status: 'success', data: { alerts: [] } });
});

test("the Tempo data source's service map is made of these series", async () => {
  const at = { query: 'traces_service_graph_request_total', time: grafana.end };
  expect(await grafana.get('/query', {}, form(at))).toMatchObject({ data: { resultType: 'vector' } });
  const query = 'sum by (span_name) (traces_spanmetrics_calls_total{service="shop-api",span_kind="SPAN_KIND_SERVER"})';
  const ask = async () => (await grafana.get<Answer>('/query', { query })).data.result;
  await eventually(async () => (await ask()).length > 0, 'span metrics');
  expect(await ask()).toMatchObject([{ metric: { span_name: 'POST /orders' }, value: [expect.any(Number), '60'] }]);
});
