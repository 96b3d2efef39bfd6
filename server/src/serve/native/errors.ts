import type { ApiError } from '@farol/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { log } from '#kit';
import { Refusal } from '#model';

/** Refusals keep their words; anything else is a bug, told to the log and not to the client. */
export function answerError(error: Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const refusal = refusalOf(error);
  if (refusal === undefined) {
    log.error({ err: error, route: request.routeOptions.url }, 'a request failed unexpectedly');
    const body: ApiError = { error: { code: 'INTERNAL', message: 'an internal error; the log of Farol has it' } };
    return reply.status(500).send(body);
  }
  if (refusal.retryAfterSeconds !== undefined) reply.header('retry-after', Math.ceil(refusal.retryAfterSeconds));
  const body: ApiError = { error: { code: refusal.code, message: refusal.message } };
  return reply.status(refusal.status).send(body);
}

/** What Fastify itself refuses (a path that is not well-formed, a header too large) says so by its status. */
function refusalOf(error: Error & { statusCode?: number }): Refusal | undefined {
  if (error instanceof Refusal) return error;
  const status = error.statusCode ?? 500;
  return status >= 400 && status < 500 ? new Refusal(error.message, { code: 'BAD_REQUEST', cause: error }) : undefined;
}
