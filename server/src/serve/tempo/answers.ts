/** Tempo's errors are plain text, and so are ours here. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { log } from '#kit';
import { type Refused, refusedBy } from '../refused.ts';

export function answerError(error: Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const refused = refusedBy(error);
  if (refused) return refuse(refused, reply);
  log.error({ err: error, route: request.routeOptions.url }, 'a request failed unexpectedly');
  return text(reply.status(500), 'an internal error; the log of Farol has it');
}

export function refuse({ message, status, retryAfterSeconds }: Refused, reply: FastifyReply): FastifyReply {
  if (retryAfterSeconds !== undefined) reply.header('retry-after', Math.ceil(retryAfterSeconds));
  return text(reply.status(status), message);
}

const text = (reply: FastifyReply, words: string): FastifyReply => reply.type('text/plain; charset=utf-8').send(words);
