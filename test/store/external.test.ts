/** `--store http://user:pass@host:port/db`: Farol over a ClickHouse that is not its own. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, test as anywhere, beforeAll, expect } from 'vitest';
import { faultless, judge } from '../faults/history.ts';
import { startLoad } from '../faults/load.ts';
import { createProduct, type Product } from '../kit/product.ts';
import { until } from '../kit/until.ts';
import { type ClickHouse, hasClickHouse, password, startClickHouse } from './clickhouse.ts';

const isHere = hasClickHouse();
const test = anywhere.skipIf(!isHere);
const dataDir = mkdtempSync(join(tmpdir(), 'farol-external-'));
let clickhouse: ClickHouse;
beforeAll(async () => {
  if (isHere) clickhouse = await startClickHouse();
});
afterAll(async () => {
  await clickhouse?.[Symbol.asyncDispose]();
  rmSync(dataDir, { recursive: true, force: true });
});

function over(store: string, config: string): Product {
  const file = join(dataDir, 'farol.yaml');
  writeFileSync(file, config);
  return createProduct({ dataDir, flags: ['--store', store, '--config', file], enginePid: () => clickhouse.pid });
}

async function begin(config = ''): Promise<Product> {
  const product = over(clickhouse.urlWith(password), config);
  await product.start();
  return product;
}

async function get(product: Product, path: string): Promise<{ status: number; text: string }> {
  const response = await fetch(`${product.url}${path}`);
  return { status: response.status, text: await response.text() };
}

async function settled(product: Product, load: ReturnType<typeof startLoad>) {
  await load.finish();
  return { verdict: await judge(product, load.attempts), tries: load.attempts.map(({ tries }) => tries) };
}

test('what is written is there, once, and there again when Farol has been restarted', async () => {
  await using product = await begin();
  const load = startLoad(product, { run: 'kept' });
  await until(() => load.attempts.filter(({ acked }) => acked).length > 20, 30_000, 'writes');
  const { verdict } = await settled(product, load);
  expect(verdict).toMatchObject({ ...faultless, acked: verdict.attempted });
  const labels = await get(product, '/prometheus/api/v1/label/sender/values');
  expect(JSON.parse(labels.text)).toEqual({ status: 'success', data: ['kept0', 'kept1'] });

  expect((await product.stop()).code).toBe(0);
  await product.start();
  expect(await judge(product, load.attempts)).toEqual(verdict);
  const { signals } = JSON.parse((await get(product, '/api/status')).text);
  for (const { signal, rows } of signals) expect(rows, signal).toBeGreaterThan(0);
  // The password is the user's own: no answer and no log line repeats it.
  const flags = await get(product, '/prometheus/api/v1/status/flags');
  expect(flags.text).toContain(String(clickhouse.port));
  for (const said of [flags.text, product.output()]) expectNoSecret(said);
});

test('what was counted for later is written before Farol ends', async () => {
  await using product = await begin();
  const answer = await fetch(`${product.otlpHttp}/v1/logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: logsJson('the very last words'),
  });
  expect(answer.status).toBe(200);
  expect((await product.stop()).code).toBe(0);
  await product.start();
  const query = "SELECT sum(lines) AS lines FROM log_shapes WHERE shape = 'the very last words'";
  const { text } = await get(product, `/api/sql?${new URLSearchParams({ query })}`);
  expect(JSON.parse(text), text).toMatchObject({ rows: [['1']] });
});

test('a wrong password, a store that is not there and a malformed address are refused in a sentence', async () => {
  const f = async (store: string, words: RegExp) => {
    const product = over(store, '');
    await expect(product.start(), store).rejects.toThrow('ended at once');
    const lines = product.output().trim().split('\n');
    expect(lines, product.output()).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ code: 'CONFIG_INVALID', msg: expect.stringMatching(words) });
    expectNoSecret(product.output());
  };
  const { port } = clickhouse;
  await f(clickhouse.urlWith('wr0ng-w0rd'), new RegExp(`127.0.0.1:${port}.* user "farol".*password`));
  await f(`http://farol:wr0ng-w0rd@127.0.0.1:1/${'telemetry'}`, /127\.0\.0\.1:1\b.*cannot be reached.*ECONNREFUSED/);
  await f('http://farol:wr0ng-w0rd@no-such-host.invalid:8123/x', /no-such-host\.invalid:8123 .*cannot be reached/);
  await f('http://farol:wr0ng/w0rd@127.0.0.1:8123/x', /--store must be "embedded" or http/);
  await f('farol:wr0ng@w0rd@127.0.0.1:8123/x', /--store must be "embedded" or http/);
  await f(`http://farol:wr0ng-w0rd@127.0.0.1:${port}/a;b`, /--store must be .*database/);
});

function expectNoSecret(said: string): void {
  for (const secret of [password, encodeURIComponent(password), 'wr0ng', 'w0rd', btoa(`farol:${password}`)])
    expect(said).not.toContain(secret);
}

const statusOf = async (product: Product, path: string) => (await get(product, path)).status;
const logsJson = (body: string) =>
  JSON.stringify({
    resourceLogs: [
      { scopeLogs: [{ logRecords: [{ timeUnixNano: `${Date.now()}000000`, body: { stringValue: body } }] }] },
    ],
  });

test('a short absence is waited out: every write is acknowledged, and nothing is there twice', async () => {
  await using product = await begin();
  const load = startLoad(product, { run: 'short' });
  for (let round = 1; round <= 3; round++) {
    const acked = () => load.attempts.filter((attempt) => attempt.acked).length;
    const before = acked();
    await until(() => acked() > before + 6, 30_000, 'writes');
    await clickhouse.shut();
    await until(async () => (await statusOf(product, '/-/ready')) === 503, 30_000, '/-/ready to say 503');
    expect(await statusOf(product, '/-/healthy')).toBe(200);
    expect(await statusOf(product, '/api/logs')).toBe(503);
    await clickhouse.open();
    await product.ready();
  }
  const { verdict, tries } = await settled(product, load);
  expect(verdict).toMatchObject({ ...faultless, acked: verdict.attempted });
  expect(Math.max(...tries)).toBe(1);
});

test('ClickHouse killed under load: nothing that was acknowledged is lost, and nothing is there twice', async () => {
  await using product = await begin();
  const load = startLoad(product, { run: 'killed' });
  for (let round = 1; round <= 3; round++) {
    const acked = () => load.attempts.filter((attempt) => attempt.acked).length;
    const before = acked();
    await until(() => acked() > before + 20, 30_000, 'writes');
    await clickhouse.kill();
    await clickhouse.start();
    await product.ready();
  }
  const { verdict } = await settled(product, load);
  expect(verdict).toMatchObject({ ...faultless, acked: verdict.attempted });
  expect(JSON.parse((await get(product, '/api/status')).text)).toMatchObject({ state: 'ready', detachedParts: 0 });
});

test('in a long absence writes get 503 and Retry-After; afterwards they succeed, and nothing is there twice', async () => {
  await using product = await begin('limits: { store: { retryMsMax: 1000 } }');
  const load = startLoad(product, { run: 'long' });
  const refused = () => load.attempts.some(({ acked, tries }) => !acked && tries > 5);
  for (const goAway of [clickhouse.shut, clickhouse.muffle]) {
    const acked = () => load.attempts.filter((attempt) => attempt.acked).length;
    const before = acked();
    await until(() => acked() > before + 6, 30_000, 'writes');
    await goAway();
    await until(refused, 30_000, 'refusals');
    const answer = await fetch(`${product.otlpHttp}/v1/logs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: logsJson('refused'),
    });
    expect(answer.status).toBe(503);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await answer.text()).toMatch(/store/);
    await clickhouse.open();
    await product.ready();
  }
  const { verdict, tries } = await settled(product, load);
  expect(verdict).toMatchObject({ ...faultless, acked: verdict.attempted });
  expect(Math.max(...tries)).toBeGreaterThan(5);
  const { senders } = JSON.parse((await get(product, '/api/ingest')).text);
  for (const { received, stored, duplicates, rejected } of senders) {
    const refusedItems = rejected.reduce((sum: number, { count }: { count: number }) => sum + count, 0);
    expect(received).toBe(stored + duplicates + refusedItems);
  }
});
