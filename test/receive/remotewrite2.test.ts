/** Remote write 2.0 (rc.4): the cases of Prometheus' receiver compliance suite, and what hostile senders add to them. */
import { expect, test } from 'vitest';
import { isStaleAt, Refusal } from '../../server/src/model/index.ts';
import { snappy } from '../../server/src/receive/payloads.testing.ts';
import { remoteWriteRoutes } from '../../server/src/receive/prometheus/index.ts';
import { serve } from '../../server/src/receive/serve.testing.ts';
import {
  createSink,
  imbalance,
  labelLine,
  type SinkOptions,
  testNowMs,
} from '../../server/src/receive/sink.testing.ts';
import { encodeRequest2, type HistogramSent, headers2, requestBytes, type SeriesSent } from './write2.ts';

async function receiver(options: SinkOptions = {}) {
  const sink = createSink(options);
  const server = await serve(remoteWriteRoutes(sink));
  const send = async (body: Uint8Array, more: Record<string, string> = {}) => {
    const answer = await server.post('/prometheus/api/v1/write', body, { ...headers2, ...more });
    return { status: answer.status, text: await answer.text(), written: writtenOf(answer.headers) };
  };
  return {
    sink,
    send,
    write: (series: readonly SeriesSent[], more?: Record<string, string>) => send(encodeRequest2(series), more),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** Samples, histograms and exemplars. */
function writtenOf(headers: Headers): (number | undefined)[] {
  return ['Samples', 'Histograms', 'Exemplars'].map((what) => {
    const text = headers.get(`X-Prometheus-Remote-Write-${what}-Written`);
    return text === null ? undefined : Number(text);
  });
}

const now = testNowMs;
const one = (labels: Record<string, string>, value = 1): SeriesSent => ({ labels, samples: [{ value, timeMs: now }] });
const up = { __name__: 'up', job: 'test', instance: 'localhost:9090' };
const ok = (written: number[]) => ({ status: 204, text: '', written });

/** As the suite makes them: buckets as asked for, around one observation. */
function histogram(parts: { positive?: true; negative?: true; zero?: true; custom?: true; bad?: true }): HistogramSent {
  const { positive, negative, zero, custom, bad } = parts;
  const count = (positive || custom ? 15 : 0) + (negative ? 6 : 0) + (zero ? 2 : 0) + (bad ? 40 : 0);
  return {
    timeMs: now,
    schema: custom ? -53 : 3,
    count,
    sum: 18.5,
    ...(positive && { positive: [4, 5, 6] }),
    ...(negative && { negative: [1, 2, 3] }),
    ...(zero && { zeroCount: 2 }),
    ...(custom && { positive: [4, 5, 6], bounds: [0.1, 0.5, 1] }),
  };
}

test('every float comes through bit for bit, infinities, NaN and the stale marker included', async () => {
  await using it = await receiver();
  const words = [
    0x3ff0000000000000n,
    0x7ff0000000000002n,
    0x7ff8000000000001n,
    0x7ff0000000000000n,
    0xfff0000000000000n,
  ];
  const body = requestBytes(words.map((_, i) => one({ ...up, i: String(i) }, 0.123456789)));
  const mark = Buffer.alloc(8);
  mark.writeDoubleLE(0.123456789);
  for (const word of words) body.writeBigUInt64LE(word, body.indexOf(mark));
  expect(await it.send(snappy(body))).toEqual(ok([5, 0, 0]));
  const columns = it.sink.batches[0]?.samples;
  const buffer = columns?.values.buffer ?? new ArrayBuffer(0);
  expect([...new BigUint64Array(buffer, 0, words.length)]).toEqual(words);
  expect(isStaleAt(new Uint32Array(buffer), 1)).toBe(true);
});

test('labels may have newlines, dots, spaces and any letters', async () => {
  await using it = await receiver();
  const labels = { __name__: 'resource cpu.usage', 'job name': 'a\nb\n', 'instance.name': '测试 🌍' };
  expect(await it.write([one(labels)])).toEqual(ok([1, 0, 0]));
  expect(it.sink.sampleLines()).toEqual([`resource cpu.usage{instance.name="测试 🌍",job name="a\nb\n"} 1 @${now}`]);
});

test('a series is found again when another request numbers its labels in another way', async () => {
  await using it = await receiver();
  await it.write([one(up)]);
  await it.write([
    one({ __name__: 'other', zone: 'test' }),
    one(up),
    one({ job: 'test', __name__: 'up', instance: 'localhost:9090' }),
  ]);
  await it.write([one(up)], { 'x-scope-orgid': 'another' });
  const refs = it.sink.batches.map(({ samples }) => [...(samples?.refs ?? [])].slice(0, samples?.count));
  expect(refs).toEqual([[0], [1, 0, 0], [2]]);
  expect(labelLine(it.sink.labelsOf(2))).toBe('up{instance="localhost:9090",job="test"}');
});

test('symbols may stand behind the series that need them', async () => {
  await using it = await receiver();
  const body = requestBytes([one(up)]);
  const at = body.lastIndexOf('localhost:9090') + 'localhost:9090'.length;
  expect(await it.send(snappy(Buffer.concat([body.subarray(at), body.subarray(0, at)])))).toEqual(ok([1, 0, 0]));
  expect(it.sink.sampleLines()).toHaveLength(1);
});

test('F31: one invalid series of four costs itself only, and the headers say how much is durable', async () => {
  await using it = await receiver();
  const nameless = { job: 'test', instance: 'a' };
  const three = ['1', '2', '3'].map((zone) => one({ ...up, zone }));
  const answer = await it.write([one(nameless), ...three]);
  expect(answer).toMatchObject({ status: 400, written: [3, 0, 0] });
  expect(answer.text).toMatch(/^1 of 4 .* the rest are stored: 1 missing_name/);
  expect(await it.write([one(nameless), one(nameless), one({}), one({ __name__: '' })])).toMatchObject({
    status: 400,
    written: [0, 0, 0],
  });
  expect(it.sink.sampleLines()).toHaveLength(3);
  expect(imbalance(it.sink.ledger)).toEqual([]);
});

test('a series that tells its start has a zero there, once, and again after a restart', async () => {
  await using it = await receiver();
  const told = (timeMs: number, startMs: number): SeriesSent => ({
    labels: { __name__: 'jobs_total' },
    samples: [{ value: 5, timeMs, startMs }],
  });
  expect(await it.write([told(now, now - 60_000)])).toEqual(ok([1, 0, 0]));
  await it.write([told(now + 1000, now - 60_000)]);
  // A start that lies before what was counted already is not the beginning of this series.
  await it.write([told(now + 2000, now + 1000)]);
  await it.write([told(now + 9000, now + 5000)]);
  expect(it.sink.sampleLines()).toEqual([
    `jobs_total{} 0 @${now - 60_000}`,
    `jobs_total{} 5 @${now}`,
    `jobs_total{} 5 @${now + 1000}`,
    `jobs_total{} 5 @${now + 2000}`,
    `jobs_total{} 0 @${now + 5000}`,
    `jobs_total{} 5 @${now + 9000}`,
  ]);
  expect(imbalance(it.sink.ledger)).toEqual([]);
});

test('a histogram that tells its start is empty there', async () => {
  await using it = await receiver();
  const startMs = now - 60_000;
  const custom = { ...histogram({ custom: true }), startMs };
  expect(await it.write([{ labels: { __name__: 'h' }, histograms: [custom] }])).toEqual(ok([0, 1, 0]));
  const found = it.sink.batches.flatMap(({ histograms = [] }) => histograms);
  expect(found.map(({ timeMs, histogram: { count, customBounds } }) => [timeMs, count, customBounds])).toEqual([
    [startMs, 0, [0.1, 0.5, 1]],
    [now, 15, [0.1, 0.5, 1]],
  ]);
});

test('a zero that could not be written comes with the retry', async () => {
  await using it = await receiver();
  const series: SeriesSent = { labels: up, samples: [{ value: 5, timeMs: now, startMs: now - 60_000 }] };
  it.sink.failure = new Refusal('the queue is full', { code: 'STORE_BUSY', retryAfterSeconds: 1 });
  expect(await it.write([series])).toMatchObject({ status: 503, written: [0, 0, 0] });
  it.sink.failure = undefined;
  expect(await it.write([series])).toEqual(ok([1, 0, 0]));
  expect(it.sink.sampleLines()).toHaveLength(2);
});

test('native histograms of every shape are stored, and one whose count is wrong is refused', async () => {
  await using it = await receiver();
  const shapes = [
    { positive: true, negative: true, zero: true },
    { custom: true },
    { positive: true, zero: true },
    { negative: true },
    { zero: true },
    {},
  ] as const;
  const series = shapes.map((shape, i) => ({ labels: { __name__: `h${i}` }, histograms: [histogram(shape)] }));
  expect(await it.write(series)).toEqual(ok([0, 6, 0]));
  const stored = it.sink.batches[0]?.histograms?.map((row) => row.histogram) ?? [];
  expect(stored[0]).toMatchObject({
    schema: 3,
    count: 23,
    positiveCounts: [4, 5, 6],
    negativeCounts: [1, 2, 3],
    zeroCount: 2,
  });
  expect(stored[1]).toMatchObject({ schema: -53, customBounds: [0.1, 0.5, 1], positiveSpans: [0, 3] });
  const bad = { labels: { __name__: 'h' }, histograms: [histogram({ positive: true, bad: true })] };
  const answer = await it.write([bad, series[0] as SeriesSent]);
  expect(answer).toMatchObject({ status: 400, written: [0, 1, 0] });
  expect(answer.text).toMatch(/says count 55, and its buckets hold 15/);
});

test('a series with samples and histograms is refused, with both counted', async () => {
  await using it = await receiver();
  const mixed = { ...one(up), histograms: [histogram({ zero: true })] };
  const answer = await it.write([mixed, one({ __name__: 'good' })]);
  expect(answer).toMatchObject({ status: 400, written: [1, 0, 0] });
  expect(answer.text).toMatch(/^2 of 3 .*2 samples_and_histograms/);
  expect(imbalance(it.sink.ledger)).toEqual([]);
});

test('exemplars are stored with any labels, any value and their own time', async () => {
  await using it = await receiver();
  const traceId = '5b8efff798038103d269b633813fc60c';
  const labelSets: Record<string, string>[] = [
    { trace_id: traceId, span_id: 'eee19b7ec3c1b174' },
    { trace_id: 'xyz789', span_id: 'span123' },
    { user_id: 'u1', endpoint: '/login', trace_id: 'trace456' },
    {},
    { trace_id: 'trace-with-dashes_and_underscores.123' },
    { trace_id: 'unicode_trace_测试' },
  ];
  const exemplars = labelSets.map((labels, i) => ({ labels, value: i, timeMs: now - i * 60_000 }));
  const special = [0, -123.456, 1e10, 1e-10, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const more = special.map((value) => ({ labels: { trace_id: 'special' }, value, timeMs: now }));
  expect(await it.write([{ ...one(up), exemplars: [...exemplars, ...more] }])).toEqual(ok([1, 0, 13]));
  const rows = it.sink.batches[0]?.exemplars ?? [];
  expect(rows[0]).toEqual({ ref: 0, timeMs: now, value: 0, traceId, spanId: 'eee19b7ec3c1b174', labels: [] });
  expect(rows[2]).toMatchObject({
    timeMs: now - 120_000,
    labels: ['endpoint', '/login', 'trace_id', 'trace456', 'user_id', 'u1'],
  });
  const nameless = { ...one({ job: 'x' }), exemplars: [{ labels: {}, value: 1, timeMs: now }] };
  expect(await it.write([nameless])).toMatchObject({ status: 400, written: [0, 0, 0] });
  const native = {
    labels: { __name__: 'h' },
    histograms: [histogram({ custom: true })],
    exemplars: exemplars.slice(0, 1),
  };
  expect(await it.write([native])).toEqual(ok([0, 1, 1]));
});

test('F30, F34: an exemplar that is too long or refers to nothing is refused alone', async () => {
  await using it = await receiver();
  const good = { labels: { trace_id: 'a' }, value: 1, timeMs: now };
  const long = { labels: { k: 'x'.repeat(200) }, value: 1, timeMs: now };
  const lost = { labels: {}, refs: [1, 99], value: 1, timeMs: now };
  const answer = await it.write([{ ...one(up), exemplars: [good, long, lost] }]);
  expect(answer).toMatchObject({ status: 400, written: [1, 0, 1] });
  expect(answer.text).toMatch(/exemplar_labels_too_long.*malformed_exemplar .*symbol 99/);
  expect(imbalance(it.sink.ledger)).toEqual([]);
});

test('metadata of every type arrives once, under the name of its family', async () => {
  await using it = await receiver();
  const types = ['unknown', 'counter', 'gauge', 'histogram', 'gaugehistogram', 'summary', 'info', 'stateset'];
  const series = types.map((name, type) => ({
    ...one({ __name__: name }),
    metadata: { type, help: `Help of ${name}:\n"ä"`, unit: 'bytes/sec' },
  }));
  expect(await it.write(series)).toEqual(ok([8, 0, 0]));
  expect(it.sink.batches[0]?.metadata).toEqual(
    types.map((type) => ({ metric: type, type, unit: 'bytes/sec', help: `Help of ${type}:\n"ä"` })),
  );
  expect(await it.write(series)).toEqual(ok([8, 0, 0]));
  expect(it.sink.batches[1]?.metadata).toEqual([]);
  const part = (suffix: string): SeriesSent => ({
    ...one({ __name__: `latency_seconds${suffix}` }),
    metadata: { type: 3, help: 'Latency.' },
  });
  await it.write([part('_bucket'), part('_sum'), part('_count'), { ...one(up), metadata: { type: 2 } }]);
  expect(it.sink.batches[2]?.metadata?.map(({ metric, type }) => [metric, type])).toEqual([
    ['latency_seconds', 'histogram'],
    ['up', 'gauge'],
  ]);
  await it.write([
    { ...one(up), metadata: { type: 2, help: 'Now it has help.' } },
    { ...one(up), metadata: { type: 0 } },
  ]);
  expect(it.sink.batches[3]?.metadata).toEqual([{ metric: 'up', type: 'gauge', unit: '', help: 'Now it has help.' }]);
  expect(await it.write([{ ...one({ __name__: '' }), metadata: { type: 1 } }])).toMatchObject({ status: 400 });
  const lost = await it.write([{ ...one(up), metadata: { type: 1, unitPlace: 77 } }]);
  expect(lost).toMatchObject({ status: 400, written: [1, 0, 0] });
});

test('metadata or exemplars without samples are taken', async () => {
  await using it = await receiver();
  expect(await it.write([{ labels: up, metadata: { type: 1, help: 'h' } }])).toEqual(ok([0, 0, 0]));
  const exemplars = [{ labels: { trace_id: 'orphan' }, value: 42, timeMs: now }];
  expect(await it.write([{ labels: up, exemplars }])).toEqual(ok([0, 0, 1]));
  expect(await it.write([])).toEqual(ok([0, 0, 0]));
  expect(await it.send(snappy(Buffer.alloc(0)))).toEqual(ok([0, 0, 0]));
});

test('fifty samples, fifty histograms and their exemplars in one request are counted to the item', async () => {
  await using it = await receiver();
  const exemplars = [{ labels: { trace_id: 't' }, value: 1, timeMs: now }];
  const many = Array.from({ length: 50 }, (_, i) => [
    { ...one({ __name__: `c${i}`, series: `s${i}` }), exemplars, metadata: { type: 1, help: `Counter ${i}` } },
    { labels: { __name__: `h${i}` }, histograms: [histogram({ positive: true, zero: true })], exemplars },
  ]).flat();
  const old: SeriesSent = {
    labels: up,
    samples: [
      { value: 1, timeMs: now - 3_600_000 },
      { value: 2, timeMs: now },
    ],
  };
  expect(await it.write([...many, old])).toEqual(ok([52, 50, 100]));
});

test('F30: the message is chosen by its Content-Type, and types and encodings that are neither are 415', async () => {
  await using it = await receiver();
  const body = encodeRequest2([one(up)]);
  const f = async (more: Record<string, string>) => expect(await it.send(body, more)).toMatchObject({ status: 415 });
  await f({ 'content-type': 'application/json' });
  await f({ 'content-type': 'image/png' });
  await f({ 'content-type': 'application/x-protobuf;proto=io.prometheus.write.v3.Request' });
  await f({ 'content-encoding': 'gzip' });
  await f({ 'content-encoding': 'deflate' });
  const quoted = 'application/x-protobuf; proto="io.prometheus.write.v2.Request"';
  expect(await it.send(body, { 'content-type': quoted })).toEqual(ok([1, 0, 0]));
  // Read as version 1.0 the body holds nothing that is known there.
  expect(await it.send(body, { 'content-type': 'application/x-protobuf' })).toMatchObject({ status: 204 });
  expect(it.sink.sampleLines()).toHaveLength(1);
  expect(imbalance(it.sink.ledger)).toEqual([]);
});

test('F30: symbols and references that break the rules are refused, never misread', async () => {
  await using it = await receiver();
  const f = async (body: Uint8Array, words: RegExp) => {
    const answer = await it.send(body);
    expect(answer).toMatchObject({ status: 400, written: [0, 0, 0] });
    expect(answer.text).toMatch(words);
  };
  const withRefs = (...refs: number[]) => encodeRequest2([{ ...one({}), refs }], ['', '__name__', 'up']);
  await f(encodeRequest2([one(up)], ['not empty']), /symbols\[0\] is not empty/);
  await f(withRefs(1, 999), /bad_symbol_reference .*symbol 999, and the request has 3/);
  await f(withRefs(1, 2, 1), /labels_refs has 3 entries/);
  await f(withRefs(...Array(10_000).fill(0)), /labels_refs has 10000 entries, at most 4096/);
  await f(withRefs(1, 2, 1, 2), /duplicate_label/);
  await f(withRefs(1, 2, 0, 2), /empty_label_name/);
  expect(imbalance(it.sink.ledger)).toEqual([]);
});

test('F30: bombs, framed snappy and truncated bodies are refused quickly, with nothing written', async () => {
  await using it = await receiver({ receive: { decodedBytesMax: 1_000_000 } });
  const whole = encodeRequest2([one(up)]);
  const f = async (body: Uint8Array, status: number) =>
    expect(await it.send(body)).toMatchObject({ status, written: [0, 0, 0] });
  await f(Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f]), 413);
  await f(snappy(Buffer.alloc(2_000_000)), 413);
  await f(Buffer.from('ff060000734e61507059', 'hex'), 400);
  await f(whole.subarray(0, whole.length - 3), 400);
  await f(snappy(requestBytes([one(up)]).subarray(0, 30)), 400);
  const corrupt = Buffer.from(whole);
  corrupt[0] = 0x30;
  await f(corrupt, 400);
  const unknown = Buffer.concat([requestBytes([one(up)]), Buffer.from([0x78, 0x05])]);
  expect(await it.send(snappy(unknown))).toEqual(ok([1, 0, 0]));
  expect(imbalance(it.sink.ledger)).toEqual([]);
  expect(it.sink.budget.usedBytes).toBe(0);
});

test('when the store refuses, nothing is said to be written and the sender may try again', async () => {
  await using it = await receiver();
  it.sink.failure = new Refusal('disk is full', { code: 'STORE_FULL', retryAfterSeconds: 30 });
  expect(await it.write([one(up)])).toMatchObject({ status: 503, written: [0, 0, 0] });
  expect(imbalance(it.sink.ledger)).toEqual([]);
});

test('when the store takes only some of a large request, the headers and the books say how much', async () => {
  await using it = await receiver();
  const { write } = it.sink;
  let batches = 0;
  Object.assign(it.sink, {
    write: (batch: Parameters<typeof write>[0]) => {
      it.sink.failure = ++batches === 2 ? new Refusal('queue is full', { code: 'STORE_BUSY' }) : undefined;
      return write(batch);
    },
  });
  const many = Array.from({ length: 25_000 }, (_, i) => one({ __name__: 'm', i: String(i) }));
  expect(await it.write(many)).toMatchObject({ status: 503, written: [15_000, 0, 0] });
  const [entry] = it.sink.ledger.entries();
  expect([entry?.stored, entry?.rejected.get('store_busy')?.count]).toEqual([15_000, 10_000]);
  expect(imbalance(it.sink.ledger)).toEqual([]);
});

test('requests at the same time do not see each other', async () => {
  await using it = await receiver();
  const bodies = Array.from({ length: 40 }, (_, i) =>
    Array.from({ length: 200 }, (_, n) => one({ __name__: `m${i}`, n: String(n) }, i)),
  );
  const answers = await Promise.all(bodies.map((series) => it.write(series)));
  expect(answers.every(({ status, written }) => status === 204 && written[0] === 200)).toBe(true);
  const lines = it.sink.sampleLines();
  expect(new Set(lines).size).toBe(40 * 200);
  expect(lines.every((line) => /^m(\d+)\{.*\} \1 @/.test(line))).toBe(true);
});

test('F29: past the series limit known series are written and counted, and the answer is 429', async () => {
  const onSeriesLimit = () => new Refusal('store.seriesMax is 1', { code: 'SERIES_LIMIT' });
  await using it = await receiver({ seriesMax: 1, onSeriesLimit });
  await it.write([one(up)]);
  expect(await it.write([one(up), one({ __name__: 'b' })])).toMatchObject({ status: 429, written: [1, 0, 0] });
});

test('damaged requests never crash, and never count more than they held', async () => {
  await using it = await receiver();
  const exemplars = [{ labels: { trace_id: 'a' }, value: 1, timeMs: now }];
  const series = { ...one(up), exemplars, metadata: { type: 1, help: 'h', unit: 'u' } };
  const body = requestBytes([series, { labels: { __name__: 'h' }, histograms: [histogram({ positive: true })] }]);
  for (let at = 0; at < body.length; at++) {
    for (const bit of [1, 8, 128]) {
      const copy = Buffer.from(body);
      copy[at] = (copy[at] ?? 0) ^ bit;
      const { status, written } = await it.send(snappy(copy));
      expect([204, 400]).toContain(status);
      expect(written.every((count) => (count ?? 9) <= 2)).toBe(true);
    }
  }
  expect(imbalance(it.sink.ledger)).toEqual([]);
});
