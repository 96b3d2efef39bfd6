/** The HTTP plumbing that the receivers share: raw bodies, one verb, one tenant, one lease a request. */
import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { log, noteFailure } from '#kit';
import { Refusal } from '#model';
import { drain, readBody } from './body.ts';
import type { Lease } from './budget.ts';
import type { ReceiveDeps } from './deps.ts';
import { encodingOf, inflate } from './inflate.ts';

/** Hands every body through as the stream it is; the receivers judge type, encoding and size themselves. */
export function takeRawBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
}

/** Every other verb on `url` is answered by `refuse`. */
export function onlyPost(
  app: FastifyInstance,
  url: string,
  refuse: (refusal: Refusal, reply: FastifyReply) => unknown,
): void {
  app.route({
    method: ['GET', 'PUT', 'PATCH', 'DELETE'],
    url,
    handler: (request, reply) => {
      drainRequest(request, undefined);
      reply.header('allow', 'POST');
      const message = `${request.method} is not allowed on ${url}; send POST`;
      return refuse(new Refusal(message, { code: 'METHOD_NOT_ALLOWED' }), reply);
    },
  });
}

function drainRequest(request: FastifyRequest, deps: ReceiveDeps | undefined): void {
  if (deps) drain(request.raw, deps.clock);
  else request.raw.resume();
}

/** Opens a lease for the time of `work`, and throws away what a refused sender is still sending. */
export async function withLease<Answer>(
  request: FastifyRequest,
  deps: ReceiveDeps,
  work: (lease: Lease) => Promise<Answer>,
): Promise<Answer> {
  const lease = deps.budget.lease(`${request.headers['x-scope-orgid'] ?? ''} ${request.ip}`);
  try {
    return await work(lease);
  } finally {
    lease.close();
    drainRequest(request, deps);
  }
}

/** The body as sent. */
export function rawBody(request: FastifyRequest, deps: ReceiveDeps, lease: Lease): Promise<Buffer> {
  const stream = (request.body ?? request.raw) as Readable;
  return readBody(stream, request.headers, { limits: deps.limits.receive, clock: deps.clock, lease });
}

/** The body, inflated as its Content-Encoding says; not to be looked at when the lease is closed. */
export async function decodedBody(request: FastifyRequest, deps: ReceiveDeps, lease: Lease): Promise<Buffer> {
  const encoding = encodingOf(request.headers);
  const body = await rawBody(request, deps, lease);
  return inflate(body, encoding, { limits: deps.limits.receive, lease, turns: deps.budget.inflating });
}

/** `type/subtype` in lower case, and the parameters by name; undefined when there is no Content-Type or it is malformed. */
export function mediaTypeOf(
  header: string | undefined,
): { type: string; params: ReadonlyMap<string, string> } | undefined {
  const [first = '', ...rest] = (header ?? '').split(';');
  const type = first.trim().toLowerCase();
  if (!/^[a-z0-9.+*-]+\/[a-z0-9.+*-]+$/.test(type)) return undefined;
  const params = new Map<string, string>();
  for (const part of rest) {
    if (part.trim() === '') continue;
    const match = /^\s*([^\s=]+)=(?:"([^"]*)"|([^\s"]+))\s*$/.exec(part);
    if (!match?.[1]) return undefined;
    params.set(match[1].toLowerCase(), match[2] ?? match[3] ?? '');
  }
  return { type, params };
}

/** What the client calls itself. */
export function userAgentOf(request: FastifyRequest): string {
  return request.headers['user-agent'] ?? '(unnamed)';
}

export function retryAfter(reply: FastifyReply, refusal: Refusal): void {
  if (refusal.retry) reply.header('retry-after', String(Math.ceil(refusal.retryAfterSeconds ?? 1)));
}

/** What is no refusal is a bug: it is logged, and the sender may try again. */
export function asRefusal(error: unknown, protocol: string): Refusal {
  noteFailure(error as Error);
  if (error instanceof Refusal) return error;
  log.error({ err: error }, `receive.${protocol} failed`);
  return new Refusal('the request could not be handled; the server has logged why', {
    code: 'STORE_DOWN',
    cause: error,
  });
}

/** In plain text, of which senders log the first line. */
export function refuseInText(refusal: Refusal, reply: FastifyReply): FastifyReply {
  retryAfter(reply, refusal);
  return reply.code(refusal.status).type('text/plain; charset=utf-8').send(`${refusal.message}\n`);
}
