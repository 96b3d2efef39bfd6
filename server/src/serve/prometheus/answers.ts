/** The envelope of every answer, and how a refusal reads in Prometheus' words. */

import type { FastifyReply } from 'fastify';
import { log } from '#kit';
import { Refusal, type RefusalCode } from '#model';
import { sendJson } from '../json.ts';

export { sendChunks, sendJson } from '../json.ts';

type ErrorType = 'bad_data' | 'execution' | 'canceled' | 'timeout' | 'internal' | 'unavailable' | 'not_found';

const errorTypes: Partial<Record<RefusalCode, ErrorType>> = {
  QUERY_FAILED: 'execution',
  QUERY_TOO_LARGE: 'execution',
  UNSUPPORTED: 'execution',
  QUERY_TIMEOUT: 'timeout',
  CANCELLED: 'canceled',
  NOT_FOUND: 'not_found',
  TOO_MANY_REQUESTS: 'unavailable',
  STORE_BUSY: 'unavailable',
  STORE_FULL: 'unavailable',
  STORE_DOWN: 'unavailable',
  CONFIG_INVALID: 'internal',
};

export interface Notes {
  readonly warnings?: readonly string[];
  readonly infos?: readonly string[];
}

/** As many annotations of each kind as Prometheus prints; the rest is a count. */
const notesMax = 10;

export function succeed(data: unknown, notes: Notes = {}): string {
  return `${successHead}${JSON.stringify(data)}${successTail(notes)}`;
}

export const successHead = '{"status":"success","data":';

export function successTail({ warnings = [], infos = [] }: Notes): string {
  return `${noteField('warnings', 'warning', warnings)}${noteField('infos', 'info', infos)}}`;
}

export function fail(error: unknown, reply: FastifyReply): FastifyReply {
  const refusal = refusalOf(error);
  if (!refusal) {
    log.error({ err: error }, 'a Prometheus API request failed');
    return failWith(reply, { status: 500, type: 'internal', message: 'internal error; see the log' });
  }
  if (refusal.retryAfterSeconds !== undefined) reply.header('retry-after', String(refusal.retryAfterSeconds));
  return failWith(reply, {
    status: refusal.status,
    type: errorTypes[refusal.code] ?? 'bad_data',
    message: refusal.message,
  });
}

export function failWith(
  reply: FastifyReply,
  about: { status: number; type: ErrorType; message: string },
): FastifyReply {
  const body = { status: 'error', errorType: about.type, error: about.message };
  return sendJson(reply.code(about.status), JSON.stringify(body));
}

/** Fastify's own refusals (a body too large, a malformed path) are the client's to mend as well. */
function refusalOf(
  error: unknown,
): { message: string; status: number; code: RefusalCode; retryAfterSeconds?: number } | undefined {
  if (error instanceof Refusal) return error;
  const status = (error as { statusCode?: unknown }).statusCode;
  if (typeof status !== 'number' || status < 400 || status > 499) return undefined;
  return { status, code: 'BAD_REQUEST', message: (error as Error).message };
}

function noteField(field: string, noun: string, notes: readonly string[]): string {
  if (notes.length === 0) return '';
  const shown = notes.slice(0, notesMax);
  const left = notes.length - shown.length;
  if (left > 0) shown.push(`${left} more ${noun} annotations omitted`);
  return `,"${field}":${JSON.stringify(shown)}`;
}
