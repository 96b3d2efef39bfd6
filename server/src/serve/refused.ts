/** What is the client's to mend: a Refusal, or what the HTTP layer itself refuses by a status of 4xx. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Refusal, type RefusalCode } from '#model';
import { refusalOfUnknown } from './methods.ts';

export interface Refused {
  readonly message: string;
  readonly status: number;
  readonly code: RefusalCode;
  readonly retryAfterSeconds?: number;
}

/** Undefined: a bug of ours. */
export function refusedBy(error: unknown): Refused | undefined {
  if (error instanceof Refusal) return error;
  const { statusCode: status, code, message } = error as Error & { statusCode?: number; code?: string };
  if (code === 'ERR_STREAM_PREMATURE_CLOSE') return { message: 'the client left', status: 499, code: 'CANCELLED' };
  return status !== undefined && status >= 400 && status < 500 ? { message, status, code: 'BAD_REQUEST' } : undefined;
}

/**
 * What is asked below the scope's prefix and is not there is answered by the scope, whatever the method: without the
 * route, a GET would be the user interface's. Grafana looks for "page not found" in the words of who has no ruler.
 */
export function answerUnknown(
  scope: FastifyInstance,
  answer: (refused: Refused, request: FastifyRequest, reply: FastifyReply) => FastifyReply,
): void {
  scope.setNotFoundHandler((request, reply) =>
    answer(refusalOfUnknown(request, reply, '404 page not found: '), request, reply),
  );
  scope.get('/*', (_, reply) => reply.callNotFound());
}
