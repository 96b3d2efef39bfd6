/** Requests as a broken or malicious sender makes them, over HTTP and over gRPC. */
import { connect } from 'node:http2';
import type { Product } from '../kit/product.ts';

export interface Answer {
  /** HTTP's status, or gRPC's. */
  readonly status: number;
  readonly text: string;
}

const paths = {
  logs: '/v1/logs',
  traces: '/v1/traces',
  metrics: '/v1/metrics',
  write: '/prometheus/api/v1/write',
  loki: '/loki/api/v1/push',
} as const;

export const protobuf = { 'content-type': 'application/x-protobuf' };
export const json = { 'content-type': 'application/json' };
export const gzip = { 'content-encoding': 'gzip' };

export type To = keyof typeof paths;

export async function post(
  product: Product,
  to: To,
  body: Uint8Array | string,
  headers: Record<string, string>,
): Promise<Answer> {
  const base = to === 'write' || to === 'loki' ? product.url : product.otlpHttp;
  const response = await fetch(base + paths[to], { method: 'POST', body, headers });
  return { status: response.status, text: await response.text() };
}

const services = { logs: 'logs.v1.LogsService', traces: 'trace.v1.TraceService', metrics: 'metrics.v1.MetricsService' };

export async function call(product: Product, to: keyof typeof services, body: Uint8Array): Promise<Answer> {
  // What is still to be sent counts as the session's memory, and without room for it no answer is taken.
  const session = connect(`http://${product.otlpGrpc}`, { maxSessionMemory: 100 });
  const ended = Promise.withResolvers<Answer>();
  session.on('error', ended.reject);
  const stream = session.request({
    ':method': 'POST',
    ':path': `/opentelemetry.proto.collector.${services[to]}/Export`,
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  const finish = (headers: Record<string, unknown>) => {
    if (headers['grpc-status'] === undefined) return;
    ended.resolve({
      status: Number(headers['grpc-status']),
      text: decodeURIComponent(String(headers['grpc-message'] ?? '')),
    });
  };
  // A refusal without an answer carries its status in the first headers.
  stream.on('response', finish).on('trailers', finish).on('error', ended.reject).resume();
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(body.length, 1);
  stream.end(Buffer.concat([prefix, body]));
  try {
    return await ended.promise;
  } finally {
    session.destroy();
  }
}
