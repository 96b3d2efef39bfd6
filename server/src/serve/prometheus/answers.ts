/** The envelope of every answer, and how a refusal reads in Prometheus' words. */

import type { FastifyReply } from 'fastify';
import { log } from '#kit';
import type { RefusalCode } from '#model';
import { sendJson } from '../json.ts';
import { type Refused, refusedBy } from '../refused.ts';

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
  const refused = refusedBy(error);
  if (refused) return refuse(refused, reply);
  log.error({ err: error }, 'a Prometheus API request failed');
  return failWith(reply, { status: 500, type: 'internal', message: 'internal error; see the log' });
}

export function refuse(refused: Refused, reply: FastifyReply): FastifyReply {
  if (refused.retryAfterSeconds !== undefined) reply.header('retry-after', String(refused.retryAfterSeconds));
  return failWith(reply, {
    status: refused.status,
    type: errorTypes[refused.code] ?? 'bad_data',
    message: refused.message,
  });
}

function failWith(reply: FastifyReply, about: { status: number; type: ErrorType; message: string }): FastifyReply {
  const body = { status: 'error', errorType: about.type, error: about.message };
  return sendJson(reply.code(about.status), JSON.stringify(body));
}

function noteField(field: string, noun: string, notes: readonly string[]): string {
  if (notes.length === 0) return '';
  const shown = notes.slice(0, notesMax);
  const left = notes.length - shown.length;
  if (left > 0) shown.push(`${left} more ${noun} annotations omitted`);
  return `,"${field}":${JSON.stringify(shown)}`;
}
