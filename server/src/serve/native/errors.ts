import type { ApiError } from '@farol/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { log } from '#kit';
import { refusedBy } from '../refused.ts';

/** Refusals keep their words; anything else is a bug, told to the log and not to the client. */
export function answerError(error: Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const refused = refusedBy(error);
  if (refused === undefined) {
    log.error({ err: error, route: request.routeOptions.url }, 'a request failed unexpectedly');
    const body: ApiError = { error: { code: 'INTERNAL', message: 'an internal error; the log of Farol has it' } };
    return reply.status(500).send(body);
  }
  if (refused.retryAfterSeconds !== undefined) reply.header('retry-after', Math.ceil(refused.retryAfterSeconds));
  const body: ApiError = { error: { code: refused.code, message: refused.message } };
  return reply.status(refused.status).send(body);
}
