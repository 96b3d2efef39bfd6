import { expect, test } from 'vitest';
import { startProduct } from '../kit/product.ts';
import { until } from '../kit/until.ts';
import { bookings, otlpJson } from './spans.ts';

test('spans of every tenant are counted, and an orderly stop loses none of the counts', async () => {
  await using product = await startProduct();
  const spans = bookings(5, { seed: 3, startMs: Date.now() - 1_000 });
  const answer = await fetch(`${product.otlpHttp}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-scope-orgid': 'team' },
    body: otlpJson(spans),
  });
  expect(answer.status, await answer.text()).toBe(200);
  // Farol's own spans are written once a second.
  const known = async () => (await (await fetch(`${product.url}/jaeger/api/services`)).json()) as { data: string[] };
  await until(async () => (await known()).data.includes('farol'), 20_000, 'the spans of Farol');
  expect((await product.stop()).code).toBe(0);
  await product.start();
  const ask = async (query: string, tenant: string): Promise<{ value: [number, string] }[]> => {
    const url = `${product.url}/prometheus/api/v1/query?query=${encodeURIComponent(query)}`;
    const reply = await fetch(url, { headers: { 'x-scope-orgid': tenant } });
    return ((await reply.json()) as { data: { result: { value: [number, string] }[] } }).data.result;
  };
  expect((await ask('sum(traces_spanmetrics_calls_total)', 'team'))[0]?.value[1]).toBe(String(spans.length));
  expect((await ask('traces_spanmetrics_calls_total{service="bookings"}', 'main')).length).toBe(0);
  const own = await ask('traces_spanmetrics_calls_total{service="farol",span_kind="SPAN_KIND_SERVER"}', 'main');
  expect(own.length).toBeGreaterThan(0);
});
