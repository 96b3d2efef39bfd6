import { once } from 'node:events';
import { connect } from 'node:net';
import Fastify from 'fastify';
import { expect, test } from 'vitest';
import { sendChunks } from './json.ts';
import { type Refused, refusedBy } from './refused.ts';

test('who leaves before the first byte of a compressed answer is no bug of ours, and the answer is made no further', async () => {
  const app = Fastify();
  const begun = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<number>();
  const told = Promise.withResolvers<Refused | undefined>();
  app.setErrorHandler((error, _request, reply) => {
    told.resolve(refusedBy(error));
    return reply.status(499).send();
  });
  app.get('/', (request, reply) => {
    const pieces = function* () {
      let made = 0;
      try {
        while (made < 100_000) {
          if (++made === 2) begun.resolve();
          yield 'x'.repeat(made > 2 ? 65_536 : 1);
        }
      } finally {
        ended.resolve(made);
      }
    };
    request.headers['accept-encoding'] = 'gzip';
    return sendChunks(request, reply, pieces());
  });
  const url = new URL(await app.listen({ port: 0, host: '127.0.0.1' }));
  const socket = connect(Number(url.port), url.hostname);
  await once(socket, 'connect');
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await begun.promise;
  socket.resetAndDestroy();
  expect(await ended.promise).toBeLessThan(100_000);
  expect(await Promise.race([told.promise, app.close().then(() => 'nobody was told')])).toEqual(
    expect.toSatisfy((answer) => answer === 'nobody was told' || answer?.code === 'CANCELLED'),
  );
});
