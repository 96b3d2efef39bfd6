/** LogQL and TraceQL in the explorers, and the way from an answer to what it cost. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Product, startProduct } from '../kit/product.ts';
import { openBrowser, visit } from './browser.ts';
import { type Shop, sendShop } from './telemetry.ts';

let product: Product;
let browser: Browser;
let shop: Shop;

beforeAll(async () => {
  product = await startProduct();
  browser = await openBrowser();
  shop = await sendShop(product.otlpHttp, Date.now());
});

afterAll(async () => {
  await browser?.close();
  await product?.[Symbol.asyncDispose]();
});

async function write(page: Page, text: string): Promise<void> {
  await page.locator('.cm-content').click();
  await page.keyboard.press('Control+a');
  // What is typed is not helped along: completion and closing brackets would change it.
  await page.keyboard.insertText(text);
  await page.keyboard.press('Control+Enter');
}

test('the filters go on as TraceQL, and its answer leads to the trace', async () => {
  const { page, complaints } = await visit(browser, `${product.url}/traces?service=${shop.service}&status=error`);
  await page.getByText('TraceQL').click();
  await page.waitForURL(/q=/);
  expect(new URL(page.url()).searchParams.get('q')).toBe(
    `{ resource.service.name = "${shop.service}" && status = error }`,
  );
  await page.locator(`a[href*="${shop.failingTraceIds[0]}"]`).first().click();
  await page.waitForURL(/\/traces\/[0-9a-f]{32}/);
  expect(complaints).toEqual([]);
});

test('LogQL answers with lines, and with a chart when it counts them', async () => {
  const { page, complaints } = await visit(browser, `${product.url}/logs?service=${shop.service}`);
  await page.getByText('LogQL').click();
  await page.waitForURL(/q=/);
  await page.locator('.log-row').first().waitFor();
  await write(page, `sum by (detected_level) (count_over_time({service_name="${shop.service}"}[1m]))`);
  await page.locator('.legend').getByText('error').first().waitFor();
  expect(complaints).toEqual([]);
});

test('TraceQL answers with a chart when it computes', async () => {
  const query = encodeURIComponent('{ } | count_over_time() by (resource.service.name)');
  const { page, complaints } = await visit(browser, `${product.url}/traces?q=${query}`);
  await page.locator('.legend').getByText(shop.service).first().waitFor();
  expect(complaints).toEqual([]);
});

test('a click on a value of a line goes into its LogQL query', async () => {
  const query = encodeURIComponent(`{service_name="${shop.service}"}`);
  const { page, complaints } = await visit(browser, `${product.url}/logs?q=${query}`);
  await page.locator('.log-line').first().click();
  const row = page.locator('.attributes tr', { hasText: 'trace_id' }).first();
  const traceId = await row.locator('td.mono').textContent();
  await row.hover();
  await row.getByRole('button', { name: 'Only with this value' }).click();
  await page.waitForURL(/trace_id/);
  expect(new URL(page.url()).searchParams.get('q')).toBe(`{service_name="${shop.service}"} | trace_id="${traceId}"`);
  await page.locator('.log-row').first().waitFor();
  expect(complaints).toEqual([]);
});

test('a fixed range and a trace are asked for again when the reader says so', async () => {
  const { page } = await visit(browser, `${product.url}/traces/${shop.failingTraceIds[0]}`);
  await page.getByRole('tree').waitFor();
  const again = page.waitForResponse(/\/api\/traces\//);
  await page.getByLabel('Refresh now').click();
  expect((await again).status()).toBe(200);
});

test('what cannot be read says why, where it stands', async () => {
  const { page } = await visit(browser, `${product.url}/traces?q=${encodeURIComponent('{ status = }')}`);
  await page
    .getByRole('alert')
    .getByText(/parse error at line 1, col 12/)
    .waitFor();
  await page.locator('.cm-lintRange-error').waitFor();
});

test('an answer leads to its SQL', async () => {
  const { page, complaints } = await visit(browser, `${product.url}/logs?text=order`);
  await page.getByRole('link', { name: 'Inspect' }).click();
  await page.waitForURL(/\/queries\?/);
  await page.getByText('Asked the store').first().waitFor();
  await page.getByText('SQL', { exact: true }).first().click();
  await page
    .getByText(/FROM logs/)
    .first()
    .waitFor();
  await page.getByRole('link', { name: 'All queries' }).click();
  await page.getByText('/api/logs text=order').first().waitFor();
  // Every open page asks for the status; those who look at queries are not shown that until they ask.
  const polls = page.locator('.queries-table').getByText('GET /api/status');
  expect(await polls.count()).toBe(0);
  await page.getByLabel("With Farol's own polls").click();
  await polls.first().waitFor();
  expect(complaints).toEqual([]);
});
