import type { FastifyReply, FastifyRequest } from 'fastify';
import { log } from '#kit';
import { type Refused, refusedBy } from '../refused.ts';

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

export function answerError(error: Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const refused = refusedBy(error);
  if (refused) return refuse(refused, reply);
  log.error({ err: error, route: request.routeOptions.url }, 'a request failed unexpectedly');
  return sendError(reply, 500, 'an internal error; the log of Farol has it');
}

export function refuse({ message, status, retryAfterSeconds }: Refused, reply: FastifyReply): FastifyReply {
  if (retryAfterSeconds !== undefined) reply.header('retry-after', Math.ceil(retryAfterSeconds));
  return sendError(reply, status, message);
}

const sendError = (reply: FastifyReply, code: number, msg: string): FastifyReply =>
  reply.status(code).send({ ...envelope(null), errors: [{ code, msg }] });
