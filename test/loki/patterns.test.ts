/** Templates of more lines than are read one by one. */
import { expect, test } from 'vitest';
import { startProduct } from '../kit/product.ts';

const pushes = 10;
const linesPerPush = 3000;
const startMs = Math.floor((Date.now() - 900_000) / 600_000) * 600_000;

test('a line that was said once among thirty thousand has its template, and the counts are exact', async () => {
  await using product = await startProduct();
  for (let push = 0; push < pushes; push++) {
    const values = Array.from({ length: linesPerPush }, (_, i) => [
      `${startMs + push * 30_000 + i}000000`,
      i % 3 === 0 ? `payment ${i} refused by bank-${push}x` : `order ${push}-${i} took ${i % 97} ms`,
    ]);
    if (push === 4) values.push([`${startMs + 125_000}000000`, 'disk of node 7 is dying']);
    const answer = await fetch(`${product.url}/loki/api/v1/push`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ streams: [{ stream: { app: 'shop' }, values }] }),
    });
    expect(answer.status).toBe(204);
  }
  // What was counted is written when Farol stops.
  await product.stop();
  await product.start();
  const range = { start: `${startMs}000000`, end: `${startMs + 600_000}000000`, step: '1m' };
  const asked = new URLSearchParams({ query: '{app="shop"}', ...range });
  const { data } = (await (await fetch(`${product.url}/loki/api/v1/patterns?${asked}`)).json()) as {
    data: { pattern: string; samples: [seconds: number, count: number][] }[];
  };
  const totals = Object.fromEntries(
    data.map(({ pattern, samples }) => [pattern, samples.reduce((sum, [, count]) => sum + count, 0)]),
  );
  expect(totals).toEqual({
    'order <_> took <_> ms': (pushes * linesPerPush * 2) / 3,
    'payment <_> refused by bank-<_>x': (pushes * linesPerPush) / 3,
    'disk of node <_> is dying': 1,
  });
  const rare = data.find(({ pattern }) => pattern.startsWith('disk'));
  expect(rare?.samples).toEqual([[startMs / 1000 + 120, 1]]);
});
