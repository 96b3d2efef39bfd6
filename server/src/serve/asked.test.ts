import { once } from 'node:events';
import { connect } from 'node:net';
import Fastify from 'fastify';
import { expect, test } from 'vitest';
import { asked } from './asked.ts';

test('F52 a client that leaves aborts what was asked for it', async () => {
  const app = Fastify();
  const begun = Promise.withResolvers<AbortSignal>();
  app.get('/slow', (request, reply) =>
    asked({ request, reply }, async ({ signal }) => {
      begun.resolve(signal);
      await once(signal, 'abort');
      return {};
    }),
  );
  const url = new URL(await app.listen({ port: 0, host: '127.0.0.1' }));
  const socket = connect(Number(url.port), url.hostname);
  socket.write('GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const signal = await begun.promise;
  expect(signal.aborted).toBe(false);
  socket.destroy();
  await once(signal, 'abort');
  expect(signal.reason).toMatchObject({ code: 'CANCELLED' });
  await app.close();
});

test('the tenant and the parameters are those of the request', async () => {
  const app = Fastify();
  app.get('/', (request, reply) =>
    asked({ request, reply }, async ({ tenant, params }) => ({ tenant, a: params.getAll('a') })),
  );
  const get = async (tenant?: string) =>
    app.inject({ url: '/?a=1&a=%27&b=%zz', headers: tenant === undefined ? {} : { 'x-scope-orgid': tenant } });
  expect((await get()).json()).toEqual({ tenant: 'main', a: ['1', "'"] });
  expect((await get('team-a')).json().tenant).toBe('team-a');
  expect((await get("a'; DROP")).statusCode).toBeGreaterThanOrEqual(400);
  await app.close();
});
