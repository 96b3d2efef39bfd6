import type { FastifyInstance, FastifyRequest } from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import { currentWork } from '#kit';
import { limits } from '#model';
import { formBytesMax, paramsOf, takeAnyForm } from './form.ts';
import { listen } from './listen.ts';

async function served(): Promise<(path: string, body: string, type?: string) => Promise<Response>> {
  const server = await listen({
    address: { host: '127.0.0.1', port: 0, flag: '--listen' },
    limits,
    plugins: [
      async (app: FastifyInstance) => {
        takeAnyForm(app, limits.query);
        app.post('/echo', async (request: FastifyRequest) => {
          const params = paramsOf(request);
          return { first: params.first('a'), all: params.all('a'), trace: currentWork()?.traceId };
        });
      },
    ],
  });
  onTestFinished(() => server[Symbol.asyncDispose]());
  return (path, body, type = 'application/x-www-form-urlencoded') =>
    fetch(`${server.url}${path}`, { method: 'POST', body, headers: { 'content-type': type } });
}

test('a form comes before the URL, and what is no form says nothing', async () => {
  const ask = await served();
  const f = async (answer: Promise<Response>, expected: object) =>
    expect(await (await answer).json()).toMatchObject(expected);
  await f(ask('/echo?a=3&b=4', 'a=1&a=%C3%A9+2'), { first: '1', all: ['1', 'é 2', '3'] });
  await f(ask('/echo?a=3', 'b=1'), { first: '3', all: ['3'] });
  await f(ask('/echo', 'a=1', 'Application/X-WWW-Form-URLEncoded; charset=UTF-8'), { first: '1', all: ['1'] });
  await f(ask('/echo?a=3', 'a=1', 'application/json'), { first: '3', all: ['3'] });
  await f(ask('/echo', ''), { first: '', all: [] });
});

test('a form of one byte too many is refused by the limit and its value, and one of as many as that is not', async () => {
  const ask = await served();
  const longest = formBytesMax(limits.query);
  expect((await ask('/echo', 'x'.repeat(longest))).status).toBe(200);
  const refused = await ask('/echo', 'x'.repeat(longest + 1));
  expect(refused.status).toBe(413);
  expect(await refused.text()).toMatch(`${longest + 1} bytes and a question takes ${longest}`);
});

test('who reads a form still works within the trace that the answer names', async () => {
  const answer = await (await served())('/echo', 'a=1');
  const { trace } = (await answer.json()) as { trace: string };
  expect(trace).toMatch(/^[0-9a-f]{32}$/);
  expect(answer.headers.get('server-timing')).toContain(trace);
});
