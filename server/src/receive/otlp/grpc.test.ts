import { Client, compressionAlgorithms, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import { expect, test } from 'vitest';
import { Refusal } from '#model';
import { fixed64, hex, message, resourceOf, text } from '../payloads.testing.ts';
import { createSink, imbalance, type SinkOptions, testNowMs } from '../sink.testing.ts';
import { createOtlpReceiver, startOtlpGrpc } from './index.ts';

const nowNs = BigInt(testNowMs) * 1_000_000n;
const tracesPath = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
const span = (id: string) =>
  message(2, hex(1, id), hex(2, 'eee19b7ec3c1b174'), text(5, 'n'), fixed64(7, nowNs), fixed64(8, nowNs));
const good = span('5b8efff798038103d269b633813fc60c');

async function rig(options: SinkOptions = {}) {
  const sink = createSink(options);
  const grpc = await startOtlpGrpc({ receiver: createOtlpReceiver(sink), host: '127.0.0.1', port: 0 });
  const client = new Client(`127.0.0.1:${grpc.port}`, credentials.createInsecure());
  const call = (path: string, body: Buffer, headers: Record<string, string> = {}) =>
    new Promise<Buffer>((resolve, reject) => {
      const metadata = new Metadata();
      for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
      const same = (bytes: Buffer) => bytes;
      client.makeUnaryRequest(path, same, same, body, metadata, (error, answer) =>
        error ? reject(error) : resolve(answer ?? Buffer.alloc(0)),
      );
    });
  const refused = (path: string, body: Buffer, headers?: Record<string, string>) =>
    call(path, body, headers).then(
      () => expect.unreachable('it was taken'),
      (error: ServiceError) => error,
    );
  return {
    sink,
    call,
    refused,
    async [Symbol.asyncDispose]() {
      client.close();
      await grpc.stop(100);
    },
  };
}

test('a call is taken, in whole or in part', async () => {
  await using it = await rig();
  expect((await it.call(tracesPath, resourceOf('shop', good))).length).toBe(0);
  const partial = await it.call(tracesPath, resourceOf('shop', good, span('00'.repeat(16))), {
    'x-scope-orgid': 'team-b',
  });
  expect(partial.includes('1 of 2 spans rejected')).toBe(true);
  expect(it.sink.batches.map(({ tenant }) => tenant)).toEqual(['main', 'team-b']);
  expect(imbalance(it.sink.ledger)).toEqual([]);
});

test('F49: bad bytes, unknown calls, bad tenants and large messages have their codes', async () => {
  await using it = await rig({ receive: { bodyBytesMax: 10_000 } });
  expect(await it.refused(tracesPath, Buffer.from([0x0a, 0x7f]))).toMatchObject({ code: 3 });
  expect(await it.refused('/no.such.Service/Export', Buffer.alloc(0))).toMatchObject({ code: 12 });
  expect(await it.refused(tracesPath, Buffer.alloc(0), { 'x-scope-orgid': 'a|b' })).toMatchObject({ code: 3 });
  const large = await it.refused(tracesPath, Buffer.alloc(20_000));
  expect(large).toMatchObject({ code: 8 });
  expect(large.metadata.get('grpc-status-details-bin')).toEqual([]);
  expect(imbalance(it.sink.ledger)).toEqual([]);
});

test('F48: a busy store is UNAVAILABLE with RetryInfo', async () => {
  await using it = await rig();
  it.sink.failure = new Refusal('the queue is full', { code: 'STORE_BUSY', retryAfterSeconds: 3 });
  const error = await it.refused(tracesPath, resourceOf('shop', good));
  expect(error).toMatchObject({ code: 14, details: 'the queue is full' });
  const [details] = error.metadata.get('grpc-status-details-bin');
  // RetryInfo { retry_delay { seconds: 3 } } at the end.
  expect((details as Buffer).includes('google.rpc.RetryInfo')).toBe(true);
  expect([...(details as Buffer).subarray(-4)]).toEqual([0x0a, 0x02, 0x08, 0x03]);
  expect(imbalance(it.sink.ledger)).toEqual([]);
});

test('F47: a gzip bomb over gRPC is RESOURCE_EXHAUSTED without RetryInfo, and memory stays flat', async () => {
  const sink = createSink({ receive: { bodyBytesMax: 1_000_000 } });
  const grpc = await startOtlpGrpc({ receiver: createOtlpReceiver(sink), host: '127.0.0.1', port: 0 });
  const gzipped = { 'grpc.default_compression_algorithm': compressionAlgorithms.gzip };
  const client = new Client(`127.0.0.1:${grpc.port}`, credentials.createInsecure(), gzipped);
  const same = (bytes: Buffer) => bytes;
  const send = (body: Buffer) =>
    new Promise<ServiceError | null>((resolve) => {
      client.makeUnaryRequest(tracesPath, same, same, body, (error) => resolve(error));
    });
  expect(await send(resourceOf('shop', good))).toBeNull();
  const bomb = Buffer.alloc(100_000_000);
  const before = process.memoryUsage().arrayBuffers;
  const error = await send(bomb);
  expect(error).toMatchObject({ code: 8 });
  expect(error?.metadata.get('grpc-status-details-bin')).toEqual([]);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50_000_000);
  client.close();
  await grpc.stop(100);
});
