/** One gRPC call: the Export of a signal, from its headers to its trailers. Every call ends with a status, and is booked. */
import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { Signal } from '#kit';
import { Refusal, tenantOf } from '#model';
import { chunksOf, gather } from '../body.ts';
import { bookUndecoded } from '../books.ts';
import type { Lease } from '../budget.ts';
import { asRefusal } from '../http.ts';
import { inflate } from '../inflate.ts';
import { takenProto } from './answers.ts';
import { framed, grpcEncodingOf, unframe } from './grpcmessage.ts';
import type { OtlpReceiver } from './receiver.ts';
import { grpcCodeOf, statusProto } from './status.ts';

const signals: ReadonlyMap<string, Signal> = new Map([
  ['/opentelemetry.proto.collector.trace.v1.TraceService/Export', 'traces'],
  ['/opentelemetry.proto.collector.logs.v1.LogsService/Export', 'logs'],
  ['/opentelemetry.proto.collector.metrics.v1.MetricsService/Export', 'metrics'],
]);

const answered = { 'content-type': 'application/grpc+proto', 'grpc-accept-encoding': 'identity,gzip,deflate,zstd' };

/** Resolves when the call is answered, whatever it was. */
export async function answerCall(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  receiver: OtlpReceiver,
): Promise<void> {
  // A caller that leaves is seen where its message is read; here it must only not be a crash.
  stream.on('error', () => {});
  const path = headers[':path'] ?? '';
  const signal = signals.get(path);
  if (!String(headers['content-type'] ?? '').startsWith('application/grpc')) {
    return endEarly(stream, { ':status': constants.HTTP_STATUS_UNSUPPORTED_MEDIA_TYPE });
  }
  if (signal === undefined || headers[':method'] !== 'POST') {
    return refuse(
      stream,
      new Refusal(`there is no ${JSON.stringify(path.slice(0, 200))} here; OTLP has Export only`, {
        code: 'METHOD_NOT_ALLOWED',
      }),
    );
  }
  try {
    succeed(stream, await receive(stream, headers, signal, receiver));
  } catch (error) {
    refuse(stream, asRefusal(error, 'otlp'));
  }
}

async function receive(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  signal: Signal,
  receiver: OtlpReceiver,
): Promise<Buffer> {
  const { deps } = receiver;
  const agent = String(headers['user-agent'] ?? '(unnamed)');
  const lease = deps.budget.lease(`${headers['x-scope-orgid'] ?? ''} ${stream.session?.socket.remoteAddress}`);
  try {
    const { tenant, body } = await read(stream, headers, lease, receiver).catch((error) => {
      bookUndecoded({ ledger: deps.ledger, protocol: 'otlp-grpc', signal }, agent, error);
      throw error;
    });
    const request = { protocol: 'otlp-grpc', signal, format: 'protobuf', tenant, body, lease, agent } as const;
    return takenProto(await receiver.receive(request));
  } finally {
    lease.close();
  }
}

async function read(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  lease: Lease,
  { deps }: OtlpReceiver,
): Promise<{ tenant: string; body: Buffer }> {
  const limits = deps.limits.receive;
  const tenant = tenantOf(headers['x-scope-orgid']);
  const encoding = grpcEncodingOf(headers);
  const about = { isCompressed: false };
  const message = await gather(unframe(chunksOf(stream), about, limits), { limits, clock: deps.clock, lease });
  if (!about.isCompressed) return { tenant, body: message };
  if (encoding === 'identity') {
    throw new Refusal('the message is flagged as compressed and grpc-encoding names no compression; name it', {
      code: 'BAD_REQUEST',
    });
  }
  return { tenant, body: await inflate(message, encoding, { limits, lease, turns: deps.budget.inflating }) };
}

function succeed(stream: ServerHttp2Stream, answer: Buffer): void {
  if (stream.destroyed) return;
  stream.respond(answered, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  stream.end(framed(answer));
}

function refuse(stream: ServerHttp2Stream, refusal: Refusal): void {
  endEarly(stream, {
    ...answered,
    'grpc-status': String(grpcCodeOf(refusal)),
    'grpc-message': percentEncoded(refusal.message),
    // Its only news is RetryInfo.
    ...(refusal.retry && { 'grpc-status-details-bin': statusProto(refusal).toString('base64') }),
  });
}

/** Answers with headers alone, and tells a caller that is still sending to stop. */
function endEarly(stream: ServerHttp2Stream, headers: Record<string, string | number>): void {
  if (stream.destroyed) return;
  stream.respond(headers, { endStream: true });
  // A reset overtakes headers that have not left yet.
  setImmediate(() => stream.close(constants.NGHTTP2_NO_ERROR));
}

/** As gRPC writes `grpc-message`: what is not printable ASCII, and "%", in percent-encoded UTF-8; a header's length. */
function percentEncoded(text: string): string {
  let encoded = '';
  for (const byte of Buffer.from(text.slice(0, messageCharsMax))) {
    const isPlain = byte >= 0x20 && byte < 0x7f && byte !== 0x25;
    encoded += isPlain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
}

const messageCharsMax = 2000;
