import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { limits } from '#model';
import { paramsOf, takeAnyForm } from './form.ts';
import { type Listener, listen, selfRoutes, uiRoutes } from './index.ts';
import { answerUnknown } from './refused.ts';

const query = { ...limits.query, textBytesMax: 10_000 };
const formBytesMax = 4 * 10_000 + 16_384;

let dist: string;
let server: Listener;
beforeAll(async () => {
  dist = await mkdtemp(join(tmpdir(), 'farol-dist-'));
  await mkdir(join(dist, 'assets'));
  await writeFile(join(dist, 'index.html'), '<title>Farol</title>');
  server = await listen({
    address: { host: '127.0.0.1', port: 0, flag: '--listen' },
    limits: { ...limits, query },
    plugins: [
      selfRoutes({ whyNotReady: () => undefined, reload: async () => {} }),
      async (app: FastifyInstance) => {
        await app.register(
          async (scope: FastifyInstance) => {
            takeAnyForm(scope, query);
            answerUnknown(scope, ({ status, message }, _, reply) => reply.status(status).send({ said: message }));
            scope.get('/label/:name/values', () => []);
            scope.route({
              method: ['GET', 'POST'],
              url: '/length',
              handler: async (request) => ({ length: paramsOf(request).first('query').length }),
            });
          },
          { prefix: '/loki/api/v1' },
        );
      },
      uiRoutes(dist),
    ],
  });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(dist, { recursive: true });
});

test('an address below an API that is not there is told by that API, to a GET too; a page is a page', async () => {
  const f = async (path: string, about: RequestInit) => {
    const answer = await fetch(`${server.url}${path}`, about);
    return [answer.status, await answer.text()];
  };
  const said = (method: string) => [
    404,
    JSON.stringify({ said: `404 page not found: there is no ${method} /loki/api/v1/rules/test/test` }),
  ];
  expect(await f('/loki/api/v1/rules/test/test?a=1', {})).toEqual(said('GET'));
  expect(await f('/loki/api/v1/rules/test/test', { method: 'POST' })).toEqual(said('POST'));
  expect(await f('/traces', {})).toEqual([200, '<title>Farol</title>']);
});

test('a wrong method is told apart from a wrong address, with the methods that are right', async () => {
  const f = async (method: string, path: string) => {
    const answer = await fetch(`${server.url}${path}`, { method });
    return [answer.status, answer.headers.get('allow'), await answer.text()];
  };
  expect(await f('PUT', '/loki/api/v1/length?a=1')).toEqual([
    405,
    'GET, HEAD, POST',
    '{"said":"PUT is not allowed on /loki/api/v1/length; send GET or POST"}',
  ]);
  expect(await f('GET', '/-/reload')).toEqual([
    405,
    'POST, PUT',
    '{"error":{"code":"METHOD_NOT_ALLOWED","message":"GET is not allowed on /-/reload; send POST or PUT"}}',
  ]);
  expect(await f('DELETE', '/loki/api/v1/label/a/values')).toEqual([
    405,
    'GET, HEAD',
    '{"said":"DELETE is not allowed on /loki/api/v1/label/a/values; send GET"}',
  ]);
  expect((await f('PUT', '/loki/api/v1/label//values'))[0]).toBe(404);
});

test('two slashes in a row are one: whoever was given an address that ends in a slash asks so', async () => {
  expect((await fetch(`${server.url}//loki/api/v1//length?query=abc`)).status).toBe(200);
});

test('an address that cannot be decoded is refused in our words', async () => {
  const answer = await fetch(`${server.url}/loki/api/v1/label/%FF/values`);
  expect([answer.status, await answer.json()]).toEqual([
    400,
    { error: { code: 'BAD_REQUEST', message: expect.stringContaining('%FF') } },
  ]);
});

test("who has Prometheus' address finds its health below it", async () => {
  for (const path of ['/-/healthy', '/-/ready', '/prometheus/-/healthy', '/prometheus/-/ready']) {
    expect([path, (await fetch(`${server.url}${path}`)).status]).toEqual([path, 200]);
  }
});

test('a question as long as the limit, percent-encoded, fits into an address', async () => {
  const longest = '%7B'.repeat(10_000);
  const answer = await fetch(`${server.url}/loki/api/v1/length?query=${longest}`);
  expect([answer.status, await answer.json()]).toEqual([200, { length: 10_000 }]);
});

test('an address that is too long is answered in words that name the limit', async () => {
  const socket = connect(server.port, '127.0.0.1');
  socket.write(`GET /loki/api/v1/length?query=${'x'.repeat(200_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  let said = '';
  for await (const piece of socket) said += piece;
  expect(said).toMatch(/^HTTP\/1\.1 431 /);
  expect(JSON.parse(said.slice(said.indexOf('\r\n\r\n')))).toEqual({
    error: { code: 'BAD_REQUEST', message: expect.stringContaining(`at most ${formBytesMax} bytes`) },
  });
});

test('a form that is too long is refused with its size and the limit, and the connection goes on', async () => {
  const f = async (letters: number) => {
    const body = new URLSearchParams({ query: 'x'.repeat(letters) });
    const answer = await fetch(`${server.url}/loki/api/v1/length`, { method: 'POST', body });
    return [answer.status, await answer.text()];
  };
  expect(await f(1_000_000)).toEqual([413, expect.stringMatching(/has 1000006 bytes and a question takes 56384 /)]);
  expect(await f(20_000)).toEqual([200, '{"length":20000}']);
});
