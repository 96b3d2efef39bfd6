import type { Socket } from 'node:net';
import Fastify, {
  type FastifyInstance,
  type FastifyPluginAsync,
  type FastifyPluginCallback,
  type FastifyReply,
} from 'fastify';
import { log } from '#kit';
import { type Limits, Refusal } from '#model';
import { formBytesMax } from './form.ts';
import { isLoopback, refuseForeignNames, refuseForeignPages, securityHeaders } from './guard.ts';
import { refusalOfUnknown, rememberRoutes } from './methods.ts';
import { type Refused, refusedBy } from './refused.ts';
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
    // Who is given an address that ends in a slash asks for two in a row (Grafana's Tempo).
    routerOptions: { maxParamLength: 16 * 1024, ignoreTrailingSlash: false, ignoreDuplicateSlashes: true },
    exposeHeadRoutes: true,
    http: { maxHeaderSize: formBytesMax(limits.query) },
    clientErrorHandler: answerBrokenRequest(limits),
    // No hook sees an address that cannot be decoded.
    frameworkErrors({ message, statusCode: status = 400 }, _request, reply) {
      refuse({ message, status, code: 'BAD_REQUEST' }, reply);
    },
  });
  answerErrors(app);
  rememberRoutes(app);
  securityHeaders(app);
  if (isLoopback(address.host)) refuseForeignNames(app);
  refuseForeignPages(app);
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
  app.setErrorHandler((error: Error, request, reply) => {
    const refused = refusedBy(error);
    if (refused) return refuse(refused, reply);
    log.error({ err: error, method: request.method, route: request.routeOptions.url }, 'a request failed unexpectedly');
    return reply.status(500).send({ error: { code: 'INTERNAL', message: 'an internal error; see the log' } });
  });
  app.setNotFoundHandler((request, reply) => refuse(refusalOfUnknown(request, reply), reply));
}

function refuse({ message, status, code, retryAfterSeconds }: Refused, reply: FastifyReply): FastifyReply {
  if (retryAfterSeconds !== undefined) reply.header('retry-after', Math.ceil(retryAfterSeconds));
  return reply.status(status).send({ error: { code, message } });
}

const patienceMs = 1_000;

/** What is no HTTP, came too slowly, or has too much before its body; no route ever sees it. */
function answerBrokenRequest({ query, receive }: Limits) {
  const answers: Readonly<Record<string, readonly [status: string, message: string]>> = {
    HPE_HEADER_OVERFLOW: [
      '431 Request Header Fields Too Large',
      `address and headers take at most ${formBytesMax(query)} bytes (four times query.textBytesMax, and 16 KiB); send a long question as the form of a POST, or raise the limit`,
    ],
    ERR_HTTP_REQUEST_TIMEOUT: [
      '408 Request Timeout',
      `the request was not complete after ${receive.requestMsMax} ms (receive.requestMsMax); send less at once`,
    ],
  };
  return (error: Error & { code?: string }, socket: Socket): void => {
    // What still comes of an answered one is the same mistake.
    if (error.code === 'ECONNRESET' || socket.destroyed || socket.writableEnded) return;
    const [status, message] = answers[error.code ?? ''] ?? ['400 Bad Request', 'this is not HTTP/1.1 as it should be'];
    const body = JSON.stringify({ error: { code: 'BAD_REQUEST', message } });
    socket.end(
      `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    );
    // Who is cut off while still sending may never read why.
    socket.resume();
    setTimeout(() => socket.destroy(), patienceMs).unref();
  };
}
