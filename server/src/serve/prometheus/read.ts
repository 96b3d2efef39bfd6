/**
 * Remote read: another Prometheus asks for raw samples (POST `read`, `prometheus.ReadRequest` in a snappy block) and gets
 * them as SAMPLES. Streamed chunks are an offer that a client may make and a server may pass over.
 * Source: Prometheus' docs/querying/remote_read_api.md and prompb/remote.proto.
 */
import { Readable } from 'node:stream';
import { setImmediate as breathe } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { log, snappyDecodeInto, snappyLength, snappyPieces } from '#kit';
import { compareText, type Labels, type Limits, Refusal, type SeriesColumns } from '#model';
import type { Asking, Question } from '../asking.ts';
import type { PrometheusDeps } from './deps.ts';
import { type ReadQuery, readRequestOf, resultHead, seriesBytes } from './readwire.ts';

/** Matchers and their values; a request is never large. */
const requestBytesMax = 1024 * 1024;

const SAMPLES = 0;

export function readRoutes(scope: FastifyInstance, deps: PrometheusDeps, asking: Asking): void {
  scope.register(async (own) => {
    own.removeAllContentTypeParsers();
    own.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: requestBytesMax }, (_request, body, done) =>
      done(null, body),
    );
    own.setErrorHandler((error, _, reply) => failInWords(error, reply));
    own.post('/read', async (request, reply) => {
      const { queries, accepted } = readRequestOf(decoded(request.body));
      checkAccepted(accepted);
      const body = await asking({ request, reply }, (about) => answerOf(queries, about, deps));
      reply.type('application/x-protobuf').header('content-encoding', 'snappy');
      return reply.send(Readable.from(snappyPieces(body), { objectMode: false }));
    });
  });
}

function decoded(body: unknown): Uint8Array {
  if (!Buffer.isBuffer(body)) throw new Refusal('the request has no body; send a ReadRequest', { code: 'BAD_REQUEST' });
  const header = snappyLength(body, requestBytesMax, 'the most that a read request may be');
  const out = new Uint8Array(header.length);
  snappyDecodeInto(out, body, header);
  return out;
}

function checkAccepted(accepted: readonly number[]): void {
  if (accepted.length === 0 || accepted.includes(SAMPLES)) return;
  throw new Refusal(
    'server does not support any of the requested response types; accept SAMPLES, the one that is answered',
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
    for (const series of found.sort(byLabels)) {
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

function byLabels(a: SeriesColumns, b: SeriesColumns): number {
  return compareLabels(a.labels, b.labels);
}

function compareLabels(a: Labels, b: Labels): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const order = compareText(a[i] ?? '', b[i] ?? '');
    if (order !== 0) return order;
  }
  return a.length - b.length;
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
