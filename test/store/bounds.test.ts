/** What a ClickHouse that is not Farol's own refuses, and what a request to it may be: its front has bounds of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, test as anywhere, beforeAll, expect } from 'vitest';
import { createProduct, type Product } from '../kit/product.ts';
import { until } from '../kit/until.ts';
import { type ClickHouse, hasClickHouse, password, startClickHouse } from './clickhouse.ts';

const isHere = hasClickHouse();
const test = anywhere.skipIf(!isHere);
const dataDir = mkdtempSync(join(tmpdir(), 'farol-bounds-'));
const settings = { max_memory_usage: 100_000_000, max_concurrent_queries_for_user: 6 };
let clickhouse: ClickHouse;
let product: Product;
beforeAll(async () => {
  if (!isHere) return;
  clickhouse = await startClickHouse({ settings });
  const flags = ['--store', clickhouse.urlWith(password)];
  product = createProduct({ dataDir, flags, enginePid: () => clickhouse.pid });
  await product.start();
});
afterAll(async () => {
  await product?.[Symbol.asyncDispose]();
  await clickhouse?.[Symbol.asyncDispose]();
  rmSync(dataDir, { recursive: true, force: true });
});

function push(lines: readonly string[]): Promise<Response> {
  const values = lines.map((line, i) => [`${BigInt(Date.now()) * 1_000_000n + BigInt(i)}`, line]);
  return fetch(`${product.url}/loki/api/v1/push`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ streams: [{ stream: { app: 'bounds' }, values }] }),
  });
}

async function ask(path: string, params: Record<string, string>, signal?: AbortSignal) {
  const body = new URLSearchParams(params);
  const response = await fetch(`${product.url}${path}`, { method: 'POST', body, ...(signal && { signal }) });
  return { status: response.status, text: await response.text() };
}

const sql = (query: string, signal?: AbortSignal) =>
  fetch(`${product.url}/api/sql?${new URLSearchParams({ query })}`, signal && { signal });

test('a question as long as questions may be is asked whole, whatever it is made of', async () => {
  // Written in a URL each of these takes more than the 131,072 bytes that ClickHouse reads of a parameter.
  for (const piece of ['"', "'", '\\', 'ç', '€', "{p0:String}'"]) {
    const needle = piece.repeat(Math.floor(60_000 / Buffer.byteLength(piece)));
    expect((await push([`a ${needle} z`, `a ${needle.slice(1)} z`])).status).toBe(204);
    for (const filter of [`|= \`${needle}\``, `!= \`${needle}\` |= \`${needle.slice(1)}\``]) {
      const { status, text } = await ask('/loki/api/v1/query_range', { query: `{app="bounds"} ${filter}` });
      expect(status, text.slice(0, 300)).toBe(200);
      expect(JSON.parse(text).data.result.flatMap(({ values }: { values: unknown[] }) => values)).toHaveLength(1);
    }
  }
});

// All rows have been read when the work begins: such a query has no progress to tell of.
const lines = "(SELECT body FROM logs WHERE body LIKE 'line %')";
const endless = `SELECT count() AS crossed FROM ${lines} a, ${lines} b, ${lines} c`;
const running = async () => {
  const query = "SELECT count() FROM system.processes WHERE user = 'farol' AND query LIKE '%AS crossed%'";
  return Number(await clickhouse.ask(query));
};

test('a question whose client has left is ended in ClickHouse', async () => {
  await push(Array.from({ length: 2000 }, (_, i) => `line ${i}`));
  const leaving = new AbortController();
  const left = sql(endless, leaving.signal);
  left.catch(() => undefined);
  await until(async () => (await running()) === 1, 20_000, 'the query to run');
  leaving.abort();
  await until(async () => (await running()) === 0, 3_000, 'the query to end');
  await expect(left).rejects.toThrow(/abort/);
});

test('where ClickHouse takes no more queries, questions are told to come again, and what is sent is kept', async () => {
  const sleep = 'SELECT sleepEachRow(1) AS slept FROM numbers(5) SETTINGS max_block_size = 1';
  const askToSleep = () => clickhouse.ask(sleep, 'farol');
  const busy = Promise.allSettled(Array.from({ length: settings.max_concurrent_queries_for_user + 4 }, askToSleep));
  const asleep = "SELECT count() FROM system.processes WHERE user = 'farol' AND query LIKE '%AS slept%'";
  await until(async () => Number(await clickhouse.ask(asleep)) >= 5, 5_000, 'the queries to run');
  const pushed = push(['while it was busy']);
  const answer = await ask('/loki/api/v1/query_range', { query: '{app="bounds"} |= "no such line"' });
  expect([429, 503], answer.text).toContain(answer.status);
  expect(answer.text).toMatch(/busy/);
  expect((await pushed).status).toBe(204);
  await busy;
  expect(Number(await clickhouse.ask("SELECT count() FROM logs WHERE body = 'while it was busy'"))).toBe(1);
});

test('more memory than the profile of the user gives a query is refused with the way out', async () => {
  const answer = await sql('SELECT length(groupArray(repeat(a.body, 20))) FROM logs a, logs b');
  const text = await answer.text();
  expect(answer.status, text).toBe(422);
  expect(JSON.parse(text).error).toMatchObject({ code: 'QUERY_TOO_LARGE', message: expect.stringMatching(/memory/) });
});

test('too many parts are waited out, then told to the senders; nothing is lost when they have been merged', async () => {
  const lines = async () => Number(await clickhouse.ask("SELECT count() FROM logs WHERE body = 'in parts'"));
  await clickhouse.ask('SYSTEM STOP MERGES logs');
  await clickhouse.ask('ALTER TABLE logs MODIFY SETTING parts_to_delay_insert = 1, parts_to_throw_insert = 1');
  const refused = await push(['in parts']);
  expect(refused.status).toBe(503);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await lines()).toBe(0);
  await clickhouse.ask('ALTER TABLE logs RESET SETTING parts_to_delay_insert, parts_to_throw_insert');
  await clickhouse.ask('SYSTEM START MERGES logs');
  expect((await push(['in parts'])).status).toBe(204);
  expect(await lines()).toBe(1);
});
