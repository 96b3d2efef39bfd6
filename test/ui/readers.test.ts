/** Every screen for every reader: both languages, both schemes, a desk and a phone, and a first visit. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Product, startProduct } from '../kit/product.ts';
import { desk, openBrowser, phone, visit } from './browser.ts';
import { type Shop, sendShop } from './telemetry.ts';

let product: Product;
let browser: Browser;
let shop: Shop;

beforeAll(async () => {
  product = await startProduct();
  browser = await openBrowser();
});

afterAll(async () => {
  await browser?.close();
  await product?.[Symbol.asyncDispose]();
});

test('the lights of the first page turn as data arrives', async () => {
  const { page } = await visit(browser, `${product.url}/welcome`);
  const traces = page.locator('.light', { hasText: 'Traces' });
  await traces.getByText('waiting').waitFor();
  await page.locator('.snippet').first().waitFor();
  expect(await page.locator('.addresses').textContent()).toContain(new URL(product.otlpHttp).host);
  shop = await sendShop(product.otlpHttp, Date.now());
  await traces.getByText('received').waitFor();
  expect(await traces.getAttribute('data-on')).toBe('true');
  await page.getByRole('link', { name: 'See your services' }).click();
  await page.getByRole('link', { name: shop.service }).first().waitFor();
});

const words = {
  'en-US': { lang: 'en', services: 'Services', empty: 'No log line matches', well: /Unwell|Strained|Well/ },
  'pt-BR': { lang: 'pt-BR', services: 'Serviços', empty: 'Nenhuma linha encontrada', well: /Mal|No limite|Bem/ },
} as const;

const readers = (['en-US', 'pt-BR'] as const).flatMap((locale) =>
  (['light', 'dark'] as const).flatMap((colorScheme) => [
    { locale, colorScheme, size: 'desk' as const },
    { locale, colorScheme, size: 'phone' as const },
  ]),
);

test.each(readers)(
  '$locale, $colorScheme, $size: every screen fits and speaks',
  async ({ locale, colorScheme, size }) => {
    const said = words[locale];
    const { page, complaints } = await visit(browser, product.url, {
      ...(size === 'desk' ? desk : phone),
      locale,
      colorScheme,
    });
    await page.getByRole('heading', { name: said.services }).waitFor();
    await page.getByText(said.well).first().waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe(said.lang);
    expect(await page.locator('html').getAttribute('data-mantine-color-scheme')).toBe(colorScheme);
    const paths = [
      '/',
      `/services/${shop.service}`,
      `/traces?service=${shop.service}`,
      `/traces/${shop.failingTraceIds[0]}`,
      '/logs',
      '/metrics-explorer',
      '/metrics-explorer?q=up',
      '/welcome',
      '/status',
      '/queries',
      '/rules',
      `/logs?q=${encodeURIComponent('{service_name=~".+"}')}`,
      `/logs?q=${encodeURIComponent('sum by (detected_level) (count_over_time({service_name=~".+"}[1m]))')}`,
      `/traces?q=${encodeURIComponent('{ status = error }')}`,
      `/traces?q=${encodeURIComponent('{ } | rate() by (resource.service.name)')}`,
    ];
    for (const path of paths) {
      await page.goto(`${product.url}${path}`);
      await page.waitForLoadState('networkidle');
      const over = await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');
      expect(over, `${path} is too wide by`).toBeLessThanOrEqual(0);
    }
    await page.goto(`${product.url}/logs?text=nosuchwordanywhere`);
    await page.getByText(said.empty).waitFor();
    expect(complaints).toEqual([]);
  },
);

test('a reader changes language and scheme, and both are kept', async () => {
  const { page } = await visit(browser, product.url);
  await page.getByLabel('Preferences').click();
  await page.getByText('Português').click();
  await page.getByText('Claro').click();
  await page.reload();
  await page.getByRole('heading', { name: 'Serviços' }).waitFor();
  expect(await page.locator('html').getAttribute('data-mantine-color-scheme')).toBe('light');
});

test('an unknown trace and an unknown page say so', async () => {
  const { page } = await visit(browser, `${product.url}/traces/${'ab'.repeat(16)}`);
  await page.getByText('This trace is not here').waitFor();
  await page.goto(`${product.url}/no-such-page`);
  await page.getByText('There is no page at this address.').waitFor();
});
