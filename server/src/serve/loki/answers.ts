/** The envelope of answers, and how a refusal reads: JSON with a `message`, which Grafana shows. */
import type { FastifyReply } from 'fastify';
import { log } from '#kit';
import type { RefusalCode } from '#model';
import { sendJson } from '../json.ts';
import { refusedBy } from '../refused.ts';

/** Where Loki's status differs from ours. */
const statuses: Partial<Record<RefusalCode, number>> = {
  QUERY_TIMEOUT: 504,
  QUERY_FAILED: 400,
  QUERY_TOO_LARGE: 400,
  UNSUPPORTED: 400,
};

export function sendData(reply: FastifyReply, data: unknown): FastifyReply {
  return sendJson(reply, JSON.stringify({ status: 'success', data }));
}

export function fail(error: unknown, reply: FastifyReply): FastifyReply {
  const refused = refusedBy(error);
  if (refused === undefined) {
    log.error({ err: error }, 'a Loki API request failed');
    return failWith(reply, { status: 500, message: 'internal error; see the log' });
  }
  if (refused.retryAfterSeconds !== undefined) reply.header('retry-after', String(refused.retryAfterSeconds));
  return failWith(reply, { status: statuses[refused.code] ?? refused.status, message: refused.message });
}

export function failWith(reply: FastifyReply, { status, message }: { status: number; message: string }): FastifyReply {
  return sendJson(reply.code(status), JSON.stringify({ code: status, status: 'error', message }));
}
