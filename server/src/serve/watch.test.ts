import type { FastifyInstance } from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import { noteFailure, noteGathered, registry, subscribeToWork, type WorkEvent } from '#kit';
import { limits, Refusal } from '#model';
import { listen } from './listen.ts';

async function watched() {
  const told: WorkEvent[] = [];
  onTestFinished(subscribeToWork((event) => told.push(event)));
  const server = await listen({
    address: { host: '127.0.0.1', port: 0, flag: '--listen' },
    limits,
    plugins: [
      async (app: FastifyInstance) => {
        app.get('/thrown', async () => {
          throw new Refusal('the disk is full', { code: 'STORE_FULL' });
        });
        app.get('/answered', async (_, reply) => {
          noteFailure(new Refusal('the store is busy', { code: 'STORE_BUSY' }));
          return reply.code(503).send('');
        });
        app.post('/v1/logs', async () => {
          await new Promise((resolve) => setTimeout(resolve, 300));
          noteGathered(250);
          return {};
        });
        app.get('/early.js', async () => '');
      },
    ],
  });
  onTestFinished(() => server[Symbol.asyncDispose]());
  // Read from the wire before the handler runs, as a sender's is.
  const post = (path: string) =>
    fetch(`${server.url}${path}`, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } });
  return { told, ask: (path: string) => fetch(`${server.url}${path}`), post };
}

test('the span of a request that Farol failed says why, whether that was thrown or answered', async () => {
  const { told, ask } = await watched();
  await ask('/thrown');
  await ask('/answered');
  await expect.poll(() => told.map(({ error }) => error?.message)).toEqual(['the disk is full', 'the store is busy']);
});

test('a wait on purpose is no slowness, and fetching the UI is no event', async () => {
  const { told, ask, post } = await watched();
  await post('/v1/logs');
  await ask('/early.js');
  const line = (route: string) => new RegExp(`^http_server_request_duration_seconds_sum.*"${route}".* (.*)$`, 'm');
  await expect.poll(() => registry.metrics()).toMatch(line('/early.js'));
  const seconds = Number(line('/v1/logs').exec(await registry.metrics())?.[1]);
  expect(seconds).toBeGreaterThan(0);
  expect(seconds).toBeLessThan(0.2);
  expect(told).toEqual([]);
});
