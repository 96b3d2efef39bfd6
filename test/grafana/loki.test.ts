/** Grafana's Loki data source: `pkg/tsdb/loki/api.go` and `LanguageProvider.ts`. Times are nanoseconds. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Grafana, openGrafana } from './grafana.ts';

interface Categories {
  readonly structuredMetadata?: Readonly<Record<string, string>>;
}

interface Answer {
  readonly status: string;
  readonly data: {
    readonly resultType: string;
    readonly encodingFlags?: readonly string[];
    readonly result: readonly {
      stream: Record<string, string>;
      metric: object;
      values: [string, string, Categories?][];
    }[];
    readonly stats: { readonly summary: object };
  };
}

let grafana: Grafana;
let range: { readonly start: string; readonly end: string };
const selector = '{service_name="shop-api"}';
beforeAll(async () => {
  grafana = await openGrafana('/loki/api/v1');
  range = { start: `${grafana.start}000000000`, end: `${grafana.end}000000000` };
});
afterAll(() => grafana[Symbol.asyncDispose]());

const headers = { 'X-Query-Tags': 'Source=datasample' };

test('"Save & test": exactly one sample, of 2', async () => {
  const params = { direction: 'backward', query: 'vector(1)+vector(1)', time: '4000000000' };
  const { data } = await grafana.get<Answer>('/query', params);
  expect(data).toMatchObject({ resultType: 'vector', result: [{ metric: {}, value: [expect.any(Number), '2'] }] });
  expect(data.result).toHaveLength(1);
});

test('a panel of lines: newest first, and at most the limit', async () => {
  const params = { direction: 'backward', query: selector, limit: 5, step: '15000ms', ...range };
  const { data } = await grafana.get<Answer>('/query_range', params, { headers });
  expect(data.resultType).toBe('streams');
  const times = data.result.flatMap(({ values }) => values.map(([ns]) => BigInt(ns)));
  expect(times).toHaveLength(5);
  for (const { values } of data.result) {
    expect(values.map(([ns]) => ns)).toEqual(
      values
        .map(([ns]) => ns)
        .sort()
        .reverse(),
    );
  }
  expect(data.stats.summary).toMatchObject({ totalEntriesReturned: 5, execTime: expect.any(Number) });
});

test('with categorize-labels, the third cell of a line says what is metadata and what was parsed', async () => {
  const query = `${selector} |= "deadlock"`;
  const flagged = { headers: { ...headers, 'X-Loki-Response-Encoding-Flags': 'categorize-labels' } };
  const params = { direction: 'backward', query, limit: 1, step: '15000ms', ...range };
  const { data } = await grafana.get<Answer>('/query_range', params, flagged);
  expect(data.encodingFlags).toEqual(['categorize-labels']);
  const traceId = data.result[0]?.values[0]?.[2]?.structuredMetadata?.trace_id;
  expect(grafana.shop.failingTraceIds).toContain(traceId);
  expect(data.result[0]?.stream).not.toHaveProperty('trace_id');
  const plain = await grafana.get<Answer>('/query_range', params, { headers });
  expect(plain.data.result[0]?.stream).toMatchObject({ service_name: 'shop-api', trace_id: traceId });
  expect(plain.data.result[0]?.values[0]).toHaveLength(2);
});

test('the volume of logs above a panel is a matrix', async () => {
  const query = `sum by (level, detected_level) (count_over_time(${selector} | drop __error__[60000ms]))`;
  const params = { direction: 'backward', query, step: '60000ms', ...range };
  const { data } = await grafana.get<Answer>('/query_range', params, {
    headers: { 'X-Query-Tags': 'Source=logvolhist' },
  });
  expect(data.resultType).toBe('matrix');
  const total = data.result.flatMap(({ values }) => values).reduce((sum, [, count]) => sum + Number(count), 0);
  expect(total).toBe(60 * 2 + grafana.shop.failingTraceIds.length);
});

test('the label browser: names, values, series, detected labels', async () => {
  const list = async (path: string, params: object = {}) =>
    (await grafana.get<{ status: string; data: string[] }>(path, { ...range, ...params })).data;
  expect(await list('/labels')).toContain('service_name');
  expect(await list('/labels', { query: selector })).toContain('service_name');
  expect(await list('/label/service_name/values')).toContain('shop-api');
  expect(await list('/label/service_name/values', { query: '{service_name=~"shop.*"}' })).toEqual(['shop-api']);
  const series = await grafana.get<{ data: object[] }>('/series', { ...range, 'match[]': selector });
  expect(series.data).toContainEqual(expect.objectContaining({ service_name: 'shop-api' }));
  const { detectedLabels } = await grafana.get<{ detectedLabels: object[] }>('/detected_labels', range);
  expect(detectedLabels).toContainEqual({ label: 'service_name', cardinality: expect.any(Number) });
});

test('Logs Drilldown: stats, volumes, patterns and detected fields', async () => {
  const of = { query: selector, ...range };
  expect(await grafana.get('/index/stats', of)).toEqual({
    streams: expect.any(Number),
    chunks: expect.any(Number),
    entries: expect.any(Number),
    bytes: expect.any(Number),
  });
  const volume = await grafana.get<Answer>('/index/volume', { ...of, limit: 5000, targetLabels: 'service_name' });
  expect(volume.data).toMatchObject({
    resultType: 'vector',
    result: [{ metric: { service_name: 'shop-api' }, value: [expect.any(Number), expect.stringMatching(/^\d+$/)] }],
  });
  const byStep = await grafana.get<Answer>('/index/volume_range', { ...of, step: '60s' });
  expect(byStep.data.resultType).toBe('matrix');
  const patterns = await grafana.get<{ data: { pattern: string; samples: [number, number][] }[] }>('/patterns', {
    ...of,
    step: '60s',
  });
  expect(patterns.data.map(({ pattern }) => pattern).join('\n')).toMatch(/order received/);
  const found = await grafana.get<{ fields: { label: string; type: string }[] }>('/detected_fields', {
    ...of,
    limit: 1000,
    line_limit: 1000,
  });
  expect(found.fields).toContainEqual(expect.objectContaining({ label: 'trace_id', type: 'string' }));
  const { values } = await grafana.get<{ values: string[] }>('/detected_field/trace_id/values', { ...of, limit: 1000 });
  expect(values).toEqual(expect.arrayContaining([...grafana.shop.failingTraceIds]));
});

test('an error is JSON with a message, and the probe for a tail of long ago finds nothing', async () => {
  const wrong = await grafana.ask('/query_range', { query: '{service_name=', ...range });
  expect(wrong.status).toBe(400);
  expect(await wrong.json()).toMatchObject({ message: expect.stringMatching(/\S/) });
  const old = await grafana.ask('/../v2alpha/tail', { query: selector });
  expect(old.status).toBe(404);
});

test('live logs come over a WebSocket', async () => {
  const { url } = await grafana.ask('/tail', { query: selector, limit: 3 });
  const socket = new WebSocket(url.replace(/^http/, 'ws'));
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  socket.onmessage = ({ data }) => resolve(String(data));
  socket.onerror = () => reject(new Error('the socket failed'));
  const frame = JSON.parse(await promise) as { streams: { stream: object; values: [string, string][] }[] };
  expect(frame.streams[0]?.stream).toMatchObject({ service_name: 'shop-api' });
  expect(frame.streams[0]?.values[0]).toEqual([expect.stringMatching(/^\d{19}$/), expect.any(String)]);
  socket.close();
});
