/** F49: what a broken or malicious gRPC peer does to the receiver, over raw sockets, with a well-behaved sender beside it. */
import { once } from 'node:events';
import { type ClientHttp2Session, connect as connectHttp2, type IncomingHttpHeaders } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createOtlpReceiver, startOtlpGrpc } from '../../server/src/receive/otlp/index.ts';
import { fixed64, message, resourceOf, text } from '../../server/src/receive/payloads.testing.ts';
import { createSink, imbalance, type Sink, type SinkOptions } from '../../server/src/receive/sink.testing.ts';

const logsPath = '/opentelemetry.proto.collector.logs.v1.LogsService/Export';
const nowNs = BigInt(Date.now()) * 1_000_000n;
const good = resourceOf('shop', message(2, fixed64(1, nowNs), message(5, text(1, 'hello'))));

let sink: Sink;
let port: number;
let stop: () => Promise<void>;
let honest: ClientHttp2Session;

async function start(options: SinkOptions = {}): Promise<void> {
  sink = createSink({ nowMs: Date.now(), ...options });
  const grpc = await startOtlpGrpc({ receiver: createOtlpReceiver(sink), host: '127.0.0.1', port: 0 });
  port = grpc.port;
  stop = () => grpc.stop(50);
  honest = open();
}

function open(): ClientHttp2Session {
  // A session that the server ends is what several tests are about.
  return connectHttp2(`http://127.0.0.1:${port}`).on('error', () => {});
}

beforeEach(() => start());
afterEach(async () => {
  honest.destroy();
  await stop();
  expect(imbalance(sink.ledger)).toEqual([]);
});

const frame = (body: Uint8Array, flag = 0): Buffer => {
  const prefix = Buffer.alloc(5);
  prefix[0] = flag;
  prefix.writeUInt32BE(body.length, 1);
  return Buffer.concat([prefix, body]);
};

interface Answer {
  readonly http: number;
  readonly code: number | undefined;
  readonly text: string;
}

interface Call {
  readonly path?: string;
  readonly headers?: Record<string, string>;
}

function call(session: ClientHttp2Session, bytes: Uint8Array, { path = logsPath, headers = {} }: Call = {}) {
  const answer = Promise.withResolvers<Answer>();
  const all: IncomingHttpHeaders = {};
  const base = { ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' };
  const stream = session.request({ ...base, ...headers });
  const note = (some: IncomingHttpHeaders) => void Object.assign(all, some);
  stream.on('response', note).on('trailers', note).on('error', answer.reject).resume();
  stream.on('close', () => {
    const code = all['grpc-status'];
    answer.resolve({
      http: Number(all[':status']),
      code: code === undefined ? undefined : Number(code),
      text: decodeURIComponent(String(all['grpc-message'] ?? '')),
    });
  });
  stream.end(bytes);
  return answer.promise;
}

/** The well-behaved sender's exports go on while `attack` does, and none waits long. */
async function survives(attack: () => Promise<void>, waitMsMax = 1000): Promise<void> {
  let isOver = false;
  let worstMs = 0;
  let exports = 0;
  const attacked = attack().finally(() => {
    isOver = true;
  });
  do {
    const startMs = performance.now();
    expect((await call(honest, frame(good))).code).toBe(0);
    worstMs = Math.max(worstMs, performance.now() - startMs);
    exports++;
  } while (!isOver);
  await attacked;
  console.info(
    `${expect.getState().currentTestName}: ${exports} exports meanwhile, the slowest ${Math.round(worstMs)} ms`,
  );
  expect(worstMs).toBeLessThan(waitMsMax);
}

test('broken frames, unknown calls and odd headers have their codes, and are booked', async () => {
  const bomb = gzipSync(Buffer.alloc(80_000_000));
  const f = async (bytes: Uint8Array, wanted: Partial<Answer>, about?: Call) =>
    expect(await call(honest, bytes, about)).toMatchObject(wanted);
  await f(frame(good), { http: 200, code: 0 });
  await f(Buffer.concat([frame(good), frame(good)]), { code: 3, text: expect.stringMatching(/more than one message/) });
  await f(frame(good).subarray(0, -3), { code: 3, text: expect.stringMatching(/cut short: 3 bytes never came/) });
  await f(Buffer.alloc(0), { code: 3, text: expect.stringMatching(/its length never came/) });
  await f(frame(good.subarray(0, -3)), { code: 3, text: expect.stringMatching(/protobuf/) });
  await f(frame(good, 7), { code: 3, text: expect.stringMatching(/starts with 7/) });
  await f(frame(good, 1), { code: 3, text: expect.stringMatching(/names no compression/) });
  await f(
    frame(good, 1),
    { code: 3, text: expect.stringMatching(/not valid gzip/) },
    { headers: { 'grpc-encoding': 'gzip' } },
  );
  await f(frame(gzipSync(good), 1), { code: 0 }, { headers: { 'grpc-encoding': 'gzip' } });
  await f(frame(good), { code: 12, text: expect.stringMatching(/snappy/) }, { headers: { 'grpc-encoding': 'snappy' } });
  await f(
    frame(bomb, 1),
    { code: 8, text: expect.stringMatching(/decodedBytesMax/) },
    { headers: { 'grpc-encoding': 'gzip' } },
  );
  await f(frame(good), { code: 3 }, { headers: { 'x-scope-orgid': 'a|b' } });
  expect(sink.ledger.entries().reduce((sum, { received }) => sum + received, 0)).toBe(12);
  await f(frame(good), { code: 12, text: expect.stringMatching(/no "\/x\.Y\/Z"/) }, { path: '/x.Y/Z' });
  await f(frame(good), { http: 415, code: undefined }, { headers: { 'content-type': 'application/json' } });
});

test('a length beyond the limit is refused before its message comes, and the connection goes on', async () => {
  const prefix = Buffer.from('00ffffffff', 'hex');
  const answer = await call(honest, Buffer.concat([prefix, Buffer.alloc(2_000_000)]));
  expect(answer).toMatchObject({ code: 8, text: expect.stringMatching(/4294967295 bytes.*bodyBytesMax/) });
  expect((await call(honest, frame(good))).code).toBe(0);
});

test('the in-flight budget is asked while a message arrives, not after', async () => {
  honest.destroy();
  await stop();
  await start({ receive: { inFlightBytesMax: 3_000_000 } });
  const answer = await call(honest, frame(Buffer.alloc(9_000_000)));
  expect(answer).toMatchObject({ code: 14, text: expect.stringMatching(/inFlightBytesMax is 3000000/) });
  expect(sink.budget.usedBytes).toBe(0);
});

test('a slow caller is told so, and holds nobody up', async () => {
  honest.destroy();
  await stop();
  await start({ receive: { requestMsMax: 300 } });
  const stream = honest.request({ ':method': 'POST', ':path': logsPath, 'content-type': 'application/grpc' });
  stream.write(frame(good).subarray(0, 7));
  await survives(async () => {
    const [headers] = (await once(stream, 'response')) as [IncomingHttpHeaders];
    expect(headers).toMatchObject({ 'grpc-status': '14', 'grpc-message': expect.stringContaining('requestMsMax') });
  });
});

test('10,000 calls at once on one connection are bounded, and others are served', async () => {
  const session = open();
  await once(session, 'remoteSettings');
  expect(session.remoteSettings.maxConcurrentStreams).toBe(64);
  const peer = await raw();
  await survives(async () => {
    // A peer that ignores our limit opens them all and ends none.
    for (let id = 1; id < 20_000 && !peer.destroyed; id += 2) await send(peer, headersFrame(id));
    await ended(peer);
  });
  expect(sink.budget.usedBytes).toBe(0);
  session.destroy();
});

test('rapid reset: opening and cancelling calls without end ends the connection', async () => {
  const peer = await raw();
  await survives(async () => {
    for (let id = 1; id < 200_000 && !peer.destroyed; id += 2)
      await send(peer, Buffer.concat([headersFrame(id), http2Frame(resetFrame, 0, id, Buffer.from([0, 0, 0, 8]))]));
    await ended(peer);
  });
});

test('ping and settings floods end the connection', async () => {
  for (const flood of [
    http2Frame(pingFrame, 0, 0, Buffer.alloc(8)),
    http2Frame(settingsFrame, 0, 0, Buffer.alloc(0)),
  ]) {
    const peer = await raw();
    await survives(async () => {
      for (let i = 0; i < 100_000 && !peer.destroyed; i++) await send(peer, flood);
      await ended(peer);
    });
  }
});

test('a header block without end (CONTINUATION flood), and one that unpacks to megabytes, end the connection', async () => {
  const literal = Buffer.concat([Buffer.from([0x40, 0x01, 0x61, 0x7f, 0x81, 0x1e]), Buffer.alloc(4000, 0x61)]);
  const attacks = [
    // Header fields go on and on.
    { first: literal, next: literal, frames: 10_000 },
    // One byte each says the same long field again (HPACK bomb).
    { first: literal, next: Buffer.alloc(8000, 0xbe), frames: 1000 },
  ];
  for (const { first, next, frames } of attacks) {
    const peer = await raw();
    const before = process.memoryUsage.rss();
    await survives(async () => {
      await send(peer, http2Frame(headersFrameType, 0, 1, first));
      for (let i = 0; i < frames && !peer.destroyed; i++) await send(peer, http2Frame(continuationFrame, 0, 1, next));
      await ended(peer);
    });
    expect(process.memoryUsage.rss() - before).toBeLessThan(100_000_000);
  }
});

test('a client that calls and never reads is not waited for', async () => {
  const peer = await raw();
  peer.pause();
  await survives(async () => {
    for (let id = 1; id < 2000 && !peer.destroyed; id += 2)
      await send(peer, Buffer.concat([headersFrame(id), http2Frame(dataFrame, endStream, id, frame(good))]));
  });
  peer.destroy();
});

const dataFrame = 0;
const headersFrameType = 1;
const resetFrame = 3;
const settingsFrame = 4;
const pingFrame = 6;
const continuationFrame = 9;
const endStream = 1;
const endHeaders = 4;

function http2Frame(type: number, flags: number, stream: number, payload: Uint8Array): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** HPACK without its table: a literal field, never indexed. */
const field = (name: string, value: string): Buffer =>
  Buffer.concat([Buffer.from([0x10, name.length]), Buffer.from(name), Buffer.from([value.length]), Buffer.from(value)]);

const callHeaders = Buffer.concat([
  field(':method', 'POST'),
  field(':scheme', 'http'),
  field(':authority', 'farol'),
  field(':path', logsPath),
  field('content-type', 'application/grpc'),
]);

function headersFrame(stream: number): Buffer {
  return http2Frame(headersFrameType, endHeaders, stream, callHeaders);
}

/** A connection that has said hello as HTTP/2 does, and reads whatever comes. */
async function raw(): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => socket.destroy());
  await once(socket, 'connect');
  socket.resume();
  socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
  socket.write(http2Frame(settingsFrame, 0, 0, Buffer.alloc(0)));
  return socket;
}

async function send(socket: Socket, bytes: Buffer): Promise<void> {
  if (socket.write(bytes) || socket.destroyed) return;
  await Promise.race([once(socket, 'drain'), once(socket, 'close')]).catch(() => {});
}

async function ended(socket: Socket): Promise<void> {
  if (!socket.destroyed) await once(socket, 'close');
}
