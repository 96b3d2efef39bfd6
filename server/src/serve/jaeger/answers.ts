import type { FastifyReply, FastifyRequest } from 'fastify';
import { log } from '#kit';
import { Refusal } from '#model';

/** Jaeger's envelope. `total`, `limit` and `offset` are for lists of names; for traces Jaeger leaves them 0. */
export interface Envelope<T> {
  readonly data: T;
  readonly total: number;
  readonly limit: 0;
  readonly offset: 0;
  readonly errors: readonly JaegerError[] | null;
}

interface JaegerError {
  readonly code?: number;
  readonly msg: string;
  readonly traceID?: string;
}

export const envelope = <T>(data: T, total = 0): Envelope<T> => ({ data, total, limit: 0, offset: 0, errors: null });

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
  const msg = expected ? error.message : 'an internal error; the log of Farol has it';
  return reply.status(code).send({ ...envelope(null), errors: [{ code, msg }] });
}
