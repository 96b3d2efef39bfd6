import { expect, test } from 'vitest';
import { startProduct } from '../kit/product.ts';
import { until } from '../kit/until.ts';

test('the product answers the calls of Grafana’s Tempo data source at its address', async () => {
  await using product = await startProduct();
  const tempo = `${product.url}/tempo/api`;
  const startNs = BigInt(Date.now() - 5_000) * 1_000_000n;
  const span = {
    traceId: 'a'.repeat(32),
    spanId: 'b'.repeat(16),
    name: 'GET /',
    kind: 2,
    startTimeUnixNano: String(startNs),
    endTimeUnixNano: String(startNs + 1_000_000n),
  };
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'web' } }] };
  const sent = await fetch(`${product.otlpHttp}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] }),
  });
  expect(sent.status).toBe(200);

  expect(await (await fetch(`${tempo}/echo`)).text()).toBe('echo');
  const seconds = Math.floor(Date.now() / 1000);
  const q = encodeURIComponent('{ resource.service.name = "web" }');
  const search = async () => {
    const answer = await fetch(`${tempo}/search?q=${q}&limit=20&spss=3&start=${seconds - 60}&end=${seconds + 60}`);
    return ((await answer.json()) as { traces: { traceID: string }[] }).traces;
  };
  await until(async () => (await search()).length === 1, 10_000, 'the trace in a search');
  expect((await search())[0]?.traceID).toBe(span.traceId);
  const trace = await fetch(`${tempo}/traces/${span.traceId}?start=${seconds - 60}&end=${seconds + 60}`, {
    headers: { accept: 'application/protobuf' },
  });
  expect(trace.headers.get('content-type')).toMatch(/application\/protobuf/);
  expect(Buffer.from(await trace.arrayBuffer()).includes('GET /')).toBe(true);
  const rate = encodeURIComponent('{ resource.service.name = "web" } | rate() by (name)');
  const series = await fetch(
    `${tempo}/metrics/query_range?q=${rate}&start=${seconds - 60}&end=${seconds + 60}&step=10s&exemplars=100`,
  );
  expect(await series.json()).toMatchObject({
    series: [{ labels: [{ key: 'name', value: { stringValue: 'GET /' } }] }],
  });
});
