/** `farol tail` beside a running Farol. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Product, startProduct } from '../kit/product.ts';
import { until } from '../kit/until.ts';
import { sendLogs } from '../ui/telemetry.ts';
import { farol, type Running, startFarol } from './farol.ts';

let product: Product;
let env: Record<string, string>;
beforeAll(async () => {
  product = await startProduct();
  env = { FAROL_URL: product.url };
});
afterAll(() => product[Symbol.asyncDispose]());

/** Sends a line every half second until one is printed: only the server knows when the tail has begun. */
async function firstLine(tail: Running, body: string, service: string): Promise<string> {
  const printed = () => tail.said.out.endsWith('\n');
  let sentMs = 0;
  await until(
    async () => {
      if (printed() || tail.said.err !== '') return true;
      if (performance.now() - sentMs < 500) return false;
      sentMs = performance.now();
      await sendLogs(product.otlpHttp, { service }, [{ timeMs: Date.now(), level: 'WARN', body }]);
      return printed();
    },
    30_000,
    'the line',
  );
  expect(tail.said.err).toBe('');
  return tail.said.out.split('\n')[0] ?? '';
}

test('a line that is sent after the tail began is printed, inert, and Ctrl-C ends it with 130', async () => {
  const tail = startFarol(['tail', '{service_name="till"} |= "sold"'], env);
  const line = await firstLine(tail, 'sold \u001b[31mout', 'till');
  expect(line).toMatch(/^\d{4}-\S+Z {2}WARN {3}till {2}sold \\x1b\[31mout$/);
  expect(tail.said.out).not.toContain('\u001b');
  expect(await tail.stop('SIGINT')).toBe(130);
  expect(tail.said.err).toBe('');
});

test('as JSON it is one object a line, with the labels', async () => {
  const tail = startFarol(['tail', '{service_name="desk"}', '--output', 'json'], env);
  const line = JSON.parse(await firstLine(tail, 'a visitor', 'desk'));
  expect(line).toMatchObject({ line: 'a visitor', stream: { service_name: 'desk' } });
  expect(await tail.stop('SIGINT')).toBe(130);
});

test('a selector that cannot be read is refused in the words of the server', async () => {
  expect(await farol(['tail', '{service_name='], env)).toMatchObject({
    code: 1,
    out: '',
    err: expect.stringMatching('Farol answered 400'),
  });
  expect(await farol(['tail', 'rate({a="b"}[1m])'], env)).toMatchObject({
    code: 1,
    err: expect.stringMatching('a tail follows lines'),
  });
  expect(await farol(['tail', '{a="b"}', '--step', '1m'], env)).toMatchObject({
    code: 2,
    err: expect.stringMatching('--step'),
  });
});

test('when the server starts again, the tail goes on where it was, and nothing is printed twice', async () => {
  const tail = startFarol(['tail', '{service_name="last"}', '--output', 'json'], env);
  await firstLine(tail, 'closing', 'last');
  await product.stop();
  await until(() => /connection ended.*trying again/.test(tail.said.err), 20_000, 'the end of the connection');
  await product.start();
  // It came while nobody was connected, or just after: either way it is printed.
  await sendLogs(product.otlpHttp, { service: 'last' }, [{ timeMs: Date.now(), level: 'WARN', body: 'open again' }]);
  await until(() => tail.said.out.includes('open again'), 30_000, 'the line after the restart');
  const printed = tail.said.out.trim().split('\n');
  expect(new Set(printed).size).toBe(printed.length);
  expect(await tail.stop('SIGINT')).toBe(130);
});
