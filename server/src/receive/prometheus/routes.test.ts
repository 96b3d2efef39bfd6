import { expect, test } from 'vitest';
import { isStaleAt, Refusal } from '#model';
import {
  bytes,
  double,
  fixed64,
  int,
  message,
  packedDoubles,
  packedVarints,
  sample,
  series,
  sint,
  snappy,
  text,
} from '../payloads.testing.ts';
import { serve } from '../serve.testing.ts';
import { createSink, imbalance, labelLine, type SinkOptions, testNowMs } from '../sink.testing.ts';
import { remoteWriteRoutes } from './index.ts';

const headers = {
  'content-type': 'application/x-protobuf',
  'content-encoding': 'snappy',
  'x-prometheus-remote-write-version': '0.1.0',
  'user-agent': 'Prometheus/2.42.0',
};

async function rig(options: SinkOptions = {}) {
  const sink = createSink(options);
  const server = await serve(remoteWriteRoutes(sink));
  const write = async (body: Buffer, more: Record<string, string> = {}) => {
    const answer = await server.post('/prometheus/api/v1/write', snappy(body), { ...headers, ...more });
    return { status: answer.status, text: await answer.text(), headers: answer.headers };
  };
  return { sink, server, write, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

const up = { __name__: 'up', instance: 'a:9100', job: 'node' };

test('samples are stored and answered with 204, known series as well as new ones', async () => {
  await using it = await rig();
  const body = Buffer.concat([
    series(up, sample(1, testNowMs - 1000), sample(0, testNowMs)),
    series({ __name__: 'with newline\nand "quotes" é', 'label.dots': 'x y' }, sample(2.5, testNowMs)),
  ]);
  expect(await it.write(body)).toMatchObject({ status: 204, text: '' });
  expect((await it.write(body)).status).toBe(204);
  const lines = it.sink.sampleLines();
  expect(lines.slice(0, 3)).toEqual([
    `up{instance="a:9100",job="node"} 1 @${testNowMs - 1000}`,
    `up{instance="a:9100",job="node"} 0 @${testNowMs}`,
    `with newline\nand "quotes" é{label.dots="x y"} 2.5 @${testNowMs}`,
  ]);
  expect(lines.slice(3)).toEqual(lines.slice(0, 3));
  expect(it.sink.ledger.entries()[0]).toMatchObject({ sender: 'Prometheus/2.42.0', received: 6, stored: 6 });
  expect((await it.server.post('/api/v1/write', snappy(body), headers)).status).toBe(204);
});

test('F23: values come through bit for bit', async () => {
  await using it = await rig();
  const words = [0x7ff0000000000002n, 0x7ff8000000000001n, 0x8000000000000000n, 1n, 0x7ff0000000000000n];
  const samples = words.map((word, i) => message(2, fixed64(1, word), int(2, testNowMs + i)));
  await it.write(series(up, ...samples));
  const columns = it.sink.batches[0]?.samples;
  const bits = new BigUint64Array(columns?.values.buffer ?? new ArrayBuffer(0), 0, words.length);
  expect([...bits]).toEqual(words);
  expect(isStaleAt(new Uint32Array(columns?.values.buffer ?? new ArrayBuffer(0)), 0)).toBe(true);
});

test('F27, F28, F31: what breaks a rule is refused with 400 and an example, the rest is stored', async () => {
  const f = async (bad: Buffer, reason: string, count = 1) => {
    await using it = await rig();
    const answer = await it.write(Buffer.concat([series(up, sample(1, testNowMs)), bad]));
    expect(answer.text).toMatch(new RegExp(`^${count} of ${1 + count} .* the rest are stored: ${count} ${reason}`));
    expect(answer.status).toBe(400);
    expect(it.sink.sampleLines()).toHaveLength(1);
    expect(imbalance(it.sink.ledger)).toEqual([]);
  };
  const now = sample(1, testNowMs);
  const label = (name: string | Buffer, value: string) =>
    message(1, typeof name === 'string' ? text(1, name) : bytes(1, name), text(2, value));
  await f(series({ job: 'x' }, now), 'missing_name');
  await f(series({}, now), 'missing_name');
  await f(series({ __name__: '' }, now), 'missing_name');
  await f(series({ __name__: 'a', '': 'x' }, now), 'empty_label_name');
  await f(message(1, label('__name__', 'a'), label('b', '1'), label('b', '2'), now), 'duplicate_label');
  await f(series({ __name__: 'a', big: 'x'.repeat(1_000_000) }, now), 'label_value_too_long');
  await f(series({ __name__: 'a', ['n'.repeat(2000)]: 'x' }, now), 'label_name_too_long');
  const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`l${i}`, 'x']));
  await f(series({ __name__: 'a', ...many }, now), 'too_many_labels');
  await f(message(1, label('__name__', 'a'), label(Buffer.from([0xc3, 0x28]), 'x'), now), 'invalid_utf8');
  await f(series({ __name__: 'a' }, sample(1, 0)), 'too_old');
  await f(series({ __name__: 'a' }, sample(1, testNowMs + 3_600_000)), 'too_far_in_future');
  await f(series({ __name__: 'a' }, sample(1, -5)), 'too_old');
  await f(series({ __name__: 'a' }, message(2, double(1, 1), int(2, 2n ** 63n - 1n))), 'too_far_in_future');
  await f(series({ job: 'x' }, now, sample(2, testNowMs + 1)), 'missing_name', 2);
});

test('labels in any order are put in order, as vmagent needs', async () => {
  await using it = await rig();
  const now = sample(1, testNowMs);
  await it.write(series({ zone: 'b', __name__: 'up', empty: '', job: 'a' }, now));
  await it.write(
    message(1, message(1, text(1, 'z'), text(2, '1')), now, message(1, text(1, '__name__'), text(2, 'up'))),
  );
  expect(it.sink.sampleLines()).toEqual([`up{job="a",zone="b"} 1 @${testNowMs}`, `up{z="1"} 1 @${testNowMs}`]);
});

test('F21: one time twice in one request: the first stays; the same again is fine, another value is reported', async () => {
  await using it = await rig();
  expect((await it.write(series(up, sample(1, testNowMs), sample(1, testNowMs)))).status).toBe(204);
  expect(it.sink.ledger.entries()[0]).toMatchObject({ received: 2, stored: 1, duplicates: 1 });
  const answer = await it.write(series(up, sample(1, testNowMs), sample(2, testNowMs)));
  expect([answer.status, answer.text]).toEqual([400, expect.stringMatching(/duplicate_timestamp/)]);
  expect(it.sink.sampleLines()).toEqual(Array(2).fill(`up{instance="a:9100",job="node"} 1 @${testNowMs}`));
  expect(imbalance(it.sink.ledger)).toEqual([]);
});

test('F29: past the series limit the answer is 429, and known series are stored', async () => {
  await using it = await rig({
    seriesMax: 1,
    onSeriesLimit: () => new Refusal('store.seriesMax is 1', { code: 'SERIES_LIMIT' }),
  });
  await it.write(series(up, sample(1, testNowMs)));
  const answer = await it.write(
    Buffer.concat([series(up, sample(1, testNowMs + 1)), series({ __name__: 'b' }, sample(1, testNowMs))]),
  );
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '1']);
  expect(it.sink.sampleLines()).toHaveLength(2);
  expect(imbalance(it.sink.ledger)).toEqual([]);
});

test('metadata alone is taken, and repeated metadata is not written again', async () => {
  await using it = await rig();
  const body = message(3, int(1, 1), text(2, 'http_requests_total'), text(4, 'Requests.'), text(5, ''));
  expect((await it.write(body)).status).toBe(204);
  expect((await it.write(body)).status).toBe(204);
  expect(it.sink.batches.map(({ metadata }) => metadata)).toEqual([
    [{ metric: 'http_requests_total', type: 'counter', unit: '', help: 'Requests.' }],
  ]);
  expect((await it.write(message(3, int(1, 1)))).status).toBe(400);
  expect((await it.write(Buffer.alloc(0))).status).toBe(204);
});

test('exemplars keep their trace; long ones are dropped and counted, the sample stays', async () => {
  await using it = await rig();
  const pair = (name: string, value: string) => message(1, text(1, name), text(2, value));
  const traceId = '5b8efff798038103d269b633813fc60c';
  const exemplar = message(3, pair('trace_id', traceId), pair('user', 'ção'), double(2, 0.5), int(3, testNowMs));
  const long = message(3, pair('k', 'x'.repeat(200)), double(2, 1), int(3, testNowMs));
  const answer = await it.write(series(up, sample(1, testNowMs), exemplar, long));
  expect([answer.status, answer.text]).toEqual([400, expect.stringMatching(/^1 of 3 .*exemplar_labels_too_long/)]);
  expect(it.sink.batches[0]?.exemplars).toEqual([
    { ref: 0, timeMs: testNowMs, value: 0.5, traceId, spanId: '', labels: ['user', 'ção'] },
  ]);
});

test('F26: native histograms are read, and those that contradict themselves are refused', async () => {
  const span = (field: number, offset: number, length: number) => message(field, sint(1, offset), int(2, length));
  const good = [int(1, 6), double(3, 12.5), double(5, 1e-128), int(6, 1), span(11, -1, 2), packedVarints(12, [4, 2])];
  const time = int(15, testNowMs);
  await using it = await rig();
  expect((await it.write(series(up, message(4, ...good, time)))).status).toBe(204);
  expect(it.sink.batches[0]?.histograms?.[0]).toMatchObject({
    timeMs: testNowMs,
    histogram: { schema: 0, count: 6, sum: 12.5, zeroCount: 1, positiveSpans: [-1, 2], positiveCounts: [2, 3] },
  });
  const f = async (fields: Buffer[], words: RegExp) => {
    const answer = await it.write(series(up, message(4, ...fields, time)));
    expect([answer.status, answer.text]).toEqual([400, expect.stringMatching(words)]);
  };
  await f([int(1, 7), ...good.slice(1)], /says count 7, and its buckets hold 6/);
  await f([...good, sint(4, 9)], /has schema 9/);
  await f([...good, span(11, 0, 1)], /spans over 3 buckets and 2 buckets/);
  await f([int(1, 0), packedVarints(12, [1, 3]), span(11, 0, 2)], /bucket of -1/);
  const custom = [sint(4, -53), int(1, 1), span(11, 0, 1), packedVarints(12, [2])];
  await f([...custom, packedDoubles(16, [2, 1])], /do not ascend/);
  await f(
    [int(1, 1_000_000), span(11, 0, 1_000_000), packedVarints(12, Array(1_000_000).fill(0))],
    /histogramBucketsMax/,
  );
  const stale = message(4, fixed64(3, 0x7ff0000000000002n), time);
  expect((await it.write(series(up, stale))).status).toBe(204);
  const columns = it.sink.batches.at(-1)?.samples;
  expect(isStaleAt(new Uint32Array(columns?.values.buffer ?? new ArrayBuffer(8)), 0)).toBe(true);
  expect(imbalance(it.sink.ledger)).toEqual([]);
});

test('types and encodings that are not remote write 1 are 415, and say what is', async () => {
  await using it = await rig();
  const f = async (more: Record<string, string>, words: RegExp) => {
    const answer = await it.write(series(up, sample(1, testNowMs)), more);
    expect([answer.status, answer.text]).toEqual([415, expect.stringMatching(words)]);
  };
  await f({ 'content-type': 'application/json' }, /send application\/x-protobuf/);
  await f({ 'content-type': 'image/png' }, /send application\/x-protobuf/);
  await f({ 'content-type': 'application/x-protobuf;proto=a.b' }, /send prometheus.WriteRequest or io.prometheus/);
  await f({ 'content-encoding': 'gzip' }, /send snappy/);
  const get = await fetch(`${it.server.url}/prometheus/api/v1/write`);
  expect(get.status).toBe(405);
  expect(imbalance(it.sink.ledger)).toEqual([]);
});

test('F30: corrupt bodies are 400 and bombs 413, quickly', async () => {
  await using it = await rig({ receive: { decodedBytesMax: 1_000_000 } });
  const raw = async (body: Buffer) => (await it.server.post('/prometheus/api/v1/write', body, headers)).status;
  const whole = snappy(series(up, sample(1, testNowMs)));
  expect(await raw(Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f]))).toBe(413);
  expect(await raw(snappy(Buffer.alloc(2_000_000)))).toBe(413);
  expect(await raw(Buffer.alloc(0))).toBe(400);
  expect(await raw(whole.subarray(0, whole.length - 3))).toBe(400);
  expect(await raw(snappy(series(up, sample(1, testNowMs)).subarray(0, 20)))).toBe(400);
  expect(await raw(snappy(Buffer.concat([int(9, 1), series(up, sample(1, testNowMs), int(77, 5))])))).toBe(204);
  expect(imbalance(it.sink.ledger)).toEqual([]);
  expect(it.sink.budget.usedBytes).toBe(0);
});

test('when the store cannot take it, the answer is retryable and the books balance', async () => {
  await using it = await rig();
  it.sink.failure = new Refusal('disk is full', { code: 'STORE_FULL', retryAfterSeconds: 30 });
  const answer = await it.write(series(up, sample(1, testNowMs)));
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '30']);
  expect(imbalance(it.sink.ledger)).toEqual([]);
});

test('tenants do not share series', async () => {
  await using it = await rig();
  const body = series(up, sample(1, testNowMs));
  await it.write(body);
  await it.write(body, { 'x-scope-orgid': 'b' });
  await it.write(body, { 'x-scope-orgid': 'b' });
  expect(it.sink.batches.map(({ tenant, samples }) => [tenant, samples?.refs[0]])).toEqual([
    ['main', 0],
    ['b', 1],
    ['b', 1],
  ]);
  expect(labelLine(it.sink.labelsOf(1))).toBe('up{instance="a:9100",job="node"}');
});

test('damaged requests never crash', async () => {
  await using it = await rig();
  const body = Buffer.concat([series(up, sample(1, testNowMs)), series({ __name__: 'b' }, sample(2, testNowMs))]);
  for (let at = 0; at < body.length; at++) {
    for (const bit of [1, 8, 128]) {
      const copy = Buffer.from(body);
      copy[at] = (copy[at] ?? 0) ^ bit;
      expect([204, 400]).toContain((await it.write(copy)).status);
    }
  }
  expect(imbalance(it.sink.ledger)).toEqual([]);
});
