import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTempoApi, type SpanSketch, spanId, type TempoApi, traceId } from './fixture.ts';

interface Found {
  readonly traces: readonly {
    readonly traceID: string;
    readonly rootServiceName: string;
    readonly rootTraceName?: string;
    readonly startTimeUnixNano: string;
    readonly durationMs: number;
    readonly spanSets?: readonly {
      readonly matched: number;
      readonly spans: readonly {
        readonly spanID: string;
        readonly attributes?: readonly { key: string; value: object }[];
      }[];
      readonly attributes?: readonly { key: string; value: object }[];
    }[];
    readonly serviceStats: Readonly<Record<string, { spanCount: number; errorCount?: number }>>;
  }[];
  readonly status?: string;
}

const t0 = Date.now() - 600_000;
const hostile = `a'b"; DROP TABLE spans/\\%{p0:String}`;

/** Trace 1: a booking that fails in the database. */
const booking: SpanSketch[] = [
  {
    trace: 1,
    id: 1,
    service: 'web',
    name: 'GET /book',
    startMs: t0,
    durationMs: 100,
    kind: 2,
    attributes: { 'http.status_code': 500, admin: true },
  },
  {
    trace: 1,
    id: 2,
    parent: 1,
    service: 'web',
    name: 'call',
    startMs: t0 + 10,
    durationMs: 80,
    kind: 3,
    attributes: { ratio: 0.5 },
  },
  {
    trace: 1,
    id: 3,
    parent: 2,
    service: 'api',
    name: 'POST /rooms',
    startMs: t0 + 20,
    durationMs: 60,
    kind: 2,
    resource: { 'k8s.pod.name': 'api-1', args: ['-a', 'x'] },
  },
  {
    trace: 1,
    id: 4,
    parent: 3,
    service: 'api',
    name: 'query',
    startMs: t0 + 30,
    durationMs: 20,
    kind: 3,
    status: 2,
    message: 'deadlock',
    attributes: { 'db.system': 'postgresql', tags: ['hot', 'cold'] },
    events: [{ name: 'exception', atMs: 5, attributes: { 'exception.type': 'DbError' } }],
  },
  {
    trace: 1,
    id: 5,
    parent: 3,
    service: 'api',
    name: 'query',
    startMs: t0 + 55,
    durationMs: 10,
    kind: 3,
    attributes: { 'db.system': 'postgresql', rows: 3 },
    links: [{ trace: 2, id: 21 }],
  },
];
/** Trace 2: one span, whose parent never came. */
const lone: SpanSketch[] = [
  {
    trace: 2,
    id: 21,
    parent: 99,
    service: 'jobs',
    name: 'tick',
    startMs: t0 + 1000,
    durationMs: 2000,
    kind: 5,
    attributes: { [hostile]: hostile, 'http.status_code': '500' },
  },
];
/** Trace 3: two roots. */
const twins: SpanSketch[] = [
  {
    trace: 3,
    id: 31,
    service: 'web',
    name: 'GET /',
    startMs: t0 + 2000,
    durationMs: 5,
    kind: 2,
    attributes: { 'http.status_code': 200 },
  },
  {
    trace: 3,
    id: 32,
    service: 'web',
    name: 'GET /',
    startMs: t0 + 2001,
    durationMs: 6,
    kind: 2,
    attributes: { 'http.status_code': 204 },
  },
];

let api: TempoApi;
beforeAll(async () => {
  api = await openTempoApi();
  for (const spans of [booking, lone, twins]) await api.send(spans);
  await api.send([{ trace: 7, id: 71, service: 'other', name: 'theirs', startMs: t0, durationMs: 1 }], 'tenant-b');
});
afterAll(() => api[Symbol.asyncDispose]());

const range = `start=${Math.floor(t0 / 1000) - 60}&end=${Math.ceil(t0 / 1000) + 60}`;
const search = (q: string, more = '') => api.get<Found>(`/search?${range}&spss=100${more}&q=${encodeURIComponent(q)}`);
/** Span numbers of every found spanset, in order; one list a trace. */
async function spansOf(q: string): Promise<Record<string, number[][]>> {
  const { traces } = await search(q);
  const numbers = (ids: readonly { spanID: string }[]) =>
    ids.map((span) => Number.parseInt(span.spanID, 16)).sort((a, b) => a - b);
  return Object.fromEntries(
    traces.map(({ traceID, spanSets = [] }) => [
      Number.parseInt(traceID, 16),
      spanSets.map((set) => numbers(set.spans)).sort(),
    ]),
  );
}

describe('filters', () => {
  const finds = (q: string, ...spans: number[]) =>
    test(`${q} finds ${spans.length === 0 ? 'nothing' : spans.join(', ')}`, async () => {
      expect(
        Object.values(await spansOf(q))
          .flat(2)
          .sort((a, b) => a - b),
      ).toEqual(spans);
    });
  finds('{ }', 1, 2, 3, 4, 5, 21, 31, 32);
  finds('{ false }');
  finds('{ name = "query" }', 4, 5);
  finds('{ resource.service.name = "api" && duration > 15ms }', 3, 4);
  finds('{ status = error }', 4);
  finds('{ kind = server && status != error }', 1, 3, 31, 32);
  finds('{ statusMessage = "deadlock" }', 4);
  finds('{ span.http.status_code = 500 }', 1);
  finds('{ span.http.status_code = "500" }', 21);
  finds('{ .http.status_code >= 204 }', 1, 32);
  finds('{ .http.status_code != 500 }', 31, 32);
  finds('{ !(.http.status_code = 500) && name =~ "GET.*" }', 31, 32);
  finds('{ .admin }', 1);
  finds('{ !.admin }');
  finds('{ span.ratio = 0.5 }', 2);
  finds('{ span.ratio * 2 = 1 }', 2);
  finds('{ .k8s.pod.name =~ "api-.*" }', 3);
  finds('{ resource.args = "x" }', 3);
  finds('{ span.tags = "cold" }', 4);
  finds('{ span.tags != "cold" }');
  finds('{ span.rows != nil }', 5);
  finds('{ span.rows = nil && resource.service.name = "api" }', 3, 4);
  finds('{ 2 < span.rows }', 5);
  finds('{ name =~ "GET" }');
  finds('{ name !~ "GET.*|query" }', 2, 3, 21);
  finds('{ event:name = "exception" }', 4);
  finds('{ event.exception.type =~ "Db.*" && event:timeSinceStart > 1ms }', 4);
  finds('{ link:spanID = "15" }', 5);
  finds('{ link:traceID != nil }', 5);
  finds('{ instrumentation:version = "1.2" && name = "tick" }', 21);
  finds('{ span:id = "15" }', 21);
  finds(`{ trace:id = "${traceId(3)}" }`, 31, 32);
  finds('{ span:parentID = "3" }', 4, 5);
  finds('{ rootName = "GET /book" && kind = client }', 2, 4, 5);
  finds('{ rootServiceName = "" }', 21);
  finds('{ traceDuration > 1s }', 21);
  finds('{ span:childCount > 1 }', 3);
  finds('{ nestedSetParent < 0 }', 1, 31, 32);
  finds('{ nestedSetLeft > 0 && nestedSetRight - nestedSetLeft = 1 && kind = client }', 4, 5);
  finds(`{ span.${JSON.stringify(hostile)} = ${JSON.stringify(hostile)} }`, 21);
  finds(`{ .${JSON.stringify(hostile)} =~ ".*DROP.*" }`, 21);
  finds('{ name = "theirs" }');
});

describe('pipelines', () => {
  const finds = (q: string, expected: Record<string, number[][]>) =>
    test(`${q} finds its sets`, async () => expect(await spansOf(q)).toEqual(expected));
  finds('{ name = "GET /book" } && { status = error }', { 1: [[1, 4]] });
  finds('{ name = "nothing" } || { name = "tick" }', { 2: [[21]] });
  finds('{ } | count() > 2', { 1: [[1, 2, 3, 4, 5]] });
  finds('{ } | count() = 1', { 2: [[21]] });
  finds('{ kind = client } | avg(duration) > 36ms', { 1: [[2, 4, 5]] });
  finds('{ .db.system != nil } | max(duration) < 15ms', {});
  finds('{ } | by(name) | count() > 1', { 1: [[4, 5]], 3: [[31, 32]] });
  finds('{ } | by(name) | count() > 1 | coalesce()', { 1: [[4, 5]], 3: [[31, 32]] });
  finds('{ status = error } | { kind = client }', { 1: [[4]] });
  finds('({ kind = server } | count() > 1) && ({ kind = client } | count() > 2)', { 1: [[1, 2, 3, 4, 5]] });
  finds('{ } >> ({ name = "query" } | count() > 1)', { 1: [[4, 5]] });
});

describe('structural operators', () => {
  const finds = (q: string, ...spans: number[]) =>
    test(`${q} finds ${spans.length === 0 ? 'nothing' : spans.join(', ')}`, async () => {
      expect(
        Object.values(await spansOf(q))
          .flat(2)
          .sort((a, b) => a - b),
      ).toEqual(spans);
    });
  finds('{ name = "GET /book" } > { }', 2);
  finds('{ name = "GET /book" } >> { status = error }', 4);
  finds('{ name = "query" } < { }', 3);
  finds('{ status = error } << { kind = server }', 1, 3);
  finds('{ status = error } ~ { }', 5);
  finds('{ kind = server } !> { kind = server }', 1, 3, 31, 32);
  finds('{ name = "nothing" } !>> { name = "tick" }', 21);
  finds('{ name = "POST /rooms" } &> { name = "query" }', 3, 4, 5);
  finds('{ name = "GET /" } &~ { name = "GET /" }', 31, 32);
});

test('an answer has the shape that Grafana reads', async () => {
  const { traces } = await search('{ span.http.status_code = 500 } | select(status, span.admin) | count() = 1');
  expect(traces).toEqual([
    {
      traceID: traceId(1),
      rootServiceName: 'web',
      rootTraceName: 'GET /book',
      startTimeUnixNano: `${t0}000000`,
      durationMs: 100,
      spanSet: traces[0]?.spanSets?.[0],
      spanSets: [
        {
          spans: [
            {
              spanID: spanId(1),
              name: 'GET /book',
              startTimeUnixNano: `${t0}000000`,
              durationNanos: '100000000',
              attributes: [
                { key: 'http.status_code', value: { intValue: '500' } },
                { key: 'status', value: { stringValue: 'unset' } },
                { key: 'admin', value: { boolValue: true } },
              ],
            },
          ],
          matched: 1,
          attributes: [{ key: 'count()', value: { intValue: '1' } }],
        },
      ],
      serviceStats: { web: { spanCount: 2 }, api: { spanCount: 3, errorCount: 1 } },
    },
  ]);
  expect((await search('{ }')).traces.map(({ rootServiceName }) => rootServiceName)).toEqual([
    'web',
    '<root span not yet received>',
    'web',
  ]);
});

test('limits cut the newest first, and spans are counted past spss', async () => {
  expect((await search('{ }', '&limit=1')).traces.map(({ traceID }) => traceID)).toEqual([traceId(3)]);
  const { traces } = await api.get<Found>(`/search?${range}&spss=2&q=${encodeURIComponent('{ kind = client }')}`);
  expect(traces[0]?.spanSets?.[0]?.matched).toBe(3);
  expect(traces[0]?.spanSets?.[0]?.spans).toHaveLength(2);
});

test('tags and durations find traces as they did before TraceQL', async () => {
  const ids = async (query: string) =>
    (await api.get<Found>(`/search?${range}&${query}`)).traces.map((t) => Number.parseInt(t.traceID, 16));
  expect(await ids(`tags=${encodeURIComponent('service.name=API db.system="postgre"')}`)).toEqual([1]);
  expect(await ids('minDuration=1s')).toEqual([2]);
  expect(await ids('maxDuration=50ms')).toEqual([3]);
  expect(await ids('tags=error%3Dtrue')).toEqual([1]);
  expect(await ids(`tags=${encodeURIComponent('name="(a+)+$"')}`)).toEqual([]);
});

test('wrong questions are refused in plain words', async () => {
  const refused = async (path: string, words: RegExp, status = 400) => {
    const reply = await api.ask(path);
    expect(reply.statusCode, path).toBe(status);
    expect(reply.headers['content-type']).toMatch(/text\/plain/);
    expect(reply.body).toMatch(words);
  };
  await refused('/search?start=10&end=10&q={}', /start must be before end. received start=10 end=10/);
  await refused('/search?start=x', /invalid start/);
  await refused('/search?limit=0', /must be a positive number/);
  await refused(
    `/search?q=${encodeURIComponent('{ .a = }')}`,
    /parse error at line 1, col 8: syntax error: unexpected }/,
  );
  await refused(`/search?q=${encodeURIComponent('{ name = 3 }')}`, /must operate on the same type/);
  await refused(`/search?q=${encodeURIComponent('{ .a =~ "[" }')}`, /invalid regex/);
  await refused(`/search?q=${encodeURIComponent('{ parent.a = 1 }')}`, /not yet supported/);
  await refused(`/search?q=${encodeURIComponent('{ } | rate()')}`, /computes series/);
  await refused(`/search?q=${encodeURIComponent(`{ ${'('.repeat(600)}`)}`, /nests deeper/);
  await refused('/search?q={}&tags=a%3Db', /can't specify tags and q/);
  await refused('/search?minDuration=5', /invalid minDuration/);
  await refused('/traces/zz', /invalid character 'z' at position 1/);
  await refused(`/traces/${traceId(99)}`, /trace not found/, 404);
});

test('tenants see their own traces only', async () => {
  const theirs = await api.get<Found>(`/search?${range}&q={}`, 200, 'tenant-b');
  expect(theirs.traces.map(({ traceID }) => traceID)).toEqual([traceId(7)]);
  await api.get(`/traces/${traceId(7)}`, 404);
  await api.get(`/traces/${traceId(1)}`, 404, 'tenant-b');
  const tags = await api.get<{ tagNames: string[] }>('/search/tags', 200, 'tenant-b');
  expect(tags.tagNames).toEqual(['service.name']);
});

test('a search that would look at too many spans says that it is not whole', async () => {
  await using small = await openTempoApi({ traceSpansMax: 3 });
  await small.send(booking);
  const answer = await small.get<Found>(`/search?${range}&q=${encodeURIComponent('{ span:childCount > 100 }')}`);
  expect(answer).toMatchObject({ traces: [], status: 'PARTIAL' });
});
