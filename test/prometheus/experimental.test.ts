import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Product, startProduct } from '../kit/product.ts';
import { encodeWriteRequest, remoteWriteHeaders, type SentSeries } from '../kit/remotewrite.ts';

/** Whole minutes; samples every minute, the last one at this time. */
const end = Math.floor(Date.now() / 60_000) * 60;
const minutes = 10;

function series(labels: Record<string, string>, value: (minute: number) => number): SentSeries {
  const samples = Array.from({ length: minutes + 1 }, (_, i) => {
    return { timeMs: (end - (minutes - i) * 60) * 1000, value: value(i) };
  });
  return { labels, samples };
}

const target = { job: 'shop', instance: 'a:80' };

let product: Product;
beforeAll(async () => {
  product = await startProduct();
  const sent = [
    series({ __name__: 'orders_total', ...target }, (i) => i * 6),
    series({ __name__: 'target_info', ...target, version: '2.1', region: 'sa' }, () => 1),
    ...['x', 'y', 'z'].map((pod) => series({ __name__: 'load', pod }, (i) => i)),
    series({ __name__: 'capacity', pod: 'x' }, () => 4),
    series({ __name__: 'bytes.sent', 'net.peer': 'db', __type__: 'counter', __unit__: 'By' }, (i) => i * 60),
  ];
  const body = encodeWriteRequest(sent);
  const reply = await fetch(`${product.url}/prometheus/api/v1/write`, {
    method: 'POST',
    headers: remoteWriteHeaders,
    body,
  });
  expect(reply.ok, await reply.text()).toBe(true);
});
afterAll(() => product?.[Symbol.asyncDispose]());

type Sample = readonly [labels: Record<string, string>, value: string];

async function ask(query: string, time = end): Promise<Sample[]> {
  const form = new URLSearchParams({ query, time: String(time) });
  const reply = await fetch(`${product.url}/prometheus/api/v1/query`, { method: 'POST', body: form });
  const { data, error } = (await reply.json()) as {
    data?: {
      resultType: string;
      result: [number, string] | { metric: Record<string, string>; value: [number, string] }[];
    };
    error?: string;
  };
  if (data === undefined) throw new Error(`${query}: ${error}`);
  if (data.resultType === 'scalar') return [[{}, String(data.result[1])]];
  return (data.result as { metric: Record<string, string>; value: [number, string] }[]).map(({ metric, value }) => [
    metric,
    value[1],
  ]);
}

test('the experimental syntax and functions of current Prometheus are answered over HTTP', async () => {
  const f = async (query: string, samples: readonly Sample[], time = end) =>
    expect(await ask(query, time), query).toEqual(samples);
  const none = {};
  await f('increase(orders_total[150s] anchored)', [[target, '18']]);
  await f('increase(orders_total[150s] smoothed)', [[target, '15']]);
  await f('orders_total smoothed', [[{ __name__: 'orders_total', ...target }, '57']], end - 30);
  await f('info(orders_total)', [[{ __name__: 'orders_total', ...target, version: '2.1', region: 'sa' }, '60']]);
  await f('info(rate(orders_total[5m]), {version=~".+"})', [[{ ...target, version: '2.1' }, '0.1']]);
  await f('increase(orders_total[2m+1m])', [[target, '18']]);
  await f('orders_total offset (step() + 1m)', [[{ __name__: 'orders_total', ...target }, '54']]);
  await f('load + on (pod) fill(0) capacity', [
    [{ pod: 'x' }, '14'],
    [{ pod: 'y' }, '10'],
    [{ pod: 'z' }, '10'],
  ]);
  await f('count(limitk(2, load))', [[none, '2']]);
  await f('count(limit_ratio(0.5, load) or limit_ratio(-0.5, load))', [[none, '3']]);
  await f('mad_over_time(load{pod="x"}[4m1s])', [[{ pod: 'x' }, '1']]);
  await f('ts_of_max_over_time(load{pod="x"}[5m]) - end()', [[{ pod: 'x' }, '0']]);
  await f(
    'sort_by_label(load, "pod")',
    ['x', 'y', 'z'].map((pod) => [{ __name__: 'load', pod }, '10']),
  );
  await f('start_timestamp(capacity)', [[{ pod: 'x' }, '0']]);
  await f('max_of(3, min_of(5, 4))', [[none, '4']]);
});

test('names in any script, and type and unit beside them, are selected, kept and dropped as names are', async () => {
  const labels = { 'net.peer': 'db' };
  const whole = { __name__: 'bytes.sent', __type__: 'counter', __unit__: 'By', ...labels };
  const f = async (query: string, samples: readonly Sample[]) => expect(await ask(query), query).toEqual(samples);
  await f('{"bytes.sent"}', [[whole, '600']]);
  await f('{"bytes.sent","net.peer"="db",__type__="counter"}', [[whole, '600']]);
  await f('{"bytes.sent",__unit__="s"}', []);
  await f('rate({"bytes.sent"}[5m])', [[labels, '1']]);
  await f('sum by ("net.peer") ({"bytes.sent"})', [[labels, '600']]);
  await f('sum by (__unit__) ({"bytes.sent"})', [[{ __unit__: 'By' }, '600']]);
});
