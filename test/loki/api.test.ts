/** The calls of Grafana's data source and of logcli, and what they are told when they are wrong. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LokiApi, linesPerStream, openLokiApi, traceId } from './fixture.ts';

let api: LokiApi;
let range: Record<string, string>;

beforeAll(async () => {
  api = await openLokiApi();
  range = { start: String(api.endNs - 3_600_000_000_000n), end: String(api.endNs + 1_000_000_000n) };
});

afterAll(() => api[Symbol.asyncDispose]());

const form = (params: Record<string, string>) => new URLSearchParams(params).toString();
const get = (path: string, params: Record<string, string> = {}, headers: Record<string, string> = {}) =>
  api.ask(`${path}?${form(params)}`, { headers });
const categorize = { 'x-loki-response-encoding-flags': 'categorize-labels' };

test("Grafana's health check gets one sample of two", async () => {
  const { status, body } = await get('query', {
    query: 'vector(1)+vector(1)',
    direction: 'backward',
    time: '4000000000',
  });
  expect(status).toBe(200);
  expect(body.data).toMatchObject({ resultType: 'vector', result: [{ metric: {}, value: [4_000_000_000, '2'] }] });
});

test('lines come newest first, at most as many as asked for, with every label in the stream', async () => {
  const { body } = await get('query_range', {
    query: '{app="shop"}',
    limit: '5',
    direction: 'backward',
    step: '15000ms',
    ...range,
  });
  expect(body.status).toBe('success');
  expect(body.data.resultType).toBe('streams');
  const lines = body.data.result.flatMap((stream: { values: string[][] }) => stream.values.map(([, line]) => line));
  expect(lines.sort()).toEqual(
    [55, 56, 57, 58, 59].map((i) => `level=info msg="order ${i} placed" took=${i}ms size=${i}KB`),
  );
  const stream = { app: 'shop', detected_level: 'info', env: 'prod', service_name: 'shop' };
  expect(body.data.result[0].stream).toEqual(stream);
  expect(body.data.result[0].values[0][0]).toBe(String(api.endNs));
  expect(body.data.stats.summary.totalEntriesReturned).toBe(5);
});

test('categorize-labels tells metadata and parsed labels apart, line by line', async () => {
  const query = '{service_name="payments"} | json';
  const { body } = await get('query_range', { query: '{service_name="payments"}', ...range }, categorize);
  expect(body.data.encodingFlags).toEqual(['categorize-labels']);
  expect(body.data.result).toHaveLength(1);
  expect(body.data.result[0].stream).toEqual({ deployment_environment_name: 'prod', service_name: 'payments' });
  expect(body.data.result[0].values[0]).toEqual([
    String(api.endNs),
    'card declined',
    {
      structuredMetadata: {
        detected_level: 'error',
        host_name: 'h1',
        http_route: '/pay',
        scope_name: 'pino',
        severity_number: '17',
        severity_text: 'ERROR',
        span_id: 'b7ad6b7169203331',
        trace_id: traceId,
      },
    },
  ]);
  const parsed = await get('query_range', { query: '{app="bank"} |= "transfer 7 " | json', ...range }, categorize);
  expect(parsed.body.data.result[0].values[0][2].parsed).toMatchObject({ amount: '7.5', to_iban: 'BR7' });
  expect((await get('query_range', { query, ...range })).status).toBe(200);
});

test('a form in a POST is read like a URL; forward gives the oldest first', async () => {
  const { body } = await api.ask('query_range', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form({ query: '{app="shop"} |= "order"', limit: '2', direction: 'FORWARD', ...range }),
  });
  const lines = body.data.result.flatMap((stream: { values: string[][] }) => stream.values.map(([, line]) => line));
  expect(lines).toEqual(
    expect.arrayContaining([expect.stringContaining('order 0 '), expect.stringContaining('order 1 ')]),
  );
});

test('what is counted in the store is what is counted line by line', async () => {
  const end = String(api.endNs);
  const value = async (query: string) => (await get('query', { query, time: end })).body.data.result;
  expect(await value('sum by (app) (count_over_time({env="prod"}[10s]))')).toEqual([
    { metric: { app: 'bank' }, value: [expect.any(Number), '10'] },
    { metric: { app: 'shop' }, value: [expect.any(Number), '10'] },
  ]);
  for (const [pushed, read] of [
    [
      'sum by (detected_level) (count_over_time({app="shop"} |= "order" [1m]))',
      'sum by (detected_level) (count_over_time({app="shop"} |= "order" | label_format x="1" [1m]))',
    ],
    [
      'sum(bytes_over_time({app="bank"} != "transfer 7 " [30s]))',
      'sum(bytes_over_time({app="bank"} != "transfer 7 " | label_format x="1" [30s]))',
    ],
    [
      'sum by (user) (rate({app="bank"} |~ "transfer [0-9]+ done" [1m]))',
      'sum by (user) (rate({app="bank"} |~ "transfer [0-9]+ done" | label_format x="1" [1m]))',
    ],
  ] as const) {
    expect(await value(pushed), pushed).toEqual(await value(read));
  }
  const steps = { ...range, start: String(api.endNs - 50_000_000_000n), end, step: '10' };
  const matrix = async (query: string) => (await get('query_range', { query, ...steps })).body.data.result;
  const counted = await matrix('sum by (app) (count_over_time({env="prod"}[15s]))');
  expect(counted[0].values).toHaveLength(6);
  expect(counted).toEqual(await matrix('sum by (app) (count_over_time({env="prod"} | label_format x="1" [15s]))'));
});

test('labels, their values and series are those of the streams, not of the metadata', async () => {
  expect((await get('labels', range)).body).toEqual({
    status: 'success',
    data: ['app', 'deployment_environment_name', 'env', 'service_name'],
  });
  expect((await get('label/app/values', { ...range, query: '{env="prod"}' })).body.data).toEqual(['bank', 'shop']);
  expect((await get('label/service_name/values', range)).body.data).toEqual(['bank', 'payments', 'shop']);
  expect((await get('label/user/values', range)).body.data).toEqual([]);
  expect((await get('series', { 'match[]': '{app=~"s.*"}', ...range })).body.data).toEqual([
    { app: 'shop', env: 'prod', service_name: 'shop' },
  ]);
  expect((await get('detected_labels', range)).body.detectedLabels).toContainEqual({ label: 'app', cardinality: 2 });
});

test('statistics and volumes count lines and bytes', async () => {
  const { body: stats } = await get('index/stats', { query: '{app="shop"}', ...range });
  expect(stats).toMatchObject({ streams: 1, entries: linesPerStream });
  const { body: volume } = await get('index/volume', { query: '{env="prod"}', targetLabels: 'app', ...range });
  expect(volume.data.resultType).toBe('vector');
  const bytes = Object.fromEntries(
    volume.data.result.map((one: { metric: { app: string }; value: [number, string] }) => [
      one.metric.app,
      one.value[1],
    ]),
  );
  expect(bytes.shop).toBe(String(stats.bytes));
  const { body: names } = await get('index/volume', { query: '{env="prod"}', aggregateBy: 'labels', ...range });
  expect(names.data.result[0].metric).toEqual({ env: '' });
  const { body: steps } = await get('index/volume_range', { query: '{app="shop"}', step: '30s', ...range });
  expect(steps.data.resultType).toBe('matrix');
  const total = steps.data.result[0].values.reduce(
    (sum: number, [, value]: [number, string]) => sum + Number(value),
    0,
  );
  expect(total).toBe(stats.bytes);
});

test('patterns are what lines have in common, with how often', async () => {
  const { body } = await get('patterns', { query: '{app="shop"}', step: '1h', ...range });
  const texts = body.data.map((one: { pattern: string }) => one.pattern);
  expect(texts).toContain('level=info msg="order <_> placed" took=<_>ms size=<_>KB');
  const lines = body.data.flatMap((one: { samples: number[][] }) => one.samples.map(([, count]) => count));
  expect(lines.reduce((sum: number, count: number) => sum + count, 0)).toBe(linesPerStream);
  const again = await get('query_range', { query: `{app="shop"} |> \`${texts[0]}\``, limit: '1000', ...range });
  expect(again.body.data.result.flatMap((one: { values: unknown[] }) => one.values).length).toBeGreaterThan(0);
});

test('fields are detected in JSON, in logfmt and in the metadata', async () => {
  const fields = async (query: string) =>
    (await get('detected_fields', { query, limit: '1000', ...range })).body.fields;
  const json = await fields('{app="bank"}');
  expect(json).toContainEqual({
    label: 'amount',
    type: 'float',
    cardinality: linesPerStream,
    parsers: ['json'],
    jsonPath: ['amount'],
  });
  expect(json).toContainEqual(expect.objectContaining({ label: 'to_iban', jsonPath: ['to', 'iban'] }));
  expect(json).toContainEqual({ label: 'user', type: 'string', cardinality: 3, parsers: null });
  expect(await fields('{app="shop"}')).toContainEqual(
    expect.objectContaining({ label: 'took', type: 'duration', parsers: ['logfmt'] }),
  );
  const values = await get('detected_field/user/values', { query: '{app="bank"}', ...range });
  expect(values.body).toEqual({ values: ['u0', 'u1', 'u2'], limit: 1000 });
});

test('a wrong question is told why, with a message that Grafana shows', async () => {
  const f = async (path: string, params: Record<string, string>, message: string | RegExp, status = 400) => {
    const answer = await get(path, params);
    expect(answer.status, `${path} ${JSON.stringify(params)} ${answer.text}`).toBe(status);
    expect(answer.body.message).toMatch(message);
  };
  await f('query_range', { query: '{app="shop"' }, /parse error/);
  await f('query_range', { query: '{app="shop"}', limit: '0' }, 'limit must be a positive value');
  await f('query_range', { query: '{app="shop"}', limit: '5001' }, /max entries limit per query exceeded/);
  await f('query_range', { query: '{app="shop"}', direction: 'sideways' }, "invalid direction 'sideways'");
  await f('query_range', { query: '{app="shop"}', start: 'yesterday' }, /could not parse 'start'/);
  await f('query_range', { query: '{app="shop"}', start: '20', end: '10' }, /end timestamp must not be before start/);
  await f('query_range', { query: 'rate({app="shop"}[1m])', step: '0' }, /zero or negative query resolution/);
  await f(
    'query_range',
    { query: 'rate({app="shop"}[1m])', start: '1', end: '100000', step: '1' },
    /exceeded maximum resolution/,
  );
  await f('query', { query: '{app="shop"}' }, /log queries are not supported as an instant query type/);
  await f('series', {}, /0 matcher groups supplied/);
  await f('index/volume', { query: '{app="shop"}', aggregateBy: 'hope' }, /invalid aggregation option/);
  await f('tail', {}, /WebSocket/);
  await f('nowhere', {}, /404 page not found/, 404);
});

test('times are read as Loki reads them', async () => {
  const seconds = Number(api.endNs / 1_000_000_000n);
  const lines = async (params: Record<string, string>) => {
    const { body } = await get('query_range', { query: '{app="shop"}', limit: '1000', ...params });
    return body.data.result.flatMap((stream: { values: unknown[] }) => stream.values).length;
  };
  const iso = (s: number) => new Date(s * 1000).toISOString();
  expect(await lines({ start: String(seconds - 9), end: String(seconds + 10) })).toBe(10);
  expect(await lines({ start: iso(seconds - 9), end: iso(seconds + 10) })).toBe(10);
  expect(await lines({ start: `${seconds - 9}.000`, end: `${seconds + 10}.0` })).toBe(10);
  expect(await lines({ since: '10m' })).toBe(linesPerStream);
});

test('format_query prints, buildinfo and ready answer, old tails are not found', async () => {
  const { body } = await get('format_query', { query: '{app="shop"}|="x"' });
  expect(body).toEqual({ status: 'success', data: '{app="shop"} |= "x"' });
  expect((await get('status/buildinfo')).body.version).toBe('3.5.0');
  expect((await api.app.inject('/ready')).body).toBe('ready\n');
  expect((await api.app.inject('/loki/api/v2alpha/tail?query=%7B%7D')).statusCode).toBe(404);
});

test('F96 a tenant sees its own lines, labels and series alone', async () => {
  const ofB = { 'x-scope-orgid': 'team-b' };
  expect((await get('label/app/values', range, ofB)).body.data).toEqual(['secret']);
  expect((await get('label/app/values', range)).body.data).toEqual(['bank', 'shop']);
  const { body } = await get('query_range', { query: '{app=~".+"}', limit: '1000', ...range }, ofB);
  expect(body.data.result).toHaveLength(1);
  expect(JSON.stringify((await get('query_range', { query: '{app="secret"}', ...range })).body.data.result)).toBe('[]');
  expect((await get('labels', range, { 'x-scope-orgid': 'main|team-b' })).status).toBe(400);
});

test('F53 hostile labels, values and filters are text and nothing else', async () => {
  const hostile = [
    "'; DROP TABLE logs; --",
    "\\' OR 1=1",
    '`{p0:String}`',
    '%_\\',
    '/* x */',
    "file('/etc/passwd')",
    'ação 🗼',
  ];
  const at = String(api.endNs + 500_000_000n);
  await api.push(
    hostile.map((value) => ({ stream: { app: 'evil', value }, values: [[at, `line with ${value} in it`]] })),
  );
  for (const value of hostile) {
    const selector = `{app="evil", value=${JSON.stringify(value)}}`;
    const find = async (query: string) => (await get('query_range', { query, ...range })).body.data?.result ?? [];
    expect((await find(selector))[0]?.stream.value, value).toBe(value);
    expect(await find(`${selector} |= ${JSON.stringify(value)}`), value).toHaveLength(1);
    expect(await find(`${selector} != ${JSON.stringify(value)}`), value).toHaveLength(0);
    expect((await get(`label/${encodeURIComponent(value)}/values`, range)).body.data).toEqual([]);
    const byIt = { query: '{app="evil"}', targetLabels: value, ...range };
    expect((await get('index/volume', byIt)).status).toBe(200);
  }
  expect((await get('label/value/values', { ...range, query: '{app="evil"}' })).body.data).toEqual([...hostile].sort());
});

test('lines that share a moment are all read, however many, and in both directions', async () => {
  const moment = String(api.endNs - 120_000_000_000n);
  const values = Array.from({ length: 2_500 }, (_, i): [string, string] => [moment, `twin ${i}`]);
  await api.push([
    {
      stream: { app: 'twins' },
      values: [[String(BigInt(moment) - 1n), 'before'], ...values, [String(BigInt(moment) + 1n), 'after']],
    },
  ]);
  const query = 'sum(count_over_time({app="twins"} | label_format x="1" [10m]))';
  const { body } = await get('query', { query, time: String(api.endNs) });
  expect(body.data.result[0].value[1]).toBe('2502');
  const first = async (direction: string) => {
    const answer = await get('query_range', { query: '{app="twins"}', limit: '1', direction, ...range });
    return answer.body.data.result[0].values[0][1];
  };
  expect([await first('forward'), await first('backward')]).toEqual(['before', 'after']);
  const paged = await get('query_range', { query: '{app="twins"}', limit: '2000', ...range });
  expect(paged.body.data.result.flatMap((one: { values: unknown[] }) => one.values)).toHaveLength(2000);
});
