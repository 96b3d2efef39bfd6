/** `farol query sql` and `/api/sql` beside a running Farol with the telemetry of two tenants. */
import type { SqlAnswer } from '@farol/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Product, startProduct } from '../kit/product.ts';
import { sendLogs } from '../ui/telemetry.ts';
import { farol } from './farol.ts';

let product: Product;
let env: Record<string, string>;
beforeAll(async () => {
  product = await startProduct();
  env = { FAROL_URL: product.url };
  const line = (body: string) => ({ timeMs: Date.now() - 1000, level: 'INFO' as const, body });
  await sendLogs(product.otlpHttp, { service: 'shop' }, [line('ours 1'), line('ours 2')]);
  const theirs = await fetch(`${product.url}/loki/api/v1/push`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-scope-orgid': 'rival' },
    body: JSON.stringify({
      streams: [{ stream: { service_name: 'bank' }, values: [[`${Date.now() - 1000}000000`, 'secret']] }],
    }),
  });
  expect(theirs.status).toBe(204);
});
afterAll(() => product[Symbol.asyncDispose]());

interface Reply {
  readonly status: number;
  readonly text: string;
}

async function ask(query: string, params: Record<string, string> = {}): Promise<Reply> {
  const answer = await fetch(`${product.url}/api/sql?${new URLSearchParams({ query, ...params })}`);
  return { status: answer.status, text: await answer.text() };
}

const ours = "SELECT count() AS lines FROM logs WHERE service = 'shop'";

test('a SELECT is a table, CSV or JSON, and says when there is more', async () => {
  const question = ['query', 'sql', "SELECT service, body FROM logs WHERE service = 'shop' ORDER BY body DESC"];
  const text = await farol(question, env);
  expect(text).toMatchObject({ code: 0, err: '' });
  expect(text.out).toMatch(/^service +body\nshop +ours 2\nshop +ours 1\n$/);
  expect((await farol([...question, '--output', 'csv'], env)).out).toBe('service,body\nshop,ours 2\nshop,ours 1\n');
  const first = await farol([...question, '--limit', '1'], env);
  expect([first.out.split('\n').length, first.err]).toEqual([3, expect.stringMatching(/more than 1 rows/)]);
  const json = JSON.parse((await farol(['query', 'sql', ours, '--output', 'json'], env)).out);
  expect(json).toEqual({ columns: [{ name: 'lines', type: 'UInt64' }], rows: [['2']], more: false });
  expect(await farol([...question, '--since', '1h'], env)).toMatchObject({
    code: 2,
    err: expect.stringMatching(/WHERE time/),
  });
});

test("every way to name a table gives this tenant's rows and nobody else's", async () => {
  const secret = "body LIKE '%secret%' OR tenant = 'rival'";
  const found: string[] = [];
  for (const query of [
    `SELECT count() FROM logs WHERE ${secret}`,
    `SELECT count() FROM \`logs\` WHERE ${secret}`,
    `SELECT count() FROM "l\\x6fgs" WHERE ${secret}`,
    `SELECT a.body FROM logs a, logs AS b WHERE a.tenant = 'rival' OR b.tenant = 'rival'`,
    `SELECT 0 AS x UNION ALL SELECT count() FROM logs WHERE ${secret}`,
    `SELECT 1) UNION ALL (SELECT count() FROM logs WHERE ${secret}`,
    `WITH x AS (SELECT * FROM logs) SELECT count() FROM x WHERE ${secret}`,
    `WITH logs AS (SELECT * FROM logs) SELECT count() FROM logs WHERE ${secret}`,
    `SELECT (SELECT count() FROM logs WHERE ${secret}), EXISTS(SELECT 1 FROM logs WHERE ${secret})`,
    "SELECT 'bank' IN (SELECT service FROM logs)",
    "SELECT in('bank', logs)",
    "SELECT 'bank' IN logs",
    "SELECT 'bank' IN own_rows_of_logs",
    `SELECT count() FROM view(SELECT * FROM logs WHERE ${secret})`,
    `SELECT count() FROM logs FINAL WHERE ${secret}`,
    `SELECT count() FROM farol.logs WHERE ${secret}`,
    `SELECT count() FROM \`farol\`.\`logs\` WHERE ${secret}`,
    `SELECT count() FROM "farol.logs" WHERE ${secret}`,
    `SELECT count() FROM merge('farol', 'logs') WHERE ${secret}`,
    `SELECT count() FROM {x:Identifier} WHERE ${secret}`,
    'SELECT name FROM system.tables',
    "SELECT * FROM file('/etc/hostname', 'LineAsString')",
    'SELECT 1; SELECT 2',
    'DROP TABLE logs',
    'SELECT 1 SETTINGS max_memory_usage = 0',
  ]) {
    const { status, text } = await ask(query);
    // An answer of nothing, or a refusal: what it was asked to find is another's.
    const cells = status === 200 ? (JSON.parse(text) as SqlAnswer).rows.flat() : [];
    if (status >= 500 || cells.some((cell) => Number(cell) !== 0)) found.push(`${query}: ${status} ${text}`);
  }
  expect(found).toEqual([]);
  expect(JSON.parse((await ask(ours)).text)).toMatchObject({ rows: [['2']] });
});

test('what is wrong with a query is said in ClickHouse’s words, without ours', async () => {
  const f = async (query: string, wanted: RegExp) => {
    const { status, text } = await ask(query);
    expect([status, text]).toEqual([400, expect.stringMatching(wanted)]);
    expect(text).not.toMatch(/own_rows_of|tenant =/);
  };
  await f('SELECT nothing FROM logs', /`nothing`/);
  await f('SELECT FROM WHERE', /Syntax error: failed/);
  expect((await ask('SELECT 1 FORMAT Native')).text).not.toMatch(/position|line \d/);
  await f('SELECT count( FROM logs', /Syntax error|bracket/i);
  await f('SELECT * FROM nowhere', /nowhere.*; there are .*logs, .*spans/);
  await f('', /query is missing/);
  await f("SELECT 'x", /quote .* is not closed/);
  await f('INSERT INTO logs VALUES (1)', /only SELECT/);
  expect((await ask('SELECT 1', { limit: '0' })).text).toMatch(/limit is/);
});

test('SQL without end keeps nobody else waiting', async () => {
  const leaving = new AbortController();
  const query = 'SELECT sum(sipHash64(number)) FROM numbers(1000000000000)';
  let answered = 0;
  const endless = Array.from({ length: 20 }, () =>
    fetch(`${product.url}/api/sql?${new URLSearchParams({ query })}`, { signal: leaving.signal }).then(
      () => answered++,
      () => undefined,
    ),
  );
  const services = await fetch(`${product.url}/api/services`);
  expect([services.status, answered]).toEqual([200, 0]);
  leaving.abort();
  await Promise.all(endless);
});
