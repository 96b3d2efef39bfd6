/** Farol goes away while somebody looks, and comes back. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Product, startProduct } from '../kit/product.ts';
import { openBrowser, visit } from './browser.ts';
import { sendShop } from './telemetry.ts';

let product: Product;
let browser: Browser;

beforeAll(async () => {
  product = await startProduct();
  browser = await openBrowser();
  await sendShop(product.otlpHttp, Date.now());
});

afterAll(async () => {
  await browser?.close();
  await product?.[Symbol.asyncDispose]();
});

test('a Farol that is away is said once, and the page goes on by itself when it is back', async () => {
  const { page } = await visit(browser, `${product.url}/logs`);
  const line = page.getByText('order received').first();
  await line.waitFor();
  const api = '**/api/**';
  await page.route(api, (route) => route.abort('connectionrefused'));
  await page.getByRole('button', { name: 'info' }).first().click();
  const banner = page.locator('.banner', { hasText: 'Farol does not answer' });
  await banner.waitFor();
  // What was shown is still there, and no view repeats what the banner says.
  expect(await line.isVisible()).toBe(true);
  expect(await page.getByText('This could not be loaded').count()).toBe(0);
  await page.unroute(api);
  await banner.waitFor({ state: 'detached' });
  await page.locator('.facet-value[data-on]', { hasText: 'info' }).waitFor();
  await line.waitFor();
});

test('a page that was never opened waits for Farol, too, and "Try again" asks at once', async () => {
  const { page } = await visit(browser, product.url);
  await page.getByRole('link', { name: 'shop-api' }).first().waitFor();
  await product.stop();
  await page.getByRole('link', { name: 'Traces', exact: true }).click();
  const banner = page.locator('.banner', { hasText: 'Farol does not answer' });
  await banner.waitFor();
  expect(await page.getByText('This could not be loaded').count()).toBe(0);
  await product.start();
  await banner.getByRole('button', { name: 'Try again' }).click();
  await page.locator('.trace-row').first().waitFor();
  await banner.waitFor({ state: 'detached' });
});
