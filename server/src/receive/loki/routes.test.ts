import { deflateSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { int, message, snappy, text } from '../payloads.testing.ts';
import { serve, type TestBody } from '../serve.testing.ts';
import { createSink, imbalance, type SinkOptions, testNowMs } from '../sink.testing.ts';
import { lokiPushRoutes } from './index.ts';
import { parseStreamLabels } from './labels.ts';

const path = '/loki/api/v1/push';
const json = { 'content-type': 'application/json' };
const nowNs = `${testNowMs}000000`;
const traceId = '5b8efff798038103d269b633813fc60c';

async function rig(options: SinkOptions = {}) {
  const sink = createSink(options);
  const server = await serve(lokiPushRoutes(sink));
  const push = async (body: TestBody | undefined, headers: Record<string, string> = json) => {
    const answer = await server.post(path, body, headers);
    return { status: answer.status, text: await answer.text() };
  };
  const rows = () => sink.batches.flatMap(({ logs }) => logs ?? []);
  return { sink, push, rows, server, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

const streams = (values: unknown, stream: unknown = { app: 'shop', env: 'prod' }) =>
  JSON.stringify({ streams: [{ stream, values }] });

test('JSON lines become rows: service, level and trace found, exact nanoseconds', async () => {
  await using it = await rig();
  const line = `{"level":50,"msg":"boom","trace_id":"${traceId}","span_id":"eee19b7ec3c1b174"}`;
  const body = streams([
    [`${testNowMs}123456`, line],
    [nowNs, 'second', { trace_id: traceId, user: 'ação' }],
  ]);
  expect(await it.push(body)).toEqual({ status: 204, text: '' });
  expect(it.rows()).toMatchObject([
    {
      service: 'shop',
      timeNs: BigInt(`${testNowMs}123456`),
      level: 'error',
      body: line,
      traceId,
      spanId: 'eee19b7ec3c1b174',
      stream: ['app', 'shop', 'env', 'prod', 'service_name', 'shop'],
    },
    { level: 'unknown', traceId, attributes: { keys: ['trace_id', 'user'], values: [traceId, 'ação'] } },
  ]);
  expect(it.sink.batches[0]?.requestId).toMatch(/^[0-9a-f]{16}$/);
  expect(imbalance(it.sink.ledger)).toEqual([]);
});

test('the service is found as Loki finds it', async () => {
  const f = async (stream: object, service: string) => {
    await using it = await rig();
    await it.push(streams([[nowNs, 'x']], stream));
    expect(it.rows()[0]?.service).toBe(service);
  };
  await f({ service_name: 'a', app: 'b' }, 'a');
  await f({ job: 'c', container: 'd' }, 'd');
  await f({ host: 'h' }, 'unknown_service');
});

test('protobuf in snappy, with structured metadata', async () => {
  await using it = await rig();
  const entry = message(
    2,
    message(1, int(1, testNowMs / 1000), int(2, 7)),
    text(2, 'level=warn msg=hi'),
    message(3, text(1, 'k'), text(2, 'v')),
  );
  const body = message(1, text(1, '{app="shop", q="a\\"b"}'), entry);
  const headers = { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' };
  expect((await it.push(snappy(body), headers)).status).toBe(204);
  expect((await it.push(snappy(body), { 'content-type': 'application/x-protobuf' })).status).toBe(204);
  expect(it.rows()[0]).toMatchObject({
    timeNs: BigInt(testNowMs) * 1_000_000n + 7n,
    level: 'warn',
    stream: ['app', 'shop', 'q', 'a"b', 'service_name', 'shop'],
    attributes: { keys: ['k'], values: ['v'] },
  });
  for (let length = 1; length < body.length; length += 3) {
    expect([204, 400]).toContain((await it.push(snappy(body.subarray(0, length)), headers)).status);
  }
  expect((await it.push(body, headers)).status).toBe(400);
  expect((await it.push(snappy(body), { ...headers, 'content-encoding': 'gzip' })).status).toBe(415);
});

test('F40: the matrix of what is and is not a push', async () => {
  await using it = await rig();
  const good = streams([[nowNs, 'x']]);
  const f = async (body: TestBody | undefined, headers: Record<string, string>, status: number) => {
    const answer = await it.push(body, headers);
    expect(answer.status, `${headers['content-type']} ${answer.text}`).toBe(status);
    if (status !== 204) expect(answer.text).not.toBe('');
  };
  await f(good, json, 204);
  await f(good, { 'content-type': 'application/json; charset=utf-8' }, 204);
  await f(gzipSync(good), { ...json, 'content-encoding': 'gzip' }, 204);
  await f(deflateSync(good), { ...json, 'content-encoding': 'deflate' }, 204);
  await f('{"streams":[]}', json, 204);
  await f(undefined, json, 400);
  await f('', json, 400);
  await f('{}', json, 400);
  await f(Buffer.from(good), {}, 400);
  await f(good, { 'content-type': 'application/json; charset=latin1' }, 400);
  await f(good, { 'content-type': 'application/json; charset' }, 400);
  await f(good, { 'content-type': 'text/csv' }, 415);
  await f(good, { ...json, 'content-encoding': 'gzip' }, 400);
  await f(gzipSync(good), { ...json, 'content-encoding': 'deflate' }, 400);
  await f(good, { ...json, 'content-encoding': 'br' }, 415);
  await f(good, { ...json, 'x-scope-orgid': 'a|b' }, 400);
  await f(streams([[nowNs, 'x', { k: 5 }]]), json, 400);
  await f(streams([[nowNs, 'x', { k: null }]]), json, 400);
  await f(streams([[nowNs, 'x', 'meta']]), json, 400);
  await f(streams([[testNowMs, 'x']]), json, 400);
  await f(streams([['1768478400', 'x']]), json, 400);
  await f(streams([['1768478400.5', 'x']]), json, 400);
  await f(streams([[nowNs, 5]]), json, 400);
  await f(streams([[nowNs]]), json, 400);
  await f(streams([[nowNs, 'x']], {}), json, 400);
  await f(streams([[nowNs, 'x']], { 'bad-name': 'x' }), json, 400);
  await f(streams([[nowNs, 'x']], { app: 5 }), json, 400);
  expect((await fetch(it.server.url + path)).status).toBe(405);
  expect(imbalance(it.sink.ledger)).toEqual([]);
});

test('F41: long lines are refused by name, odd lines come through whole', async () => {
  await using it = await rig();
  const odd = ['', ' ', '\u001b[31mred\u001b[0m', 'nul \u0000 in', 'crlf\r\n', '\u202Ertl', '😀'];
  const body = streams([
    ...odd.map((line) => [nowNs, line]),
    [nowNs, 'x'.repeat(300_000)],
    [nowNs, 'é'.repeat(131_073)],
  ]);
  const answer = await it.push(body);
  expect([answer.status, answer.text]).toEqual([
    400,
    expect.stringMatching(/^2 of 9 .*line_too_long.*logLineBytesMax is 262144/),
  ]);
  expect(it.rows().map(({ body }) => body)).toEqual(odd);
  expect((await it.push(Buffer.from([0x22, 0xff, 0x22]))).status).toBe(400);
});

test('F42: the same line twice in a request is kept twice; a request repeated is left to the store', async () => {
  await using it = await rig();
  const body = streams([
    [nowNs, 'same'],
    [nowNs, 'same'],
  ]);
  await it.push(body);
  it.sink.duplicateRows = 2;
  await it.push(body);
  const [first, second] = it.sink.batches;
  expect(first?.logs).toHaveLength(2);
  expect(second?.requestId).toBe(first?.requestId);
  expect(it.sink.ledger.entries()[0]).toMatchObject({ received: 4, stored: 2, duplicates: 2 });
});

test('F43: too old and too far ahead are refused with their reasons', async () => {
  await using it = await rig();
  const hour = 3_600_000;
  const answer = await it.push(
    streams([
      [`${testNowMs - 24 * hour}000000`, 'yesterday'],
      [`${testNowMs - 400 * 24 * hour}000000`, 'long ago'],
      [`${testNowMs + hour}000000`, 'tomorrow'],
    ]),
  );
  expect(answer.text).toMatch(/greater_than_max_sample_age.*too_far_in_future/s);
  expect(it.rows().map(({ body }) => body)).toEqual(['yesterday']);
  expect(imbalance(it.sink.ledger)).toEqual([]);
});

test('stream labels are read as Go wrote them', () => {
  const f = (labels: string, pairs: [string, string][]) => expect(parseStreamLabels(labels)).toEqual(pairs);
  f('{a="b"}', [['a', 'b']]);
  f('{}', []);
  f('{ a = "b" , c=`d"` ,}', [
    ['a', 'b'],
    ['c', 'd"'],
  ]);
  f('{a="\\u00e9\\n\\x41\\U0001F600\\\\"}', [['a', 'é\nA😀\\']]);
  const refused = (labels: string, words: RegExp) => expect(() => parseStreamLabels(labels)).toThrow(words);
  refused('', /expected "{"/);
  refused('{a="b"', /expected ","/);
  refused('{a=b}', /quoted/);
  refused('{a="b}', /no end/);
  refused('{a="\\q"}', /unknown escape/);
  refused('{a="\\ud800"}', /unknown escape/);
  refused('{1a="b"}', /label name/);
  refused('{a="b"} x', /nothing may follow/);
});
