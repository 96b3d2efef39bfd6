/** What senders write is text, wherever it is shown: nothing of it runs, and the content security policy stays silent. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Product, startProduct } from '../kit/product.ts';
import { openBrowser, visit } from './browser.ts';
import { idOf, sendGauge, sendLogs, sendSpans } from './telemetry.ts';

const payload = `"><img src=x onerror="window.pwned=1"><script>window.pwned=1</script><svg onload=window.pwned=1>{{7*7}}javascript:window.pwned=1`;
const ansi = '\u001b]8;;javascript:window.pwned=1\u0007click\u001b]8;;\u0007\u001b[31mred';
const service = `evil ${payload}`;
const traceId = idOf('evil', 32);

let product: Product;
let browser: Browser;

beforeAll(async () => {
  product = await startProduct();
  const nowMs = Date.now();
  const resource = { service, version: payload, attributes: { [payload]: payload } };
  const attributes = {
    [`k ${payload}`]: payload,
    'db.query.text': payload,
    'http.route': payload,
    'http.request.method': payload,
  };
  await sendSpans(product.otlpHttp, resource, [
    {
      traceId,
      spanId: idOf('evil span', 16),
      name: `span ${payload}`,
      kind: 2,
      startMs: nowMs - 30_000,
      durationMs: 90,
      failed: payload,
      attributes,
      events: [
        {
          name: 'exception',
          timeMs: nowMs - 29_990,
          attributes: {
            'exception.type': payload,
            'exception.message': payload,
            'exception.stacktrace': `Error: ${payload}\n    at ${payload} (/app/${payload}.js:1:1)`,
          },
        },
        { name: payload, timeMs: nowMs - 29_980, attributes },
      ],
    },
  ]);
  await sendLogs(product.otlpHttp, resource, [
    {
      timeMs: nowMs - 29_000,
      level: 'ERROR',
      body: `line ${payload}`,
      traceId,
      spanId: idOf('evil span', 16),
      attributes,
    },
    { timeMs: nowMs - 28_000, level: 'WARN', body: ansi, attributes },
  ]);
  await sendGauge(product.otlpHttp, resource, {
    name: 'evil_gauge',
    description: payload,
    values: [30, 20, 10].map((seconds) => ({
      timeMs: nowMs - seconds * 1_000,
      value: seconds,
      attributes: { label: payload },
    })),
  });
  await fetch(`${product.url}/api/logs?service=${name}`);
  browser = await openBrowser();
});

afterAll(async () => {
  await browser?.close();
  await product?.[Symbol.asyncDispose]();
});

const name = encodeURIComponent(service);
const pages: readonly [string, string, string][] = [
  ['services', '/', 'evil'],
  ['service', `/services/${name}`, 'Failing requests'],
  ['traces', `/traces?service=${name}`, 'span '],
  ['trace', `/traces/${traceId}`, 'Failed here'],
  ['logs of the trace', `/traces/${traceId}?tab=trace-logs`, 'line '],
  ['logs', `/logs?service=${name}&beside=${traceId}`, 'line '],
  ['metrics graph', '/metrics-explorer?q=evil_gauge', 'evil_gauge'],
  ['metrics table', '/metrics-explorer?q=evil_gauge&view=table', 'evil_gauge'],
  ['metrics error', `/metrics-explorer?q=${encodeURIComponent(`sum(${payload}`)}`, 'parse error'],
  ['traces by TraceQL', `/traces?q=${encodeURIComponent('{ status = error }')}`, 'span '],
  ['logs by LogQL', `/logs?q=${encodeURIComponent('{service_name=~"evil.+"}')}`, 'line '],
  ['queries', '/queries', 'service=evil'],
  ['welcome', '/welcome', 'OTLP'],
  ['status', '/status', 'evil'],
];

test.each(pages)('nothing a sender wrote runs on: %s', async (_, path, shown) => {
  const { page, complaints } = await visit(browser, `${product.url}${path}`);
  await page.getByText(shown).first().waitFor();
  for (const line of await page.locator('.log-line').all()) await line.click();
  for (const toggle of await page.locator('.trace-log-line, .event summary').all()) await toggle.click();
  for (const spot of await page.locator('.chart-point, .span-row').all())
    await spot.hover({ force: true, timeout: 2_000 }).catch(() => undefined);
  await page.waitForTimeout(300);
  expect(await page.evaluate<unknown>('window.pwned')).toBeUndefined();
  expect(await page.locator('main img, main iframe, main object, main script').count()).toBe(0);
  expect(await page.locator('a[href^="javascript:" i]').count()).toBe(0);
  expect(complaints.filter((text) => !text.includes('400 (Bad Request)'))).toEqual([]);
});

test('an address cannot carry a script either', async () => {
  const path = `/traces?op=${encodeURIComponent(payload)}&tag=${encodeURIComponent(`a=${payload}`)}&env=${encodeURIComponent(payload)}`;
  const { page, complaints } = await visit(browser, `${product.url}${path}`);
  await page.getByText('No trace matches').waitFor();
  expect(await page.evaluate<unknown>('window.pwned')).toBeUndefined();
  expect(complaints).toEqual([]);
});
