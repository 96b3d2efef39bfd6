import { request } from 'node:http';
import { expect, test } from 'vitest';
import { limits, Refusal } from '#model';
import { type Listener, type ListenOptions, listen, selfRoutes } from './index.ts';

const address = { host: '127.0.0.1', port: 0, flag: '--listen' };

function listening(plugins: ListenOptions['plugins']): Promise<Listener> {
  return listen({ address, plugins, limits });
}

/** `fetch` may not set Host or Origin; a stranger may. */
function ask(
  port: number,
  path: string,
  headers: Record<string, string>,
  method = 'GET',
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, path, method, headers }, (answer) => {
      let body = '';
      answer.on('data', (chunk) => {
        body += chunk;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }));
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

test('a port that is taken is refused with the flag that moves it', async () => {
  await using first = await listening([]);
  await expect(listen({ address: { ...address, port: first.port }, plugins: [], limits })).rejects.toThrow(
    `cannot listen on 127.0.0.1:${first.port}: another process listens there; choose another with --listen HOST:PORT`,
  );
});

test('every answer carries the security headers, errors and 404s too', async () => {
  await using server = await listening([]);
  const answer = await fetch(`${server.url}/nowhere`);
  expect(answer.status).toBe(404);
  expect(await answer.json()).toEqual({ error: { code: 'NOT_FOUND', message: 'there is no GET /nowhere' } });
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  expect(answer.headers.get('x-frame-options')).toBe('DENY');
});

test('on loopback a name that is not ours is refused (DNS rebinding)', async () => {
  await using server = await listening([selfRoutes({ whyNotReady: () => undefined, reload: async () => {} })]);
  const f = async (host: string, status: number) =>
    expect((await ask(server.port, '/-/healthy', { host })).status).toBe(status);
  await f(`127.0.0.1:${server.port}`, 200);
  await f(`localhost:${server.port}`, 200);
  await f('[::1]:4320', 200);
  await f('evil.example', 403);
  await f('localhost.evil.example', 403);
});

test("F81 a stranger's page may write nothing, on loopback and in a network", async () => {
  for (const host of ['127.0.0.1', '0.0.0.0']) {
    const plugins = [selfRoutes({ whyNotReady: () => undefined, reload: async () => {} })];
    await using server = await listen({ address: { ...address, host }, plugins, limits });
    const name = `127.0.0.1:${server.port}`;
    const f = async (origin: string, status: number) =>
      expect((await ask(server.port, '/-/reload', { host: name, origin }, 'POST')).status).toBe(status);
    await f(`http://${name}`, 200);
    await f('http://evil.example', 403);
    await f('null', 403);
  }
});

test('not ready says why, with 503', async () => {
  let reason: string | undefined = 'the disk is full';
  await using server = await listening([selfRoutes({ whyNotReady: () => reason, reload: async () => {} })]);
  const before = await fetch(`${server.url}/-/ready`);
  expect([before.status, await before.text()]).toEqual([503, 'Farol is not Ready: the disk is full\n']);
  reason = undefined;
  expect((await fetch(`${server.url}/-/ready`)).status).toBe(200);
});

test('a refusal keeps its words and its patience; a bug tells the stranger nothing', async () => {
  await using server = await listening([
    (app, _options, done) => {
      app.get('/busy', () => {
        throw new Refusal('the queue is full', { code: 'STORE_BUSY', retryAfterSeconds: 1.2 });
      });
      app.get('/bug', () => {
        throw new Error('secret detail');
      });
      done();
    },
  ]);
  const busy = await fetch(`${server.url}/busy`);
  expect([busy.status, busy.headers.get('retry-after'), await busy.json()]).toEqual([
    503,
    '2',
    { error: { code: 'STORE_BUSY', message: 'the queue is full' } },
  ]);
  const bug = await fetch(`${server.url}/bug`);
  expect([bug.status, await bug.text()]).toEqual([
    500,
    '{"error":{"code":"INTERNAL","message":"an internal error; see the log"}}',
  ]);
});

test('our own requests are measured by route, never by path', async () => {
  await using server = await listening([selfRoutes({ whyNotReady: () => undefined, reload: async () => {} })]);
  await fetch(`${server.url}/-/healthy?secret=1`);
  await fetch(`${server.url}/no/such/path`);
  const text = await (await fetch(`${server.url}/metrics`)).text();
  expect(text).toContain('http_route="/-/healthy"');
  expect(text).not.toContain('no/such/path');
});
