/** Remote read, asked by hand and by Debian's Prometheus, which answers its own users from what it reads here. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ProtoCursor, ProtoWriter } from '../../server/src/kit/index.ts';
import { limits, type NativeHistogram } from '../../server/src/model/index.ts';
import { snappy, snappyjs } from '../../server/src/receive/payloads.testing.ts';
import { readHistogram } from '../../server/src/receive/prometheus/histograms.ts';
import { until } from '../kit/until.ts';
import { openPrometheusApi, type PrometheusApi, samplesPerSeries } from './fixture.ts';
import { freePort, freshFolder, isInstalled, outputOf, run } from './programs.ts';

let api: PrometheusApi;
let url: string;

beforeAll(async () => {
  api = await openPrometheusApi();
  url = await api.app.listen({ host: '127.0.0.1', port: 0 });
  await writeMore(api);
});
afterAll(() => api[Symbol.asyncDispose]());

const common = { sum: 12.5, resetHint: 'unknown', negativeSpans: [0, 1], negativeCounts: [1] } as const;
const native: Record<string, NativeHistogram> = {
  native_whole: {
    ...common,
    schema: 3,
    count: 7,
    zeroThreshold: 1e-128,
    zeroCount: 1,
    positiveSpans: [-1, 2],
    positiveCounts: [3, 2],
    customBounds: [],
  },
  native_custom: {
    ...common,
    resetHint: 'gauge',
    schema: -53,
    count: 5.5,
    zeroThreshold: 0,
    zeroCount: 0,
    positiveSpans: [0, 2],
    positiveCounts: [2.5, 3],
    negativeSpans: [],
    negativeCounts: [],
    customBounds: [0.5, 1],
  },
};

/** Native histograms of whole and of broken counts, and a series that ends. */
async function writeMore({ store, endSeconds }: PrometheusApi): Promise<void> {
  const ref = (name: string) => store.series.intern('main', ['__name__', name]);
  const values = new Float64Array(2).fill(1);
  new Uint32Array(values.buffer).set([2, 0x7ff00000], 2);
  const timeMs = endSeconds * 1000;
  const timesMs = Float64Array.of(timeMs - 1000, timeMs);
  await store.write({
    tenant: 'main',
    samples: { count: 2, refs: new Int32Array(2).fill(ref('ended')), timesMs, values },
    histograms: Object.entries(native).map(([name, histogram]) => ({ ref: ref(name), timeMs, histogram })),
  });
}

const streamed = 'application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse';

interface Asked {
  readonly matchers: readonly (readonly [type: number, name: string, value: string])[];
  readonly accepted?: readonly number[];
}

function requestOf({ matchers, accepted = [] }: Asked) {
  const writer = new ProtoWriter().message(1, (query) => {
    query.varint(1, (api.endSeconds - 3600) * 1000).varint(2, (api.endSeconds + 60) * 1000);
    for (const [type, name, value] of matchers)
      query.message(3, (matcher) => matcher.varint(1, type).text(2, name).text(3, value));
  });
  if (accepted.length > 0) writer.packedVarints(2, accepted);
  const headers = { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' };
  return { query: snappy(writer.finish()), headers };
}

function read(asked: Asked, from = `${url}/prometheus`) {
  return post(requestOf(asked).query, `${from}/api/v1/read`);
}

async function post(body: Uint8Array, to = `${url}/prometheus/api/v1/read`) {
  const answer = await fetch(to, {
    method: 'POST',
    body: new Uint8Array(body),
    headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' },
  });
  return { status: answer.status, headers: answer.headers, bytes: Buffer.from(await answer.arrayBuffer()) };
}

/** The labels of each series, and how many samples of either kind it has. */
function seriesIn(block: Uint8Array) {
  const bytes = snappyjs.uncompress(block);
  const found: { labels: string; samples: number; histograms: NativeHistogram[]; lastWord: string }[] = [];
  eachField(bytes, (result) =>
    eachField(result, (series) => {
      const labels: string[] = [];
      const counts = { samples: 0, lastWord: '', histograms: [] as NativeHistogram[] };
      eachField(series, (inner, tag) => {
        if (tag === 0x0a) eachField(inner, (text) => labels.push(text.toString()));
        else if (tag === 0x12) {
          counts.samples++;
          counts.lastWord = Buffer.from(inner.subarray(1, 9)).reverse().toString('hex');
        } else counts.histograms.push(readHistogram(new ProtoCursor(inner), inner.length).histogram);
      });
      found.push({ labels: labels.join(' '), ...counts });
    }),
  );
  return found;
}

function eachField(bytes: Uint8Array, take: (inner: Buffer, tag: number) => void): void {
  const cursor = new ProtoCursor(bytes);
  while (cursor.at < bytes.length) {
    const tag = cursor.varint(bytes.length);
    if ((tag & 7) !== 2) {
      cursor.skip(tag, bytes.length);
      continue;
    }
    const end = cursor.message(bytes.length);
    take(Buffer.from(bytes.subarray(cursor.at, end)), tag);
    cursor.at = end;
  }
}

test('raw samples come back in the order of their labels, histograms and stale markers included', async () => {
  const { status, headers, bytes } = await read({
    matchers: [
      [2, '__name__', 'http_.*'],
      [1, 'code', '500'],
    ],
    accepted: [0, 1],
  });
  expect([status, headers.get('content-type'), headers.get('content-encoding')]).toEqual([
    200,
    'application/x-protobuf',
    'snappy',
  ]);
  expect(seriesIn(bytes).map(({ labels, samples }) => [labels, samples])).toEqual([
    ['__name__ http_requests_total code 200 instance a:80 job api', samplesPerSeries],
    ['__name__ http_requests_total code 200 instance b:80 job api', samplesPerSeries],
  ]);
  const others = seriesIn((await read({ matchers: [[2, '__name__', 'native_.*|ended']] })).bytes);
  expect(others).toEqual([
    { labels: '__name__ ended', samples: 2, histograms: [], lastWord: '7ff0000000000002' },
    { labels: '__name__ native_custom', samples: 0, histograms: [native.native_custom], lastWord: '' },
    { labels: '__name__ native_whole', samples: 0, histograms: [native.native_whole], lastWord: '' },
  ]);
});

test('what cannot be answered is refused in plain words', async () => {
  const f = async (answer: Awaited<ReturnType<typeof post>>, status: number, words: RegExp) => {
    expect(answer.status).toBe(status);
    expect(answer.bytes.toString()).toMatch(words);
  };
  await f(await read({ matchers: [[0, 'a', 'b']], accepted: [7] }), 400, /accept SAMPLES or STREAMED_XOR_CHUNKS/);
  await f(await read({ matchers: [[7, 'a', 'b']] }), 400, /matcher type 7/);
  await f(await read({ matchers: [[2, 'a', '(']] }), 400, /\(/);
  await f(await post(Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f])), 413, /decodes to/);
  await f(await post(Buffer.from('hello')), 400, /snappy|protobuf/);
  await f(await post(Buffer.alloc(2 * 1024 * 1024)), 413, /too large/i);
});

test('a stream is refused in words until it has begun', async () => {
  const refused = await read({ matchers: [[2, 'a', '(']], accepted: [1] });
  expect([refused.status, refused.headers.get('content-type')]).toEqual([400, 'text/plain; charset=utf-8']);
  const nothing = await read({ matchers: [[0, '__name__', 'nothing']], accepted: [1, 0] });
  expect([nothing.status, nothing.headers.get('content-type'), nothing.bytes.length]).toEqual([200, streamed, 0]);
});

test('a client that does not read on gives its slot back when its time is over', async () => {
  const columns = Float64Array.from({ length: 10_000 }).map(Math.random);
  const endless = async function* () {
    for (;;) yield [{ labels: ['__name__', 'x'], timesMs: columns.map((_, i) => i), values: columns }];
  };
  const metrics = { ...api.store.metrics, walk: endless };
  await using slow = await openPrometheusApi({ metrics, limits: { ...limits.query, msMax: 500, concurrencyMax: 1 } });
  const from = await slow.app.listen({ host: '127.0.0.1', port: 0 });
  const { query, headers } = requestOf({ matchers: [[0, '__name__', 'x']], accepted: [1] });
  const stalled = await fetch(`${from}/prometheus/api/v1/read`, {
    method: 'POST',
    body: new Uint8Array(query),
    headers,
  });
  expect(stalled.status).toBe(200);
  expect((await slow.get('query?query=1')).body.status).toBe('success');
  await expect(stalled.arrayBuffer()).rejects.toThrow('terminated');
});

describe.skipIf(!isInstalled('prometheus') || !isInstalled('promtool'))('beside Prometheus', () => {
  test('promtool gets through its remote_read what Farol holds', async () => {
    await using server = await startPrometheus(
      `remote_read: [{ url: '${url}/prometheus/api/v1/read', read_recent: true }]`,
    );
    const instant = (query: string) =>
      outputOf('promtool', ['query', 'instant', `--time=${api.endSeconds}`, server.url, query]);
    expect(await instant('sum by (code) (rate(http_requests_total[5m]))'), server.output()).toBe(
      `{code="200"} => 20 @[${api.endSeconds}]\n{code="500"} => 2 @[${api.endSeconds}]\n`,
    );
    expect(await instant('ended')).toBe('\n');
    const range = ['query', 'range', `--start=${api.endSeconds - 60}`, `--end=${api.endSeconds}`, '--step=15s'];
    const mine = await outputOf('promtool', [...range, `${url}/prometheus`, 'http_requests_total']);
    expect(await outputOf('promtool', [...range, server.url, 'http_requests_total'])).toBe(mine);
    expect(mine.match(/ @\[/g)).toHaveLength(4 * 5);
  });

  test('a stream of chunks is byte for byte what it streams of the same samples', async () => {
    await using server = await startPrometheus('', ['--web.enable-remote-write-receiver']);
    let result: Buffer = Buffer.alloc(0);
    const asked = { matchers: [[2, '__name__', 'http_requests_total|ended|native_whole']] } as const;
    // A result of a read is spelled as a write is.
    eachField(snappyjs.uncompress((await read(asked)).bytes), (written) => {
      result = written;
    });
    const { status, bytes } = await post(snappy(result), `${server.url}/api/v1/write`);
    expect([status, bytes.toString()]).toEqual([204, '']);
    const mine = await read({ ...asked, accepted: [1, 0] });
    const its = await read({ ...asked, accepted: [1, 0] }, server.url);
    expect([its.status, its.headers.get('content-type')]).toEqual([200, streamed]);
    expect([mine.status, mine.headers.get('content-type')]).toEqual([200, streamed]);
    expect(mine.bytes.toString('hex')).toBe(its.bytes.toString('hex'));
    expect(mine.bytes.length).toBeGreaterThan(500);
  });
});

interface Prometheus extends AsyncDisposable {
  readonly url: string;
  output(): string;
}

async function startPrometheus(config: string, flags: readonly string[] = []): Promise<Prometheus> {
  const folder = freshFolder();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const program = run('prometheus', [
    `--config.file=${folder.file('prometheus.yml', `${config}\n`)}`,
    `--web.listen-address=127.0.0.1:${port}`,
    `--storage.tsdb.path=${folder.path}/tsdb`,
    '--enable-feature=native-histograms',
    ...flags,
  ]);
  await until(async () => (await fetch(`${url}/-/ready`).catch(() => undefined))?.ok === true, 30_000, 'Prometheus');
  return {
    url,
    output: () => program.output().slice(-1000),
    async [Symbol.asyncDispose]() {
      await program[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}
