import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../server/src/kit/index.ts';
import { limits } from '../../server/src/model/index.ts';
import { createPromql } from '../../server/src/query/promql/index.ts';
import { openPrometheusApi, type PrometheusApi, samplesPerSeries, stepSeconds, traceId } from './fixture.ts';

let api: PrometheusApi;
beforeAll(async () => {
  api = await openPrometheusApi();
});
afterAll(() => api[Symbol.asyncDispose]());

const q = (params: Record<string, string | number>) =>
  new URLSearchParams(
    Object.entries(params).map(([name, value]): [string, string] => [name, String(value)]),
  ).toString();

test('an instant query answers a vector, a scalar, a string or a matrix', async () => {
  const time = api.endSeconds;
  const vector = await api.get(`query?${q({ query: 'http_requests_total{code="500",instance="a:80"}', time })}`);
  expect(vector.status).toBe(200);
  expect(vector.body).toEqual({
    status: 'success',
    data: {
      resultType: 'vector',
      result: [
        {
          metric: { __name__: 'http_requests_total', code: '500', instance: 'a:80', job: 'api' },
          value: [time, String((samplesPerSeries - 1) * stepSeconds)],
        },
      ],
    },
  });
  expect((await api.get(`query?${q({ query: '1e300 * 10', time: 4.5 })}`)).body.data).toEqual({
    resultType: 'scalar',
    result: [4.5, `1${'0'.repeat(301)}`],
  });
  expect((await api.get(`query?${q({ query: '"a\\"b"', time: 1 })}`)).body.data).toEqual({
    resultType: 'string',
    result: [1, 'a"b'],
  });
  const matrix = (await api.get(`query?${q({ query: 'http_requests_total{code="500",instance="a:80"}[31s]', time })}`))
    .body.data;
  expect(matrix.resultType).toBe('matrix');
  expect(matrix.result[0].values).toHaveLength(3);
  expect(matrix.result[0].values[2]).toEqual([time, String((samplesPerSeries - 1) * stepSeconds)]);
});

test("Grafana's health check, 1+1 in 1970, works", async () => {
  const answer = await api.post('query', { query: '1+1', time: '4' });
  expect(answer.body).toEqual({ status: 'success', data: { resultType: 'scalar', result: [4, '2'] } });
});

test('values read as Prometheus writes them', async () => {
  const { body } = await api.get(`query?${q({ query: 'awkward', time: api.endSeconds })}`);
  const values = Object.fromEntries(
    body.data.result.map((sample: { metric: { kind: string }; value: [number, string] }) => [
      sample.metric.kind,
      sample.value[1],
    ]),
  );
  expect(values).toEqual({ '0': 'NaN', '1': '+Inf', '2': '-Inf', '3': '-0', '4': '1e-07', '5': '0.1' });
  const { body: big } = await api.get(`query?${q({ query: '{"queue.depth"}', time: api.endSeconds })}`);
  expect(big.data.result).toEqual([
    { metric: { __name__: 'queue.depth', job: 'api', 'k8s.pod': 'p "1"\\\n☃' }, value: [api.endSeconds, '1e+21'] },
  ]);
});

test('a range query answers a matrix, by GET and by form, with seconds or RFC 3339', async () => {
  const end = api.endSeconds;
  const params = { query: 'sum by (code) (http_requests_total)', start: end - 60, end, step: 15 };
  const byGet = await api.get(`query_range?${q(params)}`);
  expect(byGet.body.data.resultType).toBe('matrix');
  expect(byGet.body.data.result).toHaveLength(2);
  expect(byGet.body.data.result[0].values).toHaveLength(5);
  const byForm = await api.post('query_range', {
    ...params,
    start: new Date((end - 60) * 1000).toISOString(),
    end: `${end}.0000000`,
    step: '15s',
  });
  expect(byForm.body).toEqual(byGet.body);
});

test('vmalert posts an empty JSON body with its parameters in the URL', async () => {
  const answer = await api.get(`query?${q({ query: 'vector(1)', time: api.endSeconds, step: '300s' })}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
  });
  expect(answer.status).toBe(200);
  expect(answer.body.data.result[0].value[1]).toBe('1');
});

test('the form wins over the URL', async () => {
  const reply = await api.app.inject({
    method: 'POST',
    url: '/prometheus/api/v1/query?query=1&time=1',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'query=2',
  });
  expect(reply.json().data.result).toEqual([1, '2']);
});

test('errors have the type, the status and the words of Prometheus', async () => {
  const f = async (path: string, status: number, errorType: string, error: string | RegExp) => {
    const answer = await api.get(path);
    expect([answer.status, answer.body.status, answer.body.errorType], path).toEqual([status, 'error', errorType]);
    expect(answer.body.error, path).toMatch(error);
  };
  const range = 'query_range?query=up';
  await f('query?query=sum(', 400, 'bad_data', /^invalid parameter "query": 1:5: parse error: /);
  await f('query?query=', 400, 'bad_data', /^invalid parameter "query": /);
  await f(
    'query?query=up&time=soon',
    400,
    'bad_data',
    'invalid parameter "time": cannot parse "soon" to a valid timestamp',
  );
  await f('query?query=up&time=NaN', 400, 'bad_data', 'cannot parse "NaN"');
  await f('query?query=up&time=1e308', 400, 'bad_data', 'cannot parse "1e308"');
  await f('query?query=up&limit=-1', 400, 'bad_data', 'limit must be non-negative');
  await f('query?query=up&timeout=x', 400, 'bad_data', 'invalid parameter "timeout"');
  await f('query?query=up&timeout=0', 503, 'timeout', /^query timed out in expression evaluation/);
  await f(`query?query=${'a'.repeat(140_000)}`, 400, 'bad_data', 'query.textBytesMax');
  await f('query?query=label_replace(vector(1),"a","b","c","(")', 422, 'execution', /invalid regular expression/);
  await f(`${range}&end=1&step=1`, 400, 'bad_data', 'invalid parameter "start": cannot parse "" to a valid timestamp');
  await f(
    `${range}&start=2&end=1&step=1`,
    400,
    'bad_data',
    'invalid parameter "end": end timestamp must not be before start time',
  );
  await f(
    `${range}&start=1&end=2&step=0`,
    400,
    'bad_data',
    'zero or negative query resolution step widths are not accepted',
  );
  await f(`${range}&start=1&end=2`, 400, 'bad_data', 'invalid parameter "step": cannot parse "" to a valid duration');
  await f(
    `${range}&start=0&end=11001&step=1`,
    400,
    'bad_data',
    'exceeded maximum resolution of 11,000 points per timeseries',
  );
  await f('series', 400, 'bad_data', 'no match[] parameter provided');
  await f(
    `series?${q({ 'match[]': '{a=~".*"}' })}`,
    400,
    'bad_data',
    'match[] must contain at least one non-empty matcher',
  );
  await f(`labels?${q({ 'match[]': 'up{' })}`, 400, 'bad_data', 'parse error');
  await f('query_exemplars?query=up&start=2&end=1', 400, 'bad_data', 'end timestamp must not be before start');
  await f('rules?type=x', 400, 'bad_data', 'invalid parameter "type": not supported value "x"');
  await f('nothing', 404, 'not_found', '404 page not found');
});

test('11,000 steps are still answered', async () => {
  const { status, body } = await api.get(`query_range?${q({ query: 'vector(1)', start: 0, end: 10_999, step: 1 })}`);
  expect(status).toBe(200);
  expect(body.data.result[0].values).toHaveLength(11_000);
});

test('a long answer comes in pieces, compressed for whoever takes gzip', async () => {
  const params = q({
    query: 'http_requests_total or awkward',
    start: api.endSeconds - 600,
    end: api.endSeconds,
    step: 1,
  });
  const plain = await api.get(`query_range?${params}`);
  const reply = await api.app.inject({
    url: `/prometheus/api/v1/query_range?${params}`,
    headers: { 'accept-encoding': 'gzip' },
  });
  expect(reply.headers['content-encoding']).toBe('gzip');
  const { gunzipSync } = await import('node:zlib');
  expect(JSON.parse(gunzipSync(reply.rawPayload).toString())).toEqual(plain.body);
});

test('limit cuts the answer and says so; stats are given when asked for', async () => {
  const cut = await api.get(
    `query?${q({ query: 'http_requests_total', time: api.endSeconds, limit: 1, stats: 'all' })}`,
  );
  expect(cut.body.data.result).toHaveLength(1);
  expect(cut.body.warnings).toEqual(['results truncated due to limit']);
  expect(cut.body.data.stats.timings.execTotalTime).toBeGreaterThan(0);
  expect(cut.body.data.stats.samples.totalQueryableSamples).toBeGreaterThan(0);
  const names = await api.get('labels?limit=2');
  expect([names.body.data, names.body.warnings]).toEqual([['__name__', 'code'], ['results truncated due to limit']]);
});

test('annotations come as warnings and infos', async () => {
  const { body } = await api.get(`query?${q({ query: 'rate(awkward[5m])', time: api.endSeconds })}`);
  expect(body.infos?.[0]).toMatch(/^PromQL info: metric might not be a counter/);
});

test('lookback_delta decides how old a sample may be', async () => {
  const time = api.endSeconds + 60;
  const count = async (more: object) =>
    (await api.get(`query?${q({ query: 'http_requests_total', time, ...more })}`)).body.data.result.length;
  expect(await count({})).toBe(4);
  expect(await count({ lookback_delta: '30s' })).toBe(0);
});

test('labels, values and series are found, up to times that no clock will show', async () => {
  const wide = { start: '-9e12', end: '9e12' };
  expect((await api.get(`labels?${q(wide)}`)).body.data).toEqual([
    '__name__',
    'code',
    'instance',
    'job',
    'k8s.pod',
    'kind',
  ]);
  expect((await api.get(`label/__name__/values?${q(wide)}`)).body.data).toEqual([
    'awkward',
    'http_requests_total',
    'queue.depth',
  ]);
  expect((await api.get('label/U__k8s_2e_pod/values')).body.data).toEqual(['p "1"\\\n☃']);
  expect(
    (await api.get(`label/code/values?${q({ 'match[]': 'http_requests_total{instance="a:80"}' })}`)).body.data,
  ).toEqual(['200', '500']);
  expect((await api.get('label/nothing/values')).body.data).toEqual([]);
  expect((await api.get(`label/instance/values?${q({ start: 1, end: 2 })}`)).body.data).toEqual([]);
  const found = await api.post('series', { 'match[]': '{__name__!="",code="500"}' });
  expect(found.body.data).toEqual([
    { __name__: 'http_requests_total', code: '500', instance: 'a:80', job: 'api' },
    { __name__: 'http_requests_total', code: '500', instance: 'b:80', job: 'api' },
  ]);
});

test('exemplars come with their trace, and none is no error', async () => {
  const found = await api.get(
    `query_exemplars?${q({ query: 'rate(http_requests_total[1m])', start: api.endSeconds - 60, end: api.endSeconds })}`,
  );
  expect(found.body.data).toEqual([
    {
      seriesLabels: { __name__: 'http_requests_total', code: '200', instance: 'a:80', job: 'api' },
      exemplars: [
        {
          labels: { span_id: 'b7ad6b7169203331', trace_id: traceId, user: 'u1' },
          value: '0.25',
          timestamp: api.endSeconds - 0.5,
        },
      ],
    },
  ]);
  const probe = await api.get(`query_exemplars?${q({ query: 'test', start: Date.now() - 1000, end: Date.now() })}`);
  expect(probe.body).toEqual({ status: 'success', data: [] });
});

test('metadata is told by metric', async () => {
  const row = { type: 'counter', unit: '', help: 'Requests.' };
  expect((await api.get('metadata')).body.data).toEqual({ http_requests_total: [row] });
  expect((await api.get('metadata?metric=http_requests_total&limit=1')).body.data).toEqual({
    http_requests_total: [row],
  });
  expect((await api.get('metadata?metric=nothing')).body.data).toEqual({});
});

test('metadata is told by target, for the targets that a matcher picks', async () => {
  const about = { type: 'counter', help: 'Requests.', unit: '' };
  const target = { instance: 'a:80', job: 'api' };
  expect((await api.get('targets/metadata')).body.data).toEqual([{ target, metric: 'http_requests_total', ...about }]);
  const one = { match_target: '{job=~"a.+"}', metric: 'http_requests_total', limit: '5' };
  expect((await api.get(`targets/metadata?${q(one)}`)).body.data).toEqual([{ target, ...about }]);
  expect((await api.get(`targets/metadata?${q({ match_target: '{job="node"}' })}`)).body.data).toEqual([]);
  expect((await api.get('targets/metadata?limit=0')).body.data).toEqual([]);
  expect((await api.get('targets/metadata?match_target={')).body).toMatchObject({ errorType: 'bad_data' });
});

test('targets can be narrowed by state and pool', async () => {
  const { body } = await api.get('targets?state=active&scrapePool=node');
  expect(body.data.activeTargets[0]).toMatchObject({
    scrapePool: 'node',
    lastScrape: '0001-01-01T00:00:00Z',
    labels: { job: 'node' },
  });
  expect(body.data.droppedTargets).toEqual([]);
  expect((await api.get('targets?state=dropped')).body.data).toMatchObject({
    activeTargets: [],
    droppedTargetCounts: { api: 1 },
  });
  expect((await api.get('scrape_pools')).body.data).toEqual({ scrapePools: ['api', 'node'] });
});

test('Farol does not claim to be Mimir', async () => {
  const { body } = await api.get('status/buildinfo');
  expect(body.data.features).toBeUndefined();
  expect(body.data.version).toBe('3.1.0');
});

test('the series of the last hours are counted by name and value', async () => {
  const { body } = await api.get('status/tsdb?limit=2');
  expect(body.data.headStats.numSeries).toBe(11);
  expect(body.data.seriesCountByMetricName).toEqual([
    { name: 'awkward', value: 6 },
    { name: 'http_requests_total', value: 4 },
  ]);
});

test('queries are formatted and parsed', async () => {
  expect((await api.get(`format_query?${q({ query: 'sum(rate(a[5m]))by(b)' })}`)).body.data).toBe(
    'sum by (b) (rate(a[5m]))',
  );
  expect((await api.get(`parse_query?${q({ query: 'a{b="c"}' })}`)).body.data).toMatchObject({
    type: 'vectorSelector',
    name: 'a',
    matchers: [
      { name: 'b', value: 'c', type: '=' },
      { name: '__name__', value: 'a', type: '=' },
    ],
  });
});

test('a tenant sees its own series only', async () => {
  const { body } = await api.get('labels', { headers: { 'x-scope-orgid': 'other' } });
  expect(body.data).toEqual([]);
  expect((await api.get('labels', { headers: { 'x-scope-orgid': 'a/b' } })).status).toBe(400);
});

test('a quote in every parameter is data', async () => {
  const quote = `'"\\;--\0`;
  for (const path of [
    `label/${encodeURIComponent(quote)}/values`,
    `series?${q({ 'match[]': `{a=${JSON.stringify(quote)}}` })}`,
    `query?${q({ query: `{a=~${JSON.stringify("'.*")}}` })}`,
    `metadata?${q({ metric: quote })}`,
    `labels?${q({ 'match[]': `{${JSON.stringify("a'b")}="x"}` })}`,
  ]) {
    const { status, body } = await api.get(path);
    expect([status, body.status], `${path} ${body.error}`).toEqual([200, 'success']);
  }
});

test('more questions than slots wait their turn, then are refused with a time to come back', async () => {
  await using busy = await openPrometheusApi({ limits: { ...limits.query, concurrencyMax: 1, queueMsMax: 1 } });
  const range = q({ query: 'sum(http_requests_total)', start: busy.endSeconds - 600, end: busy.endSeconds, step: 1 });
  const answers = await Promise.all(Array.from({ length: 30 }, () => busy.get(`query_range?${range}`)));
  const refused = answers.filter(({ status }) => status === 429);
  expect(answers.some(({ status }) => status === 200)).toBe(true);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused[0]?.headers['retry-after']).toBe('1');
  expect(refused[0]?.body).toMatchObject({ status: 'error', errorType: 'unavailable' });
});

test('a question whose client leaves is given up', async () => {
  const { promise: given, resolve: give } = Promise.withResolvers<AbortSignal>();
  const select = ({ signal }: { signal: AbortSignal }): Promise<never> => {
    give(signal);
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  };
  const promql = createPromql({ select, limits: limits.query, clock: systemClock });
  await using waiting = await openPrometheusApi({ promql });
  const url = await waiting.app.listen({ port: 0, host: '127.0.0.1' });
  const leaving = new AbortController();
  const asked = fetch(`${url}/prometheus/api/v1/query?query=up`, { signal: leaving.signal });
  const signal = await given;
  expect(signal.aborted).toBe(false);
  leaving.abort();
  await expect(asked).rejects.toThrow();
  await expect.poll(() => signal.aborted).toBe(true);
});
