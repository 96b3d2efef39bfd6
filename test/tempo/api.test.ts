import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeTraces } from '../../server/src/receive/otlp/index.ts';
import { openTempoApi, spanId, type TempoApi, traceId } from './fixture.ts';

const t0 = Date.now() - 600_000;
const hostile = `a'b"; DROP TABLE spans/\\%{p0:String}`;

let api: TempoApi;
beforeAll(async () => {
  api = await openTempoApi();
  await api.send([
    {
      trace: 1,
      id: 1,
      service: 'web',
      name: 'GET /',
      startMs: t0,
      durationMs: 10,
      kind: 2,
      attributes: { n: 7, 'a b': true },
    },
    {
      trace: 1,
      id: 2,
      parent: 1,
      service: hostile,
      name: hostile,
      startMs: t0 + 1,
      durationMs: 5,
      kind: 3,
      status: 2,
      message: 'no',
      attributes: { [hostile]: hostile, half: 0.5, list: ['x', 2] },
      resource: { zone: 'eu' },
      events: [{ name: 'exception', atMs: 1, attributes: { 'exception.type': 'E' } }],
      links: [{ trace: 9, id: 9 }],
    },
  ]);
});
afterAll(() => api[Symbol.asyncDispose]());

const seconds = Math.floor(t0 / 1000);
const range = `start=${seconds - 60}&end=${seconds + 60}`;
const base64 = (hex: string) => Buffer.from(hex, 'hex').toString('base64');

test('the data source is told that all is well', async () => {
  expect((await api.ask('/echo')).body).toBe('echo');
  expect(await api.get('/status/buildinfo')).toMatchObject({
    version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
    revision: 'test',
  });
});

test('a trace is given as OTLP JSON, also by a short id', async () => {
  const { batches } = await api.get<{
    batches: { resource: object; scopeSpans: { scope: object; spans: object[] }[] }[];
  }>('/traces/1');
  expect(batches).toHaveLength(2);
  expect(batches[0]?.resource).toEqual({ attributes: [{ key: 'service.name', value: { stringValue: 'web' } }] });
  expect(batches[1]?.scopeSpans[0]?.scope).toEqual({ name: 'tests', version: '1.2' });
  expect(batches[1]?.scopeSpans[0]?.spans).toEqual([
    {
      traceId: base64(traceId(1)),
      spanId: base64(spanId(2)),
      parentSpanId: base64(spanId(1)),
      name: hostile,
      kind: 'SPAN_KIND_CLIENT',
      startTimeUnixNano: `${t0 + 1}000000`,
      endTimeUnixNano: `${t0 + 6}000000`,
      attributes: [
        { key: hostile, value: { stringValue: hostile } },
        { key: 'half', value: { doubleValue: 0.5 } },
        { key: 'list', value: { arrayValue: { values: [{ stringValue: 'x' }, { intValue: '2' }] } } },
      ],
      events: [
        {
          timeUnixNano: `${t0 + 2}000000`,
          name: 'exception',
          attributes: [{ key: 'exception.type', value: { stringValue: 'E' } }],
        },
      ],
      links: [{ traceId: base64(traceId(9)), spanId: base64(spanId(9)) }],
      status: { message: 'no', code: 'STATUS_CODE_ERROR' },
    },
  ]);
  const v2 = await api.get<{ trace: { resourceSpans: object[] } }>(`/v2/traces/${traceId(1)}?${range}`);
  expect(v2.trace.resourceSpans).toEqual(batches);
});

/** A Trace of Tempo's is an export request of OTLP's, which the receiver reads. */
const decoded = (protobuf: Buffer) =>
  decodeTraces(protobuf, 64).flatMap(({ resource, scopes }) =>
    scopes.flatMap(({ scope, items }) =>
      items.map((span) => ({
        resource: resource.attributes.values,
        scope: scope.name,
        spanId: span.spanId,
        parentSpanId: span.parentSpanId,
        name: span.name,
        kind: span.kind,
        durationNs: span.endNs - span.startNs,
        status: span.statusCode,
        message: span.statusMessage,
        attributes: span.attributes,
        events: span.events.map(({ name, timeNs, attributes }) => ({ name, timeNs, attributes: attributes.values })),
        links: span.links.map((link) => link.traceId),
      })),
    ),
  );

test('as protobuf, a trace is what a reader of OTLP makes the same spans of', async () => {
  const v1 = await api.ask(`/traces/${traceId(1)}`, { accept: 'application/protobuf' });
  expect(v1.headers['content-type']).toMatch(/application\/protobuf/);
  const spans = decoded(v1.rawPayload);
  expect(spans).toHaveLength(2);
  expect(spans[1]).toEqual({
    resource: [hostile, 'eu'],
    scope: 'tests',
    spanId: spanId(2),
    parentSpanId: spanId(1),
    name: hostile,
    kind: 3,
    durationNs: 5_000_000n,
    status: 2,
    message: 'no',
    attributes: {
      keys: [hostile, 'half', 'list'],
      values: [hostile, '0.5', '{"values":[{"stringValue":"x"},{"intValue":"2"}]}'],
      types: ['string', 'double', 'array'],
    },
    events: [{ name: 'exception', timeNs: BigInt(t0 + 2) * 1_000_000n, attributes: ['E'] }],
    links: [traceId(9)],
  });
  const v2 = await api.ask(`/v2/traces/${traceId(1)}`, { accept: 'application/protobuf' });
  // TraceByIDResponse: the trace in field 1, then the empty metrics in field 2.
  const bytes = v2.rawPayload;
  expect(bytes.subarray(bytes.length - 2)).toEqual(Buffer.from([0x12, 0]));
  expect(decoded(bytes.subarray(bytes.length - 2 - v1.rawPayload.length, bytes.length - 2))).toEqual(spans);
});

interface Scopes {
  readonly scopes: readonly { readonly name: string; readonly tags: readonly string[] }[];
}

test('names are listed by scope, values with their types, and both of the spans that a filter passes', async () => {
  const { scopes } = await api.get<Scopes>(`/v2/search/tags?${range}&limit=5000`);
  const tagsOf = (name: string) => scopes.find((scope) => scope.name === name)?.tags;
  expect(tagsOf('span')).toEqual([hostile, 'a b', 'half', 'list', 'n'].sort());
  expect(tagsOf('resource')).toEqual(['service.name', 'zone']);
  expect(tagsOf('event')).toEqual(['exception.type']);
  expect(tagsOf('intrinsic')).toContain('rootServiceName');
  expect((await api.get<Scopes>(`/v2/search/tags?${range}&scope=resource`)).scopes).toEqual([
    { name: 'resource', tags: ['service.name', 'zone'] },
  ]);
  const filtered = encodeURIComponent('{ name = "GET /" }');
  expect((await api.get<Scopes>(`/v2/search/tags?${range}&scope=span&q=${filtered}`)).scopes[0]?.tags).toEqual([
    'a b',
    'n',
  ]);

  const values = async (field: string, more = '') => {
    const path = `/v2/search/tag/${encodeURIComponent(encodeURIComponent(field))}/values?${range}${more}`;
    return (await api.get<{ tagValues: { type: string; value: string }[] }>(path)).tagValues;
  };
  expect(await values('span.n')).toEqual([{ type: 'int', value: '7' }]);
  expect(await values('span."a b"')).toEqual([{ type: 'bool', value: 'true' }]);
  expect(await values('.half')).toEqual([{ type: 'float', value: '0.5' }]);
  expect(await values('resource.service.name', `&q=${filtered}`)).toEqual([{ type: 'string', value: 'web' }]);
  expect(await values('resource.service.name', `&q=${encodeURIComponent('{ name = ')}`)).toHaveLength(2);
  expect(await values('name', `&q=${encodeURIComponent('{ name =~ "[" }')}`)).toHaveLength(2);
  expect(await values(`span.${JSON.stringify(hostile)}`)).toEqual([{ type: 'string', value: hostile }]);
  expect(await values('status')).toContainEqual({ type: 'keyword', value: 'error' });
  expect(await values('rootName')).toEqual([{ type: 'string', value: 'GET /' }]);
  expect(await values('event:name')).toEqual([{ type: 'string', value: 'exception' }]);
  expect(await values('event.exception.type')).toEqual([{ type: 'string', value: 'E' }]);
  expect(await api.get(`/v2/search/tag/nofield/values?${range}`, 400)).toMatch(/is no field/);
  expect(await api.get(`/search/tag/service.name/values?${range}`)).toEqual({
    tagValues: expect.arrayContaining(['web', hostile]),
    metrics: {},
  });
});
