/** A trace of ten thousand spans is read, scrolled, searched and folded as one of ten. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Product, startProduct } from '../kit/product.ts';
import { openBrowser, visit } from './browser.ts';
import { idOf, sendSpans, wideTrace } from './telemetry.ts';

const count = 10_000;
const traceId = idOf('wide', 32);

let product: Product;
let browser: Browser;

beforeAll(async () => {
  product = await startProduct();
  const spans = wideTrace(traceId, count, Date.now() - 120_000);
  for (let i = 0; i < count; i += 1_000) {
    await sendSpans(product.otlpHttp, { service: 'importer' }, spans.slice(i, i + 1_000));
  }
  browser = await openBrowser();
});

afterAll(async () => {
  await browser?.close();
  await product?.[Symbol.asyncDispose]();
});

test('ten thousand spans scroll smoothly, with only those in view on the page', async () => {
  const { page, complaints } = await visit(browser, `${product.url}/traces/${traceId}`);
  await page.getByText('10,000 spans').waitFor();
  const frames = await scrollThrough(page);
  const [median = 0, worst = 0] = [frames[Math.floor(frames.length / 2)], frames[Math.floor(frames.length * 0.95)]];
  console.info(`10,000 spans: median frame ${median.toFixed(1)} ms, 95 % of frames under ${worst.toFixed(1)} ms`);
  // A shared machine without a graphics card; a page that drew every row would take seconds.
  expect(median).toBeLessThan(50);
  expect(await page.locator('.span-row').count()).toBeLessThan(120);
  expect(await page.locator('.span-row').last().textContent()).toContain('row 9999');
  expect(complaints).toEqual([]);
});

test('keys move, find and fold', async () => {
  const { page } = await visit(browser, `${product.url}/traces/${traceId}`);
  await page.getByText('10,000 spans').waitFor();
  const selected = page.locator('.span-row[data-selected]');
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  expect(await selected.textContent()).toContain('row 2');
  await page.keyboard.press('k');
  expect(await selected.textContent()).toContain('row 1');
  await page.keyboard.press('ArrowLeft');
  expect(await selected.textContent()).toContain('hidden');
  await page.keyboard.press('/');
  await page.keyboard.type('row 7777');
  await page.getByText('0 of 1', { exact: true }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByText('1 of 1', { exact: true }).waitFor();
  expect(await selected.textContent()).toContain('row 7777');
  expect(new URL(page.url()).searchParams.get('span')).toBe((7_778).toString(16).padStart(16, '0'));
});

// Runs in the page, hence text: the tests are typed for Node.
const scrolling = `(async () => {
  const list = document.querySelector('.waterfall-rows');
  const times = [];
  const steps = 120;
  let last = performance.now();
  for (let i = 1; i <= steps; i++) {
    list.scrollTop = (list.scrollHeight - list.clientHeight) * (i / steps);
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    times.push(now - last);
    last = now;
  }
  await new Promise((resolve) => setTimeout(resolve, 300));
  return times.sort((a, b) => a - b);
})()`;

/** Frame times in milliseconds, ascending, while the list scrolls from its top to its end. */
function scrollThrough(page: Page): Promise<number[]> {
  return page.evaluate<number[]>(scrolling);
}
