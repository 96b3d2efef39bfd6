import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { sql } from './sql.ts';
import { openWire } from './wire.ts';

test('a reader who leaves before the question is sent does not end the question of another, seconds later', async () => {
  await using server = createServer((_, response) => setTimeout(() => response.end('answer'), delayMs));
  let delayMs = 0;
  server.keepAliveTimeout = 60_000;
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  await using wire = openWire({ url: `http://127.0.0.1:${port}`, database: 'farol', readsMax: 4 });
  const ask = async (signal: AbortSignal) =>
    text(await wire.inspect(sql`SELECT 1`, 'JSONEachRow', { signal, msMax: 30_000 }));
  const patient = new AbortController().signal;

  await ask(patient);
  const left = new AbortController();
  const unheard = ask(left.signal);
  left.abort();
  await expect(unheard).rejects.toThrow(/abort/i);
  await expect(ask(left.signal)).rejects.toThrow(/abort/i);
  await sleep(100);
  delayMs = 3_500;
  expect(await ask(patient)).toBe('answer');
});
