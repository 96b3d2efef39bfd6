/** Tempo's errors are plain text, and so are ours here. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { log } from '#kit';
import { Refusal } from '#model';

export function answerError(
  error: Error & { statusCode?: number },
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const code = error instanceof Refusal ? error.status : (error.statusCode ?? 500);
  const expected = error instanceof Refusal || code < 500;
  if (!expected) log.error({ err: error, route: request.routeOptions.url }, 'a request failed unexpectedly');
  if (error instanceof Refusal && error.retryAfterSeconds !== undefined) {
    reply.header('retry-after', Math.ceil(error.retryAfterSeconds));
  }
  const text = expected ? error.message : 'an internal error; the log of Farol has it';
  return reply.status(code).type('text/plain; charset=utf-8').send(text);
}
