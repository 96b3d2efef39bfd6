/**
 * Remote read: another Prometheus asks for raw samples (POST `read`, `prometheus.ReadRequest` in a snappy block) and gets
 * them as it likes best: as STREAMED_XOR_CHUNKS, series by series, or all at once as SAMPLES.
 * Source: Prometheus' docs/querying/remote_read_api.md and prompb/remote.proto.
 */
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setImmediate as breathe } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { log, snappyDecodeInto, snappyLength, snappyPieces } from '#kit';
import { compareLabels, type Limits, Refusal } from '#model';
import type { Asking, Question } from '../asking.ts';
import type { PrometheusDeps } from './deps.ts';
import { framesOf } from './readchunks/index.ts';
import { type ReadQuery, readRequestOf, resultHead, seriesBytes } from './readwire.ts';

/** Matchers and their values; a request is never large. */
const requestBytesMax = 1024 * 1024;

/** Numbers of `ReadRequest.ResponseType`. */
const SAMPLES = 0;
const STREAMED_XOR_CHUNKS = 1;

export function readRoutes(scope: FastifyInstance, deps: PrometheusDeps, asking: Asking): void {
  scope.register(async (own) => {
    own.removeAllContentTypeParsers();
    own.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: requestBytesMax }, (_request, body, done) =>
      done(null, body),
    );
    own.setErrorHandler((error, _, reply) => failInWords(error, reply));
    own.post('/read', async (request, reply) => {
      const { queries, accepted } = readRequestOf(decoded(request.body));
      const answer = { queries, client: { request, reply }, deps, asking };
      return responseTypeOf(accepted) === SAMPLES ? sendSamples(answer) : sendChunks(answer);
    });
  });
}

interface Answer {
  readonly queries: readonly ReadQuery[];
  readonly client: { readonly request: FastifyRequest; readonly reply: FastifyReply };
  readonly deps: PrometheusDeps;
  readonly asking: Asking;
}

async function sendSamples({ queries, client, deps, asking }: Answer): Promise<FastifyReply> {
  const body = await asking(client, (about) => answerOf(queries, about, deps));
  const { reply } = client;
  reply.type('application/x-protobuf').header('content-encoding', 'snappy');
  return reply.send(Readable.from(snappyPieces(body), { objectMode: false }));
}

/** What fails before the first frame is said in words; later, the connection breaks, and the client knows that it has not all. */
async function sendChunks({ queries, client, deps, asking }: Answer): Promise<FastifyReply> {
  const { reply } = client;
  await asking(client, async (about) => {
    const frames = allFrames(queries, about, deps);
    const first = await frames.next();
    reply.type('application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse');
    const body = Readable.from(first.done ? [] : startingWith(first.value, frames), { objectMode: false });
    reply.send(body);
    // Its slot is kept until the client has read all of it, or its time is over.
    await finished(reply.raw, { signal: about.signal }).catch((error) => {
      body.destroy();
      reply.raw.destroy();
      throw error;
    });
  }).catch((error) => {
    if (!reply.raw.headersSent) throw error;
    if (!(error instanceof Refusal && error.code === 'CANCELLED')) log.warn({ err: error }, 'a remote read broke off');
  });
  return reply;
}

async function* startingWith(first: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}

async function* allFrames(
  queries: readonly ReadQuery[],
  about: Question,
  { metrics, limits, clock }: PrometheusDeps,
): AsyncGenerator<Buffer> {
  const { samplesMax, seriesMax } = limits;
  let turnEndMs = clock.tickMs() + turnMsMax;
  for (const [index, query] of queries.entries()) {
    for await (const batch of metrics.walk({ ...query, ...about, samplesMax, seriesMax })) {
      for (const series of batch) {
        for (const frame of framesOf(series, index)) {
          if (frame !== undefined) yield frame;
          if (clock.tickMs() < turnEndMs) continue;
          await breathe();
          about.signal.throwIfAborted();
          turnEndMs = clock.tickMs() + turnMsMax;
        }
      }
    }
  }
}

function decoded(body: unknown): Uint8Array {
  if (!Buffer.isBuffer(body)) throw new Refusal('the request has no body; send a ReadRequest', { code: 'BAD_REQUEST' });
  const header = snappyLength(body, requestBytesMax, 'the most that a read request may be');
  const out = new Uint8Array(header.length);
  snappyDecodeInto(out, body, header);
  return out;
}

/** The client's favourite among those there are. Nothing said means SAMPLES. */
function responseTypeOf(accepted: readonly number[]): number {
  if (accepted.length === 0) return SAMPLES;
  const type = accepted.find((one) => one === SAMPLES || one === STREAMED_XOR_CHUNKS);
  if (type !== undefined) return type;
  throw new Refusal(
    'server does not support any of the requested response types; accept SAMPLES or STREAMED_XOR_CHUNKS',
    { code: 'BAD_REQUEST' },
  );
}

const turnMsMax = 20;

async function answerOf(
  queries: readonly ReadQuery[],
  about: Question,
  { metrics, limits, clock }: PrometheusDeps,
): Promise<Buffer> {
  const parts: Buffer[] = [];
  const size = { bytes: 0 };
  let turnEndMs = clock.tickMs() + turnMsMax;
  for (const query of queries) {
    const { samplesMax, seriesMax } = limits;
    const found = await metrics.select({ ...query, ...about, samplesMax, seriesMax });
    const result: Buffer[] = [];
    for (const series of found.sort((a, b) => compareLabels(a.labels, b.labels))) {
      const bytes = seriesBytes(series);
      grow(size, bytes.length, limits);
      result.push(bytes);
      if (clock.tickMs() < turnEndMs) continue;
      await breathe();
      about.signal.throwIfAborted();
      turnEndMs = clock.tickMs() + turnMsMax;
    }
    parts.push(resultHead(result), ...result);
  }
  return Buffer.concat(parts);
}

function grow(size: { bytes: number }, bytes: number, { answerBytesMax }: Limits['query']): void {
  size.bytes += bytes;
  if (size.bytes <= answerBytesMax) return;
  throw new Refusal(
    `the answer is over ${answerBytesMax} bytes (query.answerBytesMax); read fewer series or less time at once`,
    { code: 'QUERY_TOO_LARGE' },
  );
}

/** The client logs the first line of the answer, so it is plain text. */
function failInWords(error: unknown, reply: FastifyReply): FastifyReply {
  reply.type('text/plain; charset=utf-8');
  if (error instanceof Refusal) return reply.code(error.status).send(`${error.message}\n`);
  const status = (error as { statusCode?: unknown }).statusCode;
  if (typeof status === 'number' && status >= 400 && status <= 499)
    return reply.code(status).send(`${(error as Error).message}\n`);
  log.error({ err: error }, 'a remote read failed');
  return reply.code(500).send('internal error; see the log\n');
}
