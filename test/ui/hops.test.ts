/** The investigation path of the first catalogue (alert → metric → trace → log, and back), by clicks alone. */
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
  shop = await sendShop(product.otlpHttp, Date.now());
  browser = await openBrowser();
});

afterAll(async () => {
  await browser?.close();
  await product?.[Symbol.asyncDispose]();
});

test('from the error panel to the failing request, its span, its logs, and from a log line back to the trace', async () => {
  const { page, complaints } = await visit(browser, product.url);

  await page.getByRole('link', { name: shop.service }).first().click();
  await page.getByRole('heading', { name: shop.service }).waitFor();

  // Metric → trace: a failing request is a point on the error panel.
  const errors = page.getByLabel('Chart: Errors');
  const point = errors.locator('.chart-point[data-failed]').first();
  expect(await point.getAttribute('aria-label')).toContain('POST /orders');
  await point.click();
  await page.waitForURL(/\/traces\/[0-9a-f]{32}/);
  const traceId = /\/traces\/([0-9a-f]{32})/.exec(page.url())?.[1] ?? '';
  expect(shop.failingTraceIds).toContain(traceId);

  // Trace: the failing span is named, marked, and in view; the time is told per component.
  await expectSelectedFailing(page);
  expect(await shareOf(page, 'postgresql')).toBeGreaterThan(0.5);
  expect(await page.getByText('mail.example.com').first().isVisible()).toBe(true);
  await page.getByRole('region', { name: 'Stack trace' }).getByText('Orders.place').waitFor();

  // Trace → log: of the span, then of the trace.
  await page.getByRole('treeitem', { name: shop.failingSpan }).click();
  await page.getByRole('tab', { name: 'Logs of this span' }).click();
  await page.getByText(shop.errorLog).waitFor();
  expect(await page.locator('.trace-log').count()).toBe(1);
  await page.getByRole('tab', { name: 'Logs of the trace' }).click();
  await page.getByText('order received').waitFor();
  expect(await page.locator('.trace-log').count()).toBe(3);

  // Log → trace: the line's chip opens the trace beside the logs.
  await page.getByRole('link', { name: 'See in Logs' }).click();
  await page.waitForURL(/\/logs\?/);
  const line = page.locator('.log', { hasText: shop.errorLog });
  await line.waitFor();
  expect(await page.locator('.log').count()).toBe(3);
  await line.locator('.log-chip').click();
  const beside = page.locator('.logs-beside');
  await beside.getByText('Failed here').first().waitFor();
  expect(await page.locator('.log', { hasText: shop.errorLog }).isVisible()).toBe(true);
  await beside.getByLabel('Open the whole page').click();
  await page.waitForURL(new RegExp(`/traces/${traceId}`));

  expect(complaints).toEqual([]);
});

test('the failing requests of the window are listed, each a link to its trace', async () => {
  const { page } = await visit(browser, `${product.url}/services/${shop.service}`);
  const failing = page.locator('.failing-requests .failing-row');
  await failing.first().waitFor();
  expect(await failing.count()).toBeGreaterThanOrEqual(5);
  expect(await failing.first().textContent()).toContain('deadlock detected');
  await failing.first().click();
  await page.waitForURL(/\/traces\//);
  await expectSelectedFailing(page);
});

test('deploys and error bursts are marks on the charts, and the verdict is a sentence', async () => {
  const { page } = await visit(browser, `${product.url}/services/${shop.service}`);
  const latency = page.getByLabel('Chart: Latency');
  await latency.getByLabel('Deploy 1.1.0').waitFor();
  await page
    .getByLabel('Chart: Errors')
    .getByLabel(/^Error burst: up to/)
    .first()
    .waitFor();
  expect(await page.locator('.verdict').textContent()).toMatch(/POST \/orders is failing.*% of requests/);
});

test('a brush zooms every chart and the address; a double click goes back', async () => {
  const { page } = await visit(browser, `${product.url}/services/${shop.service}`);
  const plot = page.getByLabel('Chart: Rate').locator('.chart-plot');
  const box = await plot.boundingBox();
  if (!box) throw new Error('the chart has no box');
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width * 0.4, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.9, y, { steps: 5 });
  await page.mouse.up();
  await page.waitForURL(/from=\d{13}&to=\d{13}/);
  const query = new URL(page.url()).searchParams;
  expect(Number(query.get('to')) - Number(query.get('from'))).toBeCloseTo(450_000, -4);
  await plot.dblclick();
  await page.waitForURL((url) => !url.searchParams.has('from'));
});

test('range and filters travel with every click', async () => {
  const { page } = await visit(browser, `${product.url}/services/${shop.service}?from=now-1h&env=prod`);
  await page.getByRole('link', { name: 'All logs of this service' }).first().click();
  await page.waitForURL(/\/logs/);
  expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({
    from: 'now-1h',
    env: 'prod',
    service: shop.service,
  });
  await page.getByRole('link', { name: 'Traces', exact: true }).click();
  await page.waitForURL(/\/traces/);
  expect(new URL(page.url()).searchParams.get('from')).toBe('now-1h');
});

test('the palette opens a service, and a trace by its id', async () => {
  const { page } = await visit(browser, product.url);
  await page.getByRole('link', { name: shop.service }).first().waitFor();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('shop');
  await page.getByRole('option', { name: shop.service }).waitFor();
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/services\/shop-api/);
  await page.keyboard.press('Control+k');
  await page.keyboard.type(shop.failingTraceIds[0] ?? '');
  await page.getByRole('option', { name: /Open trace/ }).click();
  await page.waitForURL(new RegExp(`/traces/${shop.failingTraceIds[0]}`));
});

async function expectSelectedFailing(page: Page): Promise<void> {
  const row = page.locator('.span-row[data-failing]');
  await row.waitFor();
  expect(await row.textContent()).toContain('Failed here');
  expect(await row.textContent()).toContain(shop.failingSpan);
  expect(await row.getAttribute('aria-selected')).toBe('true');
  const [box, height] = [await row.boundingBox(), page.viewportSize()?.height ?? 0];
  expect(box && box.y > 0 && box.y + box.height < height).toBe(true);
}

async function shareOf(page: Page, name: string): Promise<number> {
  const text = await page.locator('.time-bar-legend li', { hasText: name }).first().textContent();
  return Number(/([\d.]+)%/.exec(text ?? '')?.[1] ?? 0) / 100;
}
