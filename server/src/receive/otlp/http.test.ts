import { gunzipSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { Refusal } from '#model';
import { fixed64, hex, int, message, resourceOf, text } from '../payloads.testing.ts';
import { serve, type TestBody } from '../serve.testing.ts';
import { createSink, imbalance, type SinkOptions, testNowMs } from '../sink.testing.ts';
import { createOtlpReceiver, otlpHttpRoutes } from './index.ts';

const nowNs = BigInt(testNowMs) * 1_000_000n;
const traceId = '5b8efff798038103d269b633813fc60c';
const protobuf = { 'content-type': 'application/x-protobuf' };
const json = { 'content-type': 'application/json' };

const span = (name: string, id = traceId) =>
  message(2, hex(1, id), hex(2, 'eee19b7ec3c1b174'), text(5, name), fixed64(7, nowNs), fixed64(8, nowNs + 5n));
const traces = (...spans: Buffer[]) => resourceOf('shop', ...spans);
const logsJson = (record: object) =>
  JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [{ timeUnixNano: String(nowNs), ...record }] }] }] });

async function rig(options: SinkOptions = {}) {
  const sink = createSink(options);
  const server = await serve(otlpHttpRoutes(createOtlpReceiver(sink)));
  return { sink, server, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

test('a full success is answered in kind, with partial_success unset', async () => {
  await using it = await rig();
  const binary = await it.server.post('/v1/traces', traces(span('a')), protobuf);
  expect([binary.status, binary.headers.get('content-type')]).toEqual([200, 'application/x-protobuf']);
  expect((await binary.arrayBuffer()).byteLength).toBe(0);
  const plain = await it.server.post('/v1/logs', logsJson({ body: { stringValue: 'hi' } }), json);
  expect([plain.status, await plain.text()]).toEqual([200, '{}']);
  const empty = await it.server.post('/v1/metrics', '{}', json);
  expect([empty.status, await empty.text()]).toEqual([200, '{}']);
  expect((await it.server.post('/v1/metrics', undefined, protobuf)).status).toBe(200);
  expect(it.sink.batches).toHaveLength(2);
  expect(it.sink.batches[0]?.requestId).toMatch(/^[0-9a-f]{16}$/);
  expect(imbalance(it.sink.ledger)).toEqual([]);
});

test('a part refused is counted, explained and booked; the rest is stored', async () => {
  await using it = await rig();
  const answer = await it.server.post('/v1/traces', traces(span('good'), span('bad', '00'.repeat(16))), protobuf);
  expect(answer.status).toBe(200);
  const partial = Buffer.from(await answer.arrayBuffer());
  expect(partial.includes('1 of 2 spans rejected')).toBe(true);
  // partial_success { rejected_spans: 1 … }
  expect(partial.includes(Buffer.from([0x08, 0x01, 0x12]))).toBe(true);
  const bad = { timeUnixNano: '1700000000', body: { stringValue: 'x' } };
  const inJson = await it.server.post('/v1/logs', logsJson(bad), json);
  expect(await inJson.json()).toMatchObject({
    partialSuccess: { rejectedLogRecords: '1', errorMessage: expect.stringMatching(/too_old.*looks like seconds/) },
  });
  expect(it.sink.batches).toHaveLength(1);
  expect(imbalance(it.sink.ledger)).toEqual([]);
  expect(it.sink.ledger.entries()[0]).toMatchObject({ sender: 'shop', received: 2, stored: 1 });
});

test('gzip, deflate and zstd are inflated; what does not inflate is 400', async () => {
  await using it = await rig();
  const body = traces(span('a'));
  const send = (bytes: Buffer, encoding: string) =>
    it.server.post('/v1/traces', bytes, { ...protobuf, 'content-encoding': encoding });
  expect((await send(gzipSync(body), 'gzip')).status).toBe(200);
  expect((await send(zstdCompressSync(body), 'zstd')).status).toBe(200);
  expect((await send(body, 'identity')).status).toBe(200);
  expect((await send(body, 'gzip')).status).toBe(400);
  expect((await send(gzipSync(body).subarray(0, 20), 'gzip')).status).toBe(400);
  expect((await send(body, 'br')).status).toBe(415);
  expect(gunzipSync(gzipSync(body)).equals(body)).toBe(true);
  expect(imbalance(it.sink.ledger)).toEqual([]);
});

test('errors are google.rpc.Status in the content type of the request', async () => {
  await using it = await rig();
  const f = async (path: string, body: TestBody, headers: Record<string, string>, status: number, words: RegExp) => {
    const answer = await it.server.post(path, body, headers);
    expect(answer.status).toBe(status);
    expect(await answer.text()).toMatch(words);
    return answer;
  };
  const binary = await f('/v1/traces', Buffer.from([0x0a, 0x50]), protobuf, 400, /truncated/);
  expect(binary.headers.get('content-type')).toBe('application/x-protobuf');
  await f('/v1/traces', '{"resourceSpans":', json, 400, /"code":3/);
  await f('/v1/traces', '[]', json, 400, /must be an object/);
  await f('/v1/traces', 'x', { 'content-type': 'text/plain' }, 415, /application\/x-protobuf or application\/json/);
  await f('/v1/traces', '{}', { ...json, 'x-scope-orgid': '../x' }, 400, /not a tenant/);
  const get = await fetch(`${it.server.url}/v1/logs`);
  expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
  expect(imbalance(it.sink.ledger)).toEqual([]);
});

test('F47: too large is 413, before and after inflating, and a bomb is stopped early', async () => {
  await using it = await rig({ receive: { bodyBytesMax: 100_000, decodedBytesMax: 1_000_000 } });
  const large = await it.server.post('/v1/traces', Buffer.alloc(200_000), protobuf);
  expect([large.status, await large.text()]).toEqual([413, expect.stringMatching(/bodyBytesMax is 100000/)]);
  const endless = new ReadableStream({
    pull: (controller) => controller.enqueue(Buffer.alloc(16_384)),
  });
  const chunked = await it.server.post('/v1/traces', endless, protobuf).catch(() => undefined);
  expect(chunked === undefined || chunked.status === 413).toBe(true);
  const bomb = gzipSync(Buffer.alloc(60_000_000));
  const before = process.memoryUsage().arrayBuffers;
  const answer = await it.server.post('/v1/logs', bomb, { ...json, 'content-encoding': 'gzip' });
  expect([answer.status, await answer.text()]).toEqual([413, expect.stringMatching(/decodedBytesMax/)]);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(30_000_000);
  expect(it.sink.budget.usedBytes).toBe(0);
  expect(imbalance(it.sink.ledger)).toEqual([]);
});

test('F48: over the in-flight budget and with a busy store, senders are told to come back', async () => {
  await using it = await rig({ receive: { inFlightBytesMax: 50 } });
  const over = await it.server.post('/v1/traces', traces(span('a')), protobuf);
  expect([over.status, over.headers.get('retry-after')]).toEqual([503, '1']);
  expect(Buffer.from(await over.arrayBuffer()).includes('google.rpc.RetryInfo')).toBe(true);
  await using busy = await rig();
  busy.sink.failure = new Refusal('the queue is full', { code: 'STORE_BUSY', retryAfterSeconds: 2 });
  const answer = await busy.server.post('/v1/logs', logsJson({}), json);
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '2']);
  expect(await answer.json()).toMatchObject({ code: 14, details: [{ retryDelay: '2s' }] });
  expect([...imbalance(it.sink.ledger), ...imbalance(busy.sink.ledger)]).toEqual([]);
  expect(it.sink.budget.usedBytes).toBe(0);
});

test('a bug of the store is ours, retryable, and says nothing of our insides', async () => {
  await using it = await rig();
  it.sink.failure = new TypeError('secret detail') as Refusal;
  const answer = await it.server.post('/v1/logs', logsJson({}), json);
  expect(answer.status).toBe(503);
  expect(await answer.text()).not.toMatch(/secret/);
  expect(imbalance(it.sink.ledger)).toEqual([]);
});

test('a body that arrives too slowly is given up', async () => {
  await using it = await rig({ receive: { requestMsMax: 100 } });
  const slow = new ReadableStream({
    async pull(controller) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      controller.enqueue(Buffer.from([0x0a]));
    },
  });
  const answer = await it.server.post('/v1/traces', slow, protobuf).catch(() => undefined);
  expect(answer === undefined || answer.status === 503).toBe(true);
  expect(it.sink.budget.usedBytes).toBe(0);
});

test('a repeated request is booked as duplicates', async () => {
  await using it = await rig();
  it.sink.duplicateRows = 1;
  await it.server.post('/v1/traces', traces(span('a')), protobuf);
  expect(it.sink.ledger.entries()[0]).toMatchObject({ received: 1, stored: 0, duplicates: 1 });
});

test('unknown fields and packed flags are skipped as the encoding demands', async () => {
  await using it = await rig();
  const body = Buffer.concat([int(99, 5), traces(span('a')), text(98, 'later')]);
  expect((await it.server.post('/v1/traces', body, protobuf)).status).toBe(200);
  expect(it.sink.batches[0]?.spans).toHaveLength(1);
});

test('a body of several megabytes passes, whole', async () => {
  await using it = await rig();
  const records = Array.from({ length: 20_000 }, (_, i) => ({
    timeUnixNano: String(nowNs),
    body: { stringValue: `line ${i} ${'x'.repeat(200)}` },
  }));
  const body = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: records }] }] });
  expect((await it.server.post('/v1/logs', body, json)).status).toBe(200);
  const rows = it.sink.batches.flatMap(({ logs }) => logs ?? []);
  expect(rows).toHaveLength(20_000);
  expect(new Set(it.sink.batches.map(({ requestId }) => requestId)).size).toBe(it.sink.batches.length);
});
