/** Loki push: POST `/loki/api/v1/push`, JSON (plain, gzip, deflate) and protobuf in snappy. */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { Pace, SnappyDecoder, snappyLength } from '#kit';
import { Refusal, tenantOf } from '#model';
import { describeRejections, type StreamContext, streamRowsOf, Tally, windowAt } from '#normalise';
import { bookUndecoded } from '../books.ts';
import type { Lease } from '../budget.ts';
import { cutJson, cutProtobuf } from '../cut/index.ts';
import type { ReceiveDeps } from '../deps.ts';
import {
  asRefusal,
  decodedBody,
  mediaTypeOf,
  onlyPost,
  rawBody,
  refuseInText,
  takeRawBodies,
  userAgentOf,
  withLease,
} from '../http.ts';
import { giveBack } from '../inflate.ts';
import { type Body, takeBody } from '../take.ts';
import { decodePushJson } from './json.ts';
import { decodePush } from './protobuf.ts';

const path = '/loki/api/v1/push';

export function lokiPushRoutes(deps: ReceiveDeps): FastifyPluginAsync {
  return async (app) => {
    takeRawBodies(app);
    app.post(path, (request, reply) => answer(request, reply, deps));
    onlyPost(app, path, refuseInText);
  };
}

const book = (deps: ReceiveDeps) => ({ ledger: deps.ledger, protocol: 'loki', signal: 'logs' }) as const;

async function answer(request: FastifyRequest, reply: FastifyReply, deps: ReceiveDeps) {
  const sender = userAgentOf(request);
  try {
    const tallies = await withLease(request, deps, async (lease) => {
      const push = await read(request, deps, lease).catch((error) => {
        bookUndecoded(book(deps), sender, error);
        throw error;
      });
      return takeBody(bodyOf(push, { sender, lease, deps }), deps);
    });
    const message = describeRejections(tallies, 'log lines');
    if (message === undefined) return reply.code(204).send();
    return refuseInText(new Refusal(message, { code: 'BAD_REQUEST' }), reply);
  } catch (error) {
    return refuseInText(asRefusal(error, 'loki'), reply);
  }
}

interface Push {
  readonly tenant: string;
  readonly isJson: boolean;
  readonly bytes: Buffer;
}

async function read(request: FastifyRequest, deps: ReceiveDeps, lease: Lease): Promise<Push> {
  const tenant = tenantOf(request.headers['x-scope-orgid']);
  const isJson = saysJson(request.headers['content-type']);
  const bytes = await (isJson ? decodedBody(request, deps, lease) : snappyBody(request, deps, lease));
  return { tenant, isJson, bytes };
}

interface Sent {
  readonly sender: string;
  readonly lease: Lease;
  readonly deps: ReceiveDeps;
}

function bodyOf({ tenant, isJson, bytes }: Push, { sender, lease, deps }: Sent): Body {
  const limits = deps.limits.receive;
  const window = windowAt(deps.clock.nowMs(), deps.retentionMs.logs, limits.futureMsMax);
  const context: StreamContext = { tenant, window, limits };
  return {
    bytes,
    lease,
    book: book(deps),
    sender,
    noun: 'log lines',
    read(piece, requestId) {
      const tally = new Tally();
      const streams = isJson ? decodePushJson(piece, limits.nestingMax) : decodePush(piece);
      const logs = streamRowsOf(streams, context, tally);
      return { batch: { tenant, logs, requestId }, rowCount: logs.length, tallies: new Map([[sender, tally]]) };
    },
    cut: (body, options) =>
      isJson
        ? cutJson(body, { streams: { values: {} } }, options)
        : cutProtobuf(body, { [streamsTag]: { [entriesTag]: {} } }, options),
  };
}

const streamsTag = 0x0a;
const entriesTag = 0x12;

/** Loki's words: no media type and a broken one are 400; a type it does not know is 415. */
function saysJson(contentType: string | undefined): boolean {
  const media = mediaTypeOf(contentType);
  const given = JSON.stringify((contentType ?? '').slice(0, 80));
  const way = 'send application/json or application/x-protobuf';
  if (!media) throw new Refusal(`Content-Type ${given} is missing or malformed; ${way}`, { code: 'BAD_REQUEST' });
  const charset = media.params.get('charset')?.toLowerCase() ?? 'utf-8';
  if (charset !== 'utf-8' && charset !== 'utf8') {
    throw new Refusal(`charset of Content-Type ${given} is not supported; send UTF-8`, { code: 'BAD_REQUEST' });
  }
  if (media.type === 'application/json') return true;
  if (media.type === 'application/x-protobuf') return false;
  throw new Refusal(`Content-Type ${given} is not supported; ${way}`, { code: 'UNSUPPORTED_MEDIA_TYPE' });
}

async function snappyBody(request: FastifyRequest, deps: ReceiveDeps, lease: Lease): Promise<Buffer> {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? 'snappy';
  if (encoding !== 'snappy') {
    const message = `Content-Encoding ${JSON.stringify(encoding.slice(0, 40))} does not go with protobuf; send snappy`;
    throw new Refusal(message, { code: 'UNSUPPORTED_MEDIA_TYPE' });
  }
  const block = await rawBody(request, deps, lease);
  const header = snappyLength(block, deps.limits.receive.decodedBytesMax);
  lease.grow(header.length);
  const bytes = Buffer.allocUnsafeSlow(header.length);
  lease.onClose(() => giveBack(bytes));
  const decoder = new SnappyDecoder(bytes, block, header);
  const pace = new Pace(deps.clock);
  while (!decoder.decode(snappyBytesPerStep)) if (pace.isDue) await pace.rest();
  return bytes;
}

const snappyBytesPerStep = 512 * 1024;
