import Fastify, { type FastifyInstance, type FastifyPluginAsync, type FastifyPluginCallback } from 'fastify';
import { log } from '#kit';
import { type Limits, Refusal } from '#model';
import { isLoopback, refuseStrangers, securityHeaders } from './guard.ts';
import { watchRequests } from './watch.ts';

type Plugin = FastifyPluginAsync | FastifyPluginCallback;

export interface Address {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** The flag that set it. */
  readonly flag: string;
}

export interface ListenOptions {
  readonly address: Address;
  readonly plugins: readonly Plugin[];
  readonly limits: Limits;
}

export interface Listener extends AsyncDisposable {
  /** As it was bound: `http://127.0.0.1:4320`. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
}

/**
 * Binds one address; disposing it stops accepting, lets requests in flight finish, then closes. A taken port is refused
 * with the flag that would move it.
 */
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
  return { url: `http://${shown}:${port}`, host: address.host, port, [Symbol.asyncDispose]: () => app.close() };
}

async function bind(app: FastifyInstance, address: Address): Promise<void> {
  const { host, port } = address;
  if (!isLoopback(host)) {
    log.warn(
      { host, port },
      `${address.flag} opens Farol to the network, and it has no login yet: whoever reaches ${host}:${port} can read and write`,
    );
  }
  await app.listen({ host, port }).catch(cannotListen(address));
}

/** Turns the failure to bind an address into a refusal that names the flag. */
export function cannotListen({ host, port, flag }: Address): (cause: Error) => never {
  return (cause) => {
    const taken = (cause as NodeJS.ErrnoException).code === 'EADDRINUSE' || /EADDRINUSE/.test(cause.message);
    const why = taken ? 'another process listens there' : cause.message;
    throw new Refusal(
      `cannot listen on ${host}:${port}: ${why}; choose another with ${flag} HOST:PORT (0 picks a free port)`,
      {
        code: 'CONFIG_INVALID',
        cause,
      },
    );
  };
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
