/** The page of rules, in a browser: every standing, both languages, a desk and a phone. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Product, startProduct } from '../kit/product.ts';
import { until } from '../kit/until.ts';
import { freshFolder } from '../prometheus/programs.ts';
import { desk, openBrowser, phone, visit } from '../ui/browser.ts';

const payload = '<img src=x onerror="window.pwned=1">';
const rules = `
groups:
  - name: checkout
    interval: 1s
    rules:
      - alert: HighErrorRate
        expr: sum by (job) (vector(0.25)) > 0.05
        labels: {severity: page, service: '${payload}'}
        annotations: {summary: 'A quarter of the requests fail', runbook: 'javascript:window.pwned=1'}
      - {alert: SlowCheckout, expr: vector(2) > 1, for: 1h}
      - {alert: Quiet, expr: vector(1) > 2}
      - {alert: Broken, expr: 'label_replace(vector(1), "x", "1", "", "") or vector(2)', labels: {x: same}}
      - {record: 'job:requests:rate5m', expr: 'sum by (job) (rate(http_requests_total[5m]))'}
`;

const folder = freshFolder();
let product: Product;
let browser: Browser;

beforeAll(async () => {
  product = await startProduct({ flags: ['--rules', folder.file('rules.yml', rules)] });
  browser = await openBrowser();
  const api = `${product.url}/prometheus/api/v1/rules?type=alert`;
  await until(async () => !(await (await fetch(api)).text()).includes('"unknown"'), 20_000, 'an evaluation');
});

afterAll(async () => {
  await browser?.close();
  await product?.[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

test('rules are found by how they stand and by words, and lead to the explorer', async () => {
  const { page, complaints } = await visit(browser, `${product.url}/rules`);
  await page.getByText('A quarter of the requests fail').waitFor();
  await page.getByText('this version tells nobody of them').waitFor();
  await page.getByText('vector contains metrics with the same labelset after applying alert labels').waitFor();
  expect(await page.locator('.rule').count()).toBe(5);
  await page.getByText('Pending 1').click();
  await page.waitForURL(/state=pending/);
  await until(async () => (await page.locator('.rule').count()) === 1, 5_000, 'the pending one alone');
  await page.getByText('All', { exact: true }).click();
  await page.getByLabel('Name, group, query, label…').fill('rate5m');
  await page.keyboard.press('Enter');
  await page.waitForURL(/text=rate5m/);
  await page.locator('.rule-query').click();
  await page.waitForURL(/\/metrics-explorer\?.*q=sum/);
  expect(await page.evaluate<unknown>('window.pwned')).toBeUndefined();
  expect(complaints).toEqual([]);
});

test.each([
  { locale: 'en-US', size: desk, said: 'Firing', schemes: 'light' },
  { locale: 'en-US', size: phone, said: 'Firing', schemes: 'dark' },
  { locale: 'pt-BR', size: phone, said: 'Disparando', schemes: 'light' },
] as const)('the page fits: $locale, $schemes', async ({ locale, size, said, schemes }) => {
  const { page, complaints } = await visit(browser, `${product.url}/rules`, { ...size, locale, colorScheme: schemes });
  await page.getByText(said).first().waitFor();
  await page.getByText('HighErrorRate').first().waitFor();
  const isWider = 'document.documentElement.scrollWidth > document.documentElement.clientWidth';
  expect(await page.evaluate<boolean>(isWider)).toBe(false);
  if (process.env.FAROL_SCREENSHOTS) {
    await page.screenshot({ path: `${process.env.FAROL_SCREENSHOTS}/rules-${locale}-${schemes}.png`, fullPage: true });
  }
  expect(await page.locator('main img').count()).toBe(0);
  expect(complaints).toEqual([]);
});

test('without rules the page says how to have some', async () => {
  await using bare = await startProduct();
  const { page } = await visit(browser, `${bare.url}/rules`);
  await page.getByText('There are no rules yet').waitFor();
  await page.getByText('--rules "rules/*.yml"').waitFor();
});
