/** OTLP over HTTP: POST `/v1/{traces,metrics,logs}`, protobuf or JSON, answered in the request's own content type. */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { Signal } from '#kit';
import { Refusal, tenantOf } from '#model';
import { bookUndecoded } from '../books.ts';
import {
  asRefusal,
  decodedBody,
  mediaTypeOf,
  onlyPost,
  retryAfter,
  takeRawBodies,
  userAgentOf,
  withLease,
} from '../http.ts';
import { takenJson, takenProto } from './answers.ts';
import type { Format, OtlpReceiver } from './receiver.ts';
import { statusJson, statusProto } from './status.ts';

const paths: readonly (readonly [string, Signal])[] = [
  ['/v1/traces', 'traces'],
  ['/v1/logs', 'logs'],
  ['/v1/metrics', 'metrics'],
];

/** Register it on every app that takes OTLP; all share the one receiver. */
export function otlpHttpRoutes(receiver: OtlpReceiver): FastifyPluginAsync {
  return async (app) => {
    takeRawBodies(app);
    for (const [path, signal] of paths) {
      app.post(path, (request, reply) => answer(request, reply, signal, receiver));
      onlyPost(app, path, (refusal, reply) => refuse(refusal, reply, 'json'));
    }
  };
}

async function answer(request: FastifyRequest, reply: FastifyReply, signal: Signal, receiver: OtlpReceiver) {
  const { deps } = receiver;
  const format = formatOf(request.headers['content-type']);
  const agent = userAgentOf(request);
  const book = { ledger: deps.ledger, protocol: 'otlp-http', signal } as const;
  try {
    if (format === undefined) throw unknownType(request.headers['content-type']);
    const taken = await withLease(request, deps, async (lease) => {
      // What fails in here fails before the items are known; the receiver books what comes after.
      const read = async () => ({
        tenant: tenantOf(request.headers['x-scope-orgid']),
        body: await decodedBody(request, deps, lease),
      });
      const { tenant, body } = await read().catch((error) => {
        bookUndecoded(book, agent, error);
        throw error;
      });
      return receiver.receive({ protocol: 'otlp-http', signal, format, tenant, body, lease, agent });
    });
    reply.type(contentTypes[format]);
    return reply.send(format === 'json' ? takenJson(signal, taken) : takenProto(taken));
  } catch (error) {
    if (format === undefined) {
      request.raw.resume();
      bookUndecoded(book, agent, error);
    }
    return refuse(asRefusal(error, 'otlp'), reply, format ?? 'json');
  }
}

const contentTypes = { protobuf: 'application/x-protobuf', json: 'application/json' } as const;

function formatOf(contentType: string | undefined): Format | undefined {
  switch (mediaTypeOf(contentType)?.type) {
    case 'application/x-protobuf':
    case 'application/protobuf':
      return 'protobuf';
    case 'application/json':
      return 'json';
    default:
      return undefined;
  }
}

function unknownType(contentType: string | undefined): Refusal {
  return new Refusal(
    `Content-Type ${JSON.stringify((contentType ?? '').slice(0, 80))} is not supported; send application/x-protobuf or application/json`,
    { code: 'UNSUPPORTED_MEDIA_TYPE' },
  );
}

function refuse(refusal: Refusal, reply: FastifyReply, format: Format) {
  retryAfter(reply, refusal);
  reply.code(httpStatusOf(refusal)).type(contentTypes[format]);
  return reply.send(format === 'json' ? statusJson(refusal) : statusProto(refusal));
}

/** Senders retry only 429, 502, 503 and 504, so whatever may pass later must be one of these. */
function httpStatusOf(refusal: Refusal): number {
  if (!refusal.retry) return refusal.status;
  return [429, 502, 503, 504].includes(refusal.status) ? refusal.status : 503;
}

/** A bug of ours must look like one: logged, and retryable, because the data may be fine. */
