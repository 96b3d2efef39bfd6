/**
 * OTLP over gRPC, on Node's HTTP/2 (docs/decisions/018): unary calls only, and every bound ours: connections, calls a
 * connection, headers, pings, resets, and bytes from the first one.
 */
import { constants, createServer, type Http2Server, type ServerHttp2Session } from 'node:http2';
import { counter } from '#kit';
import { answerCall } from './grpccall.ts';
import type { OtlpReceiver } from './receiver.ts';

export interface OtlpGrpc extends AsyncDisposable {
  /** The port in use (when 0 was asked for, a free one). */
  readonly port: number;
  /** Stops taking calls, lets those under way end, and cuts what is left after `graceMs`. */
  stop(graceMs?: number): Promise<void>;
}

export interface GrpcOptions {
  readonly receiver: OtlpReceiver;
  readonly host: string;
  readonly port: number;
}

const connectionsMax = 1000;
const streamsPerConnectionMax = 64;
const headerBytesMax = 16 * 1024;
const headerPairsMax = 100;
/** What a sender may have under way before we have read it, in a call and in all calls of a connection. */
const windowBytes = 1024 * 1024;
const idleMsMax = 15 * 60_000;
/** A connection that opens and never calls. */
const silentMsMax = 60_000;
const graceMsDefault = 5_000;

const connectionsRefused = counter(
  'farol_otlp_grpc_connections_refused_total',
  'Connections closed because there were too many, or because they sent more pings and settings than calls.',
  ['reason'],
);

/** Rejects when the port cannot be had. */
export async function startOtlpGrpc({ receiver, host, port }: GrpcOptions): Promise<OtlpGrpc> {
  const server = createServer({
    maxHeaderListPairs: headerPairsMax,
    settings: {
      enablePush: false,
      initialWindowSize: windowBytes,
      maxConcurrentStreams: streamsPerConnectionMax,
      maxHeaderListSize: headerBytesMax,
    },
  });
  server.maxConnections = connectionsMax;
  server.on('drop', () => connectionsRefused.inc({ reason: 'too_many' }));
  const sessions = new Set<ServerHttp2Session>();
  server.on('session', (session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
    guard(session, receiver.deps.clock);
  });
  server.on('stream', (stream, headers) => {
    stream.session?.setTimeout(idleMsMax);
    // It answers whatever happens.
    void answerCall(stream, headers, receiver);
  });
  // A broken connection has nobody to be told; its calls end as broken.
  server.on('sessionError', () => {});
  await listening(server, host, port);
  const stop = (graceMs = graceMsDefault) => stopServer(server, sessions, receiver, graceMs);
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return { port: bound, stop, [Symbol.asyncDispose]: () => stop() };
}

function listening(server: Http2Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: host.replace(/^\[|\]$/g, ''), port }, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}

const controlFramesMax = 100;
const controlWindowMs = 10_000;

/** Pings and settings cost a sender nothing and us an answer each, so many of them without end are a flood. */
function guard(session: ServerHttp2Session, clock: OtlpReceiver['deps']['clock']): void {
  let frames = 0;
  let windowEndMs = 0;
  const count = () => {
    const nowMs = clock.tickMs();
    if (nowMs >= windowEndMs) {
      frames = 0;
      windowEndMs = nowMs + controlWindowMs;
    }
    if (++frames <= controlFramesMax || session.destroyed) return;
    connectionsRefused.inc({ reason: 'flood' });
    session.destroy(undefined, constants.NGHTTP2_ENHANCE_YOUR_CALM);
  };
  session.on('ping', count);
  session.on('remoteSettings', count);
  session.setLocalWindowSize(windowBytes);
  session.setTimeout(silentMsMax, () => session.close());
}

async function stopServer(
  server: Http2Server,
  sessions: ReadonlySet<ServerHttp2Session>,
  { deps }: OtlpReceiver,
  graceMs: number,
): Promise<void> {
  const ended = new AbortController();
  const gentle = new Promise<void>((resolve) => {
    server.close(() => {
      ended.abort();
      resolve();
    });
  });
  for (const session of sessions) session.close();
  const late = deps.clock.sleep(graceMs, ended.signal).then(
    () => {
      for (const session of sessions) session.destroy();
    },
    // Everything ended within the grace.
    () => {},
  );
  await Promise.race([gentle, late]);
}
