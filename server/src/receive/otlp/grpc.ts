/** OTLP over gRPC: the three Export calls, with raw bytes in and out, for we decode them ourselves. */
import {
  type handleUnaryCall,
  Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceDefinition,
} from '@grpc/grpc-js';
import type { Signal } from '#kit';
import { tenantOf } from '#model';
import { bookUndecoded } from '../books.ts';
import { takenProto } from './answers.ts';
import { asRefusal } from './http.ts';
import type { OtlpReceiver } from './receiver.ts';
import { grpcCodeOf, statusProto } from './status.ts';

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

const services: readonly (readonly [string, Signal])[] = [
  ['opentelemetry.proto.collector.trace.v1.TraceService', 'traces'],
  ['opentelemetry.proto.collector.logs.v1.LogsService', 'logs'],
  ['opentelemetry.proto.collector.metrics.v1.MetricsService', 'metrics'],
];

// A message is held before the in-flight budget is asked, so this bounds what one connection can make us hold.
const streamsPerConnectionMax = 64;
const idleMsMax = 15 * 60_000;
const graceMsDefault = 5_000;

/** Rejects when the port cannot be had. */
export async function startOtlpGrpc({ receiver, host, port }: GrpcOptions): Promise<OtlpGrpc> {
  const server = new Server({
    // One limit for the message as sent and as inflated: grpc-js checks both, and holds both.
    'grpc.max_receive_message_length': receiver.deps.limits.receive.bodyBytesMax,
    'grpc.max_concurrent_streams': streamsPerConnectionMax,
    'grpc.max_connection_idle_ms': idleMsMax,
    'grpc.max_metadata_size': 16 * 1024,
  });
  for (const [service, signal] of services)
    server.addService(definitionOf(service), { Export: handler(signal, receiver) });
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(addressOf(host, port), ServerCredentials.createInsecure(), (error, actual) =>
      error ? reject(error) : resolve(actual),
    );
  });
  const stop = (graceMs = graceMsDefault) => stopServer(server, receiver, graceMs);
  return { port: bound, stop, [Symbol.asyncDispose]: () => stop() };
}

function addressOf(host: string, port: number): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]:${port}` : `${host}:${port}`;
}

function definitionOf(service: string): ServiceDefinition {
  const same = (bytes: Buffer) => bytes;
  return {
    Export: {
      path: `/${service}/Export`,
      requestStream: false,
      responseStream: false,
      requestSerialize: same,
      requestDeserialize: same,
      responseSerialize: same,
      responseDeserialize: same,
    },
  };
}

function handler(signal: Signal, receiver: OtlpReceiver): handleUnaryCall<Buffer, Buffer> {
  return (call, callback) => {
    receive(call, signal, receiver).then(
      (answer) => callback(null, answer),
      (error) => {
        const refusal = asRefusal(error);
        const trailer = new Metadata();
        trailer.set('grpc-status-details-bin', statusProto(refusal));
        callback({ code: grpcCodeOf(refusal), details: refusal.message, metadata: trailer });
      },
    );
  };
}

async function receive(call: ServerUnaryCall<Buffer, Buffer>, signal: Signal, receiver: OtlpReceiver): Promise<Buffer> {
  const { deps } = receiver;
  const agent = String(call.metadata.get('user-agent')[0] ?? '(unnamed)');
  const lease = deps.budget.lease();
  try {
    const tenant = admit(
      call,
      () => lease.grow(call.request.length),
      (error) => bookUndecoded({ ledger: deps.ledger, protocol: 'otlp-grpc', signal }, agent, error),
    );
    const request = { protocol: 'otlp-grpc', signal, format: 'protobuf', tenant, body: call.request, agent } as const;
    return takenProto(await receiver.receive(request));
  } finally {
    lease.close();
  }
}

/** Checks the tenant and takes the bytes; books the request when either is refused. */
function admit(call: ServerUnaryCall<Buffer, Buffer>, take: () => void, onFault: (error: unknown) => void): string {
  try {
    const tenants = call.metadata.get('x-scope-orgid').map(String);
    const tenant = tenantOf(tenants.length === 0 ? undefined : tenants);
    take();
    return tenant;
  } catch (error) {
    onFault(error);
    throw error;
  }
}

async function stopServer(server: Server, receiver: OtlpReceiver, graceMs: number): Promise<void> {
  const ended = new AbortController();
  const gentle = new Promise<void>((resolve) => {
    server.tryShutdown(() => {
      ended.abort();
      resolve();
    });
  });
  const late = receiver.deps.clock.sleep(graceMs, ended.signal).then(
    () => server.forceShutdown(),
    // Everything ended within the grace.
    () => {},
  );
  await Promise.race([gentle, late]);
}
