/** The protobuf exposition: a target of ours with native histograms, and Debian's Prometheus as a target. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type HistogramSink,
  parseSeries,
  protobufParser,
  textParser,
} from '../../server/src/receive/scrape/exposition/index.ts';
import { all, exemplar, family, labelled, nativeHistogram } from '../../server/src/receive/scrape/testing/families.ts';
import { type Product, startProduct } from '../kit/product.ts';
import { until } from '../kit/until.ts';
import { type Folder, freePort, freshFolder, isInstalled, run } from './programs.ts';

const protobufType = 'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited';
const traceId = '0af7651916cd43dd8448eb211c80319c';

let product: Product;
let folder: Folder;
const accepts = new Map<string, string>();
let scrapes = 0;
const target = createServer((request, response) => {
  accepts.set(request.url ?? '', request.headers.accept ?? '');
  response.writeHead(200, { 'content-type': protobufType }).end(exposed());
});
let prometheusPort: number;

beforeAll(async () => {
  target.listen(0, '127.0.0.1');
  await new Promise((resolve) => target.once('listening', resolve));
  prometheusPort = await freePort();
  folder = freshFolder();
  const address = `127.0.0.1:${(target.address() as AddressInfo).port}`;
  const config = folder.file(
    'prometheus.yml',
    `
global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs:
  - { job_name: native, scrape_native_histograms: true, static_configs: [{ targets: ['${address}'] }] }
  - { job_name: both, scrape_native_histograms: true, always_scrape_classic_histograms: true, metrics_path: /both, static_configs: [{ targets: ['${address}'] }] }
  - { job_name: classic, scrape_protocols: [PrometheusText0.0.4, PrometheusProto], metrics_path: /classic, static_configs: [{ targets: ['${address}'] }] }
  - { job_name: prometheus, scrape_protocols: [PrometheusProto], static_configs: [{ targets: ['127.0.0.1:${prometheusPort}'] }] }`,
  );
  product = await startProduct({ flags: ['--scrape-config', config] });
});

afterAll(async () => {
  await product?.[Symbol.asyncDispose]();
  target.close();
  folder?.[Symbol.dispose]();
});

function exposed(): Buffer {
  const n = ++scrapes;
  const traced = exemplar({ trace_id: traceId }, 1.5, Date.now());
  const bucket = all(
    (into) => into.message(3, (b) => b.varint(1, n).double(2, 2)),
    (into) => into.message(16, traced),
  );
  return Buffer.concat([
    family(
      { name: 'orders_total', type: 'counter', help: 'Orders.' },
      all(labelled({ plan: 'pro' }), (into) => into.message(3, (c) => c.double(1, n))),
    ),
    family(
      { name: 'latency_seconds', type: 'histogram', help: 'Latency.' },
      all(labelled({ route: '/a' }), (into) => into.message(7, all(nativeHistogram([n, 0]), bucket))),
    ),
  ]);
}

interface Sample {
  readonly metric: Record<string, string>;
  readonly value?: [number, string];
}

async function ask(query: string): Promise<Sample[]> {
  const reply = await fetch(`${product.url}/prometheus/api/v1/query?${new URLSearchParams({ query })}`);
  const { data, error } = (await reply.json()) as { data?: { result: Sample[] }; error?: string };
  if (!data) throw new Error(`${query}: ${error}`);
  return data.result;
}

const answers = (query: string) => async () => (await ask(query)).length > 0;
const numberOf = async (query: string) => Number((await ask(query))[0]?.value?.[1]);

test('native histograms are scraped, queried, and lead to their trace', async () => {
  await until(answers('rate(latency_seconds{job="native"}[10s])'), 30_000, 'a native histogram');
  // Every observation is in the bucket from 1 to 2, but for the one at zero.
  expect(await numberOf('histogram_quantile(0.9, latency_seconds{job="native"})')).toBeGreaterThan(1);
  expect(await numberOf('histogram_quantile(0.9, latency_seconds{job="native"})')).toBeLessThanOrEqual(2);
  expect(await ask('latency_seconds_bucket{job="native"}')).toEqual([]);
  expect(await numberOf('orders_total{job="native",plan="pro"}')).toBeGreaterThan(0);
  const end = Date.now() / 1000 + 5;
  const asked = new URLSearchParams({ query: 'latency_seconds', start: String(end - 60), end: String(end) });
  const found = await (await fetch(`${product.url}/prometheus/api/v1/query_exemplars?${asked}`)).text();
  expect(found).toContain(traceId);
  const metadata = await (await fetch(`${product.url}/prometheus/api/v1/metadata?metric=latency_seconds`)).json();
  expect(metadata).toMatchObject({ data: { latency_seconds: [{ type: 'histogram', help: 'Latency.' }] } });
});

test('a target is asked for what the job prefers, and classic buckets are taken when it wants them', async () => {
  await until(answers('latency_seconds_bucket{job="both",le="2.0"}'), 30_000, 'classic buckets');
  await until(answers('latency_seconds_bucket{job="classic",le="+Inf"}'), 30_000, 'classic buckets only');
  expect(await ask('histogram_count(latency_seconds{job="both"})')).toHaveLength(1);
  expect(await ask('histogram_count(latency_seconds{job="classic"})')).toEqual([]);
  expect(accepts.get('/metrics')).toMatch(
    /^application\/vnd\.google\.protobuf;proto=io\.prometheus\.client\.MetricFamily;encoding=delimited;q=0\.6,application\/openmetrics-text/,
  );
  expect(accepts.get('/classic')).toMatch(
    /^text\/plain;version=0\.0\.4;q=0\.3,application\/vnd\.google\.protobuf;.*;q=0\.2,\*\/\*;q=0\.1$/,
  );
});

describe.skipIf(!isInstalled('prometheus'))("Prometheus' own metrics", () => {
  test('are the same series by protobuf as by text, and are scraped', async () => {
    await using itself = run('prometheus', [
      `--config.file=${folder.file('empty.yml', '')}`,
      `--web.listen-address=127.0.0.1:${prometheusPort}`,
      `--storage.tsdb.path=${folder.path}/tsdb`,
    ]);
    const url = `http://127.0.0.1:${prometheusPort}`;
    await until(async () => (await fetch(`${url}/-/ready`).catch(() => undefined))?.ok === true, 30_000, 'Prometheus');
    const get = async (accept: string) => {
      const answer = await fetch(`${url}/metrics`, { headers: { accept } });
      return { type: answer.headers.get('content-type') ?? '', bytes: Buffer.from(await answer.arrayBuffer()) };
    };
    // The first answer counts itself only from the second on.
    await get('*/*');
    const text = await get('text/plain; version=0.0.4');
    const protobuf = await get(protobufType);
    expect(protobuf.type).toMatch(/^application\/vnd\.google\.protobuf/);
    const theirs = seriesOf((sink) => textParser(text.bytes.toString(), sink));
    const ours = seriesOf((sink) =>
      protobufParser(protobuf.bytes, sink, { native: false, classicToo: false, convert: false }),
    );
    expect(ours.length).toBeGreaterThan(200);
    expect(ours).toEqual(theirs);
    await until(answers('prometheus_build_info{job="prometheus"}'), 30_000, itself.output().slice(-1000));
    expect(await numberOf('up{job="prometheus"}')).toBe(1);
  });
});

function seriesOf(open: (sink: HistogramSink) => { read(stepsMax: number): boolean }): string[] {
  const found: string[] = [];
  const parser = open({
    series(text) {
      const labels = parseSeries(text, { loose: true });
      // The old text format writes 1 where the others write 1.0.
      found.push(
        labels.map((part, i) => (/^(le|quantile)$/.test(labels[i - 1] ?? '') ? Number(part) : part)).join(' '),
      );
      return {};
    },
    sample() {},
    histogram() {},
    type() {},
    help() {},
    unit() {},
  });
  while (!parser.read(1000));
  return found.sort();
}
