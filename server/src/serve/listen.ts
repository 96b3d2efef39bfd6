import Fastify, { type FastifyInstance, type FastifyPluginAsync, type FastifyPluginCallback } from 'fastify';
import { log } from '#kit';
import { type Limits, Refusal } from '#model';
import { isLoopback, refuseStrangers, securityHeaders } from './guard.ts';
import { watchRequests } from './watch.ts';

export type Plugin = FastifyPluginAsync | FastifyPluginCallback;

export interface ListenOptions {
  readonly address: { readonly host: string; readonly port: number; readonly flag: string };
  readonly plugins: readonly Plugin[];
  readonly limits: Limits;
}

export interface Listener {
  /** As it was bound: `http://127.0.0.1:4320`. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** Stops accepting, lets requests in flight finish, then closes. */
  close(): Promise<void>;
}

/** Binds one address. A taken port is refused with the flag that would move it. */
export async function listen({ address, plugins, limits }: ListenOptions): Promise<Listener> {
  const app = Fastify({
    bodyLimit: limits.receive.bodyBytesMax,
    requestTimeout: limits.receive.requestMsMax,
    connectionTimeout: 0,
    keepAliveTimeout: 65_000,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 16 * 1024, ignoreTrailingSlash: false },
    exposeHeadRoutes: true,
  });
  answerErrors(app);
  securityHeaders(app);
  if (isLoopback(address.host)) refuseStrangers(app);
  watchRequests(app);
  for (const plugin of plugins) await app.register(plugin);
  await bind(app, address);
  const bound = app.server.address();
  const port = typeof bound === 'object' && bound ? bound.port : address.port;
  const shown = address.host.includes(':') ? `[${address.host}]` : address.host;
  return { url: `http://${shown}:${port}`, host: address.host, port, close: () => app.close() };
}

async function bind(app: FastifyInstance, { host, port, flag }: ListenOptions['address']): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    const why = code === 'EADDRINUSE' ? 'another process listens there' : (cause as Error).message;
    throw new Refusal(
      `cannot listen on ${host}:${port}: ${why}; choose another with ${flag} HOST:PORT (0 picks a free port)`,
      {
        code: 'CONFIG_INVALID',
        cause,
      },
    );
  }
}

/** What no plugin answered itself: a Refusal keeps its words, anything else is a bug and is logged as one. */
function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    const status = error instanceof Refusal ? error.status : (error.statusCode ?? 500);
    if (status >= 500 && !(error instanceof Refusal)) {
      log.error(
        { err: error, method: request.method, route: request.routeOptions.url },
        'a request failed unexpectedly',
      );
    }
    if (error instanceof Refusal && error.retryAfterSeconds !== undefined) {
      reply.header('retry-after', Math.ceil(error.retryAfterSeconds));
    }
    const code = error instanceof Refusal ? error.code : status >= 500 ? 'INTERNAL' : 'BAD_REQUEST';
    const message = status >= 500 && !(error instanceof Refusal) ? 'an internal error; see the log' : error.message;
    return reply.status(status).send({ error: { code, message } });
  });
  app.setNotFoundHandler((request, reply) =>
    reply
      .status(404)
      .send({ error: { code: 'NOT_FOUND', message: `there is no ${request.method} ${request.url.split('?')[0]}` } }),
  );
}
