/** `farol query` beside a running Farol that three services' telemetry was sent to. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Product, startProduct } from '../kit/product.ts';
import { sendGauge, sendLogs, sendSpans } from '../ui/telemetry.ts';
import { farol, isInstalled, npxFarol } from './farol.ts';

const nowMs = Date.now();
const traceId = 'c0ffee'.padEnd(32, '0');
const esc = '\u001b';
const shop = { service: 'shop' };

let product: Product;
let env: Record<string, string>;
beforeAll(async () => {
  product = await startProduct();
  env = { FAROL_URL: product.url };
  const values = [4, 3, 2, 1].map((minutes) => ({ timeMs: nowMs - minutes * 60_000, value: 10 - minutes }));
  await sendGauge(product.otlpHttp, shop, { name: 'queue_depth', description: 'Orders that wait', values });
  await sendLogs(product.otlpHttp, shop, [
    { timeMs: nowMs - 3000, level: 'INFO', body: 'order "7" placed, thanks' },
    { timeMs: nowMs - 2000, level: 'ERROR', body: `${esc}[2Jcleared${esc}]0;title\u0007` },
    { timeMs: nowMs - 1000, level: 'WARN', body: `first\n2026-01-01T00:00:00.000Z  ERROR  bank  forged` },
  ]);
  const span = { traceId, spanId: '00000000000000a1', startMs: nowMs - 5000, durationMs: 250 };
  await sendSpans(product.otlpHttp, shop, [{ ...span, name: 'POST /orders', failed: 'no stock' }]);
});
afterAll(() => product[Symbol.asyncDispose]());

const at = ['--at', new Date(nowMs).toISOString()];

test('PromQL of an instant is a table, JSON as Prometheus gives it, or CSV', async () => {
  const question = ['query', 'queue_depth * 2', ...at];
  const text = await farol(question, env);
  expect(text).toMatchObject({ code: 0, err: '' });
  expect(text.out).toMatch(/^series +value\n\{.*service_name="shop".*\} +18\n$/);
  const json = JSON.parse((await farol([...question, '--output', 'json'], env)).out);
  expect(json).toMatchObject({ resultType: 'vector', result: [{ value: [nowMs / 1000, '18'] }] });
  const csv = await farol([...question, '--output', 'csv'], env);
  expect(csv.out).toMatch(/^series,value\n"\{.*service_name=""shop"".*\}",18\n$/);
  expect((await farol(['query', '6 * 7'], env)).out).toBe('42\n');
});

test('PromQL over a range is a line of bars with its last, least and most, or a row a point', async () => {
  const range = ['query', 'sum(last_over_time(queue_depth[90s]))', '--since', '4m', '--step', '1m', ...at];
  const text = await farol(range, env);
  expect(text.out).toMatch(/^series +last +min +max\n\{\} +▁+\S*█+ +9 +6 +9\n$/);
  const rows = (await farol([...range, '--output', 'csv'], env)).out.trim().split('\n');
  expect(rows[0]).toBe('series,time,value');
  expect(rows.at(-1)).toBe(`{},${new Date(nowMs).toISOString()},9`);
});

test('what Farol remarks about an answer is said on stderr, beside it', async () => {
  const { code, out, err } = await farol(['query', 'rate(queue_depth[5m])', ...at], env);
  expect(code).toBe(0);
  expect(out).toMatch(/^series/);
  expect(err).toMatch(/^farol: .*queue_depth/);
});

test('nothing found is said, and is not an error', async () => {
  expect(await farol(['query', 'no_such_metric'], env)).toEqual({ code: 0, out: 'nothing found\n', err: '' });
  const portuguese = { ...env, LANG: 'pt_BR.UTF-8' };
  expect((await farol(['query', 'no_such_metric'], portuguese)).out).toBe('nada encontrado\n');
});

test('log lines come oldest first, and cannot command the terminal or pass for another line', async () => {
  const { code, out, err } = await farol(['query', 'logql', '{service_name="shop"}'], env);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out.split('\n').map((line) => line.replace(/^\S+Z /, 'TIME '))).toEqual([
    'TIME  INFO   shop  order "7" placed, thanks',
    'TIME  ERROR  shop  \\x1b[2Jcleared\\x1b]0;title\\x07',
    'TIME  WARN   shop  first',
    '    2026-01-01T00:00:00.000Z  ERROR  bank  forged',
    '',
  ]);
});

test('log lines as CSV and JSON are whole, and at most as many as were asked for', async () => {
  const question = ['query', 'logql', '{service_name="shop"} |= "order"', '--limit', '1'];
  const csv = await farol([...question, '--output', 'csv'], env);
  expect(csv.out).toMatch(/^time,series,line\n\S+Z,"\{.*service_name=""shop"".*\}","order ""7"" placed, thanks"\n$/);
  const json = JSON.parse((await farol([...question, '--output', 'json'], env)).out);
  expect(json.resultType).toBe('streams');
  expect(json.result[0].values[0][1]).toBe('order "7" placed, thanks');
  const two = await farol(['query', 'logql', '{service_name="shop"}', '--limit', '2', '--output', 'csv'], env);
  expect(two.out).toContain('forged');
  expect(two.out).not.toContain('placed');
});

test('a metric over logs is a range, as in PromQL', async () => {
  const question = 'sum by (service_name) (count_over_time({service_name="shop"}[5m]))';
  const { code, out } = await farol(['query', 'logql', question, '--since', '10m'], env);
  expect(code).toBe(0);
  expect(out).toMatch(/^series +last +min +max\n\{service_name="shop"\} .* 3 /);
});

test('traces that TraceQL finds are a row each', async () => {
  const { code, out } = await farol(['query', 'traceql', '{ status = error && duration > 200ms }'], env);
  expect(code).toBe(0);
  expect(out).toMatch(/^trace +started +took +service +operation\nc0ffee0+ +\S+Z +250 ms +shop +POST \/orders\n$/);
  const json = JSON.parse(
    (await farol(['query', 'traceql', '{ resource.service.name = "shop" }', '--output', 'json'], env)).out,
  );
  expect(json.traces[0].traceID).toBe(traceId);
});

test('TraceQL that makes series is a range, as in PromQL', async () => {
  const question = '{ resource.service.name = "shop" } | count_over_time() by (status)';
  const { code, out, err } = await farol(['query', 'traceql', question, '--since', '10m'], env);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^series +last +min +max\n\{status="error"\} .* 1\n$/);
});

test('a question that is refused is exit code 1, in the words of the server', async () => {
  const f = async (args: string[], words: RegExp) => {
    expect(await farol(['query', ...args], env)).toEqual({ code: 1, out: '', err: expect.stringMatching(words) });
  };
  await f(['sum('], /^farol: Farol answered 400: .*parse error.*\n$/);
  await f(['logql', '{service_name='], /^farol: Farol answered 400: .*\n$/);
  await f(['traceql', '{ status = }'], /^farol: Farol answered 400: .*\n$/);
  const portuguese = await farol(['query', 'sum('], { ...env, LC_ALL: 'pt_BR.UTF-8' });
  expect(portuguese.err).toMatch(/^farol: o Farol respondeu 400: /);
});

test('a server that is not there, or is not Farol, is exit code 1 and the way out is named', async () => {
  const other = createServer((_, reply) => reply.end('<html>')).listen(0, '127.0.0.1');
  await once(other, 'listening');
  const server = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
  expect(await farol(['query', 'up', '--server', server])).toMatchObject({
    code: 1,
    err: expect.stringMatching(/is not Farol.*--server/),
  });
  other.close();
  await once(other, 'close');
  const gone = await farol(['query', 'up'], { FAROL_URL: server });
  expect(gone).toMatchObject({ code: 1, out: '' });
  expect(gone.err).toBe(
    `farol: no Farol answers at ${server} (connect ECONNREFUSED ${new URL(server).host}); start it, or name it with --server\n`,
  );
  const portuguese = await farol(['tail', '{a="b"}'], { FAROL_URL: server, LANG: 'pt_BR.UTF-8' });
  expect(portuguese.err).toMatch(/indique-o com --server/);
});

test('a command line that cannot be read is exit code 2, and --help is on stdout', async () => {
  expect(await farol(['query', 'up', '--limit', '0'])).toMatchObject({
    code: 2,
    out: '',
    err: expect.stringMatching(/--limit is "0"/),
  });
  expect(await farol(['query', 'up', '--at', 'ontem'], { LANG: 'pt_BR.UTF-8' })).toMatchObject({
    code: 2,
    err: expect.stringMatching(/--at é "ontem"/),
  });
  expect(await farol(['query', '--help'], { LANG: 'pt_BR.UTF-8' })).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^Uso: farol query/),
  });
});

test.skipIf(!isInstalled)(
  'by way of npx a question is answered the same, and its exit code comes through',
  async () => {
    expect(await npxFarol(['query', '6 * 7'], env)).toMatchObject({ code: 0, out: '42\n' });
    expect((await npxFarol(['query', 'sum('], env)).code).toBe(1);
    expect((await npxFarol(['--help'])).out).toMatch(/^Usage: farol query/);
  },
);

test('a tenant sees what is its own', async () => {
  const theirs = await farol(['query', 'queue_depth', '--tenant', 'theirs', ...at], env);
  expect(theirs.out).toBe('nothing found\n');
});
