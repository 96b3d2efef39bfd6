import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { expect, test } from 'vitest';
import { Refusal } from '#model';
import { greet, startRefusal } from './target-greeting.ts';

/** What Farol says of the server behind a port, at its start. */
async function saidOf(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const endpoint = { url: `http://127.0.0.1:${port}`, username: 'ana', password: 's3cret', database: 'd', readsMax: 1 };
  try {
    return await greet(endpoint, undefined);
  } catch (error) {
    expect(error).toMatchObject({ code: 'CONFIG_INVALID' });
    return (error as Error).message.replace(endpoint.url, 'U');
  } finally {
    server.close();
  }
}

const answering = (status: number, body: string): RequestListener => {
  return (request, response) => request.resume().on('end', () => response.writeHead(status).end(body));
};
const http = (status: number, body: string): Promise<string> => saidOf(createServer(answering(status, body)));

test('a ClickHouse that is too old or lets nobody in is refused in a sentence, whatever its age', async () => {
  expect(await http(200, '18.16.1\n')).toBe('ClickHouse at U (--store) is 18.16.1, Farol needs 26.2 or newer');
  expect(await http(200, '26.1.2.1\n')).toContain('is 26.1.2.1, Farol needs 26.2');
  expect(await http(200, '26.10.1.7-stable\n')).toBe('26.10.1.7-stable');
  const old = (code: number, words: string) =>
    http(500, `Code: ${code}, e.displayText() = DB::Exception: ${words}, e.what() = DB::Exception\n`);
  const now = (code: number, words: string, name: string) =>
    http(403, `Code: ${code}. DB::Exception: ${words}. (${name}) (version 26.9.2.1 (official build))\n`);
  const outside = 'ClickHouse at U does not let user "ana" in: wrong user or password in --store';
  expect(await old(193, 'Wrong password for user ana')).toBe(outside);
  expect(await now(516, 'ana: Authentication failed: password is incorrect', 'AUTHENTICATION_FAILED')).toBe(outside);
  expect(await old(164, 'Cannot override setting in readonly mode')).toMatch(/"ana" .* may only read.*readonly mode$/);
  expect(await now(497, 'ana: Not enough privileges. To execute this query, grant X', 'ACCESS_DENIED')).toMatch(
    /user "ana" .* lacks a right \(docs\/clickhouse.md\): ana: Not enough privileges. .*grant X/,
  );
});

test('what is no ClickHouse is said to be none, in its own words or by how it hung up', async () => {
  expect(await http(404, '<html><title>404 Not Found</title><hr>nginx</html>')).toMatch(
    /^what answers at U .*is not ClickHouse's HTTP interface.*"404 Not Found nginx"$/,
  );
  expect(await http(200, 'Welcome!')).toMatch(/is not ClickHouse's .*"Welcome!"/);
  expect(await http(302, '')).toMatch(/is not ClickHouse's .*says nothing/);
  const echo = createTcpServer((socket) => socket.on('error', () => undefined).pipe(socket));
  expect(await saidOf(echo)).toMatch(/cannot be reached: HPE_\w+; what listens there does not speak HTTP/);
  const closing = createTcpServer((socket) => socket.destroy());
  expect(await saidOf(closing)).toMatch(/cannot be reached: ECONNRESET; .*TLS/);
});

test('what is no failure of ClickHouse stays what it is', () => {
  const endpoint = { url: 'http://x:8123', database: 'd', readsMax: 1 };
  const bug = new TypeError('undefined is not a function');
  expect(startRefusal(bug, endpoint)).toBe(bug);
  const late = new Refusal('the store is not reachable', {
    code: 'STORE_DOWN',
    cause: Object.assign(new Error('x'), { code: 'ECONNREFUSED' }),
  });
  expect(startRefusal(late, endpoint)).toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining('ECONNREFUSED'),
  });
});
