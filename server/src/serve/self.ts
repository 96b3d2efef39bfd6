import type { FastifyPluginCallback } from 'fastify';
import { registry } from '#kit';

export interface SelfDeps {
  /** Why Farol is not ready, or undefined when it is: writes are durable and questions are answered. */
  readonly whyNotReady: () => string | undefined;
  readonly reload: () => Promise<void>;
}

/** Who has Prometheus' address (`promtool check healthy`) asks below it. */
const prefixes = ['', '/prometheus'];

/** `/metrics`, `/-/healthy`, `/-/ready`, `/-/reload`, as Prometheus has them. */
export function selfRoutes({ whyNotReady, reload }: SelfDeps): FastifyPluginCallback {
  return (app, _options, done) => {
    app.get('/metrics', async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()));
    for (const prefix of prefixes) {
      app.get(`${prefix}/-/healthy`, async (_request, reply) => reply.type('text/plain').send('Farol is Healthy.\n'));
      app.get(`${prefix}/-/ready`, async (_request, reply) => {
        const reason = whyNotReady();
        if (reason !== undefined) return reply.status(503).type('text/plain').send(`Farol is not Ready: ${reason}\n`);
        return reply.type('text/plain').send('Farol is Ready.\n');
      });
    }
    app.route({
      method: ['POST', 'PUT'],
      url: '/-/reload',
      handler: async (_request, reply) => {
        await reload();
        return reply.type('text/plain').send('');
      },
    });
    done();
  };
}
