import type { QueriesAnswer, QueryAnswer } from '@farol/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Product, startProduct } from '../kit/product.ts';

let product: Product;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product[Symbol.asyncDispose]());

const idOf = (response: Response): string =>
  /traceparent;desc="00-([0-9a-f]{32})-/.exec(response.headers.get('server-timing') ?? '')?.[1] ?? '';

async function inquiryOf(id: string, tenant = 'main'): Promise<{ status: number; body: QueryAnswer }> {
  const response = await fetch(`${product.url}/api/queries/${id}`, { headers: { 'x-scope-orgid': tenant } });
  return { status: response.status, body: (await response.json()) as QueryAnswer };
}

test('an answer names itself, and the SQL behind it can be read', async () => {
  const answer = await fetch(`${product.url}/api/logs?text=needle`);
  await answer.text();
  const { status, body } = await inquiryOf(idOf(answer));
  expect(status).toBe(200);
  expect(body.name).toBe('GET /api/logs');
  expect(body.attributes['url.query']).toBe('text=needle');
  const sql = body.steps.find(({ name }) => name === 'store.query');
  expect(sql?.attributes['db.query.text']).toMatch(/FROM logs/);
  expect(sql?.durationMs).toBeGreaterThan(0);
  expect(body.durationMs).toBeGreaterThanOrEqual(sql?.durationMs ?? Number.POSITIVE_INFINITY);
});

test('a PromQL question sent as a form is kept with its text and its steps', async () => {
  const body = new URLSearchParams({ query: 'sum(rate(nothing_total[5m]))' });
  const answer = await fetch(`${product.url}/prometheus/api/v1/query`, { method: 'POST', body });
  await answer.text();
  const { body: inquiry } = await inquiryOf(idOf(answer));
  const step = inquiry.steps.find(({ name }) => name === 'query.promql');
  expect(step?.attributes['farol.seriesRead']).toBe(0);
  expect(inquiry.question).toBe('sum(rate(nothing_total[5m]))');
});

test('another tenant sees neither the list nor the question', async () => {
  const answer = await fetch(`${product.url}/api/services`, { headers: { 'x-scope-orgid': 'ours' } });
  await answer.text();
  expect((await inquiryOf(idOf(answer), 'ours')).status).toBe(200);
  expect((await inquiryOf(idOf(answer))).status).toBe(404);
  const theirs = (await (await fetch(`${product.url}/api/queries`)).json()) as QueriesAnswer;
  expect(theirs.queries.map(({ id }) => id)).not.toContain(idOf(answer));
});
