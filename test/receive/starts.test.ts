/** A counter that began within the range counts from zero, whoever tells when it began. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { AggregationTemporality, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { all, family, labelled, timestamp } from '../../server/src/receive/scrape/testing/families.ts';
import { type Product, startProduct } from '../kit/product.ts';
import { until } from '../kit/until.ts';
import { type Folder, freshFolder } from '../prometheus/programs.ts';
import { encodeRequest2, headers2 } from './write2.ts';

const startedMs = Date.now() - 60_000;
const openMetrics = `# TYPE orders counter
orders_total 9
orders_created ${startedMs / 1000}
# TYPE sizes histogram
sizes_bucket{le="1.0"} 4
sizes_bucket{le="+Inf"} 7
sizes_count 7
sizes_sum 20
sizes_created ${startedMs / 1000}
# EOF
`;
const protobuf = family(
  { name: 'orders_total', type: 'counter' },
  all(labelled({}), (into) => into.message(3, (counter) => counter.double(1, 9).message(3, timestamp(startedMs)))),
);

let folder: Folder;
let target: Server;
let product: Product;

beforeAll(async () => {
  target = createServer((request, response) => {
    const isText = request.url === '/text';
    const type = isText
      ? 'application/openmetrics-text; version=1.0.0'
      : 'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited';
    response.writeHead(200, { 'content-type': type }).end(isText ? openMetrics : protobuf);
  });
  target.listen(0, '127.0.0.1');
  await new Promise((resolve) => target.once('listening', resolve));
  const address = `127.0.0.1:${(target.address() as AddressInfo).port}`;
  folder = freshFolder();
  const config = folder.file(
    'prometheus.yml',
    `
global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs:
  - { job_name: text, metrics_path: /text, static_configs: [{ targets: ['${address}'] }] }
  - { job_name: protobuf, scrape_protocols: [PrometheusProto], static_configs: [{ targets: ['${address}'] }] }`,
  );
  product = await startProduct({ flags: ['--scrape-config', config] });
});

afterAll(async () => {
  await product?.[Symbol.asyncDispose]();
  target?.close();
  folder?.[Symbol.dispose]();
});

/** `anchored` does not guess what happened beyond the samples: what is answered is what was counted. */
async function increaseOf(series: string): Promise<number | undefined> {
  const query = `increase(${series}[5m] anchored)`;
  const reply = await fetch(`${product.url}/prometheus/api/v1/query?${new URLSearchParams({ query })}`);
  const { data } = (await reply.json()) as { data: { result: { value: [number, string] }[] } };
  const [one] = data.result;
  return one && Number(one.value[1]);
}

async function counts(series: string, value: number): Promise<void> {
  await until(async () => (await increaseOf(series)) !== undefined, 20_000, series);
  expect(await increaseOf(series), series).toBe(value);
}

test('scraped as text or as protobuf', async () => {
  await counts('orders_total{job="text"}', 9);
  await counts('orders_total{job="protobuf"}', 9);
  await counts('sizes_bucket{job="text",le="1.0"}', 4);
  await counts('sizes_sum{job="text"}', 20);
});

test('by remote write 2.0', async () => {
  const labels = { __name__: 'orders_total', job: 'written' };
  const body = encodeRequest2([{ labels, samples: [{ value: 9, timeMs: Date.now(), startMs: startedMs }] }]);
  const answer = await fetch(`${product.url}/prometheus/api/v1/write`, { method: 'POST', body, headers: headers2 });
  expect(answer.status).toBe(204);
  await counts('orders_total{job="written"}', 9);
});

test.each(['CUMULATIVE', 'DELTA'] as const)('by the OpenTelemetry SDK, %s', async (temporality) => {
  const exporter = new OTLPMetricExporter({
    url: `${product.otlpHttp}/v1/metrics`,
    temporalityPreference: AggregationTemporality[temporality],
  });
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 600_000 });
  const resource = resourceFromAttributes({ 'service.name': temporality });
  const provider = new MeterProvider({ resource, readers: [reader] });
  const counter = provider.getMeter('shop').createCounter('orders');
  for (let round = 0; round < 3; round++) {
    counter.add(3);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await reader.forceFlush();
  }
  await provider.shutdown();
  await counts(`orders_total{job="${temporality}"}`, 9);
});
