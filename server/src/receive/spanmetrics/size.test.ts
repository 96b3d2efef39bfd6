import { expect, test } from 'vitest';
import { ProtoWriter } from '#kit';
import { limits } from '#model';
import { spanRowsOf, windowAt } from '#normalise';
import { decodeTraces } from '../otlp/traces.ts';
import { bytesOf } from './size.ts';

const nowMs = Date.UTC(2026, 0, 1);
const nowNs = BigInt(nowMs) * 1_000_000n;
type Write = (into: ProtoWriter) => ProtoWriter;

const attribute =
  (key: string, value: Write): Write =>
  (into) =>
    into.message(9, (pair) => pair.text(1, key).message(2, value));

function span(...more: Write[]): Buffer {
  const own = new ProtoWriter().bytes(1, Buffer.alloc(16, 1)).bytes(2, Buffer.alloc(8, 2)).text(5, 'GET /orders');
  own
    .varint(6, 2)
    .fixed64(7, nowNs)
    .fixed64(8, nowNs + 5_000_000n);
  for (const write of more) write(own);
  return Buffer.from(own.finish());
}

function rowOf(bytes: Buffer) {
  const body = new ProtoWriter()
    .message(1, (resource) => resource.message(2, (scope) => scope.bytes(2, bytes)))
    .finish();
  const wired = decodeTraces(body, 64);
  const { rows } = spanRowsOf(wired, { tenant: 'main', window: windowAt(nowMs, 1e9, 1e6), limits: limits.receive });
  const [row] = rows;
  if (row === undefined) throw new Error('the span was refused');
  return row;
}

test('a span is as large as the protobuf that it came in', () => {
  const cases: Write[][] = [
    [],
    [attribute('http.route', (value) => value.text(1, '/orders'))],
    [
      attribute('http.route', (value) => value.text(1, `/orders/${'x'.repeat(300)}`)),
      attribute('ok', (value) => value.varint(2, 1)),
      attribute('code', (value) => value.varint(3, 500)),
      attribute('ratio', (value) => value.double(4, 0.5)),
      attribute('raw', (value) => value.bytes(7, Buffer.alloc(7))),
      attribute('none', (value) => value),
    ],
    [
      (into) => into.bytes(4, Buffer.alloc(8, 3)).text(3, 'a=b'),
      (into) => into.message(11, (event) => event.fixed64(1, nowNs).text(2, 'exception')),
      (into) => into.message(13, (link) => link.bytes(1, Buffer.alloc(16, 4)).bytes(2, Buffer.alloc(8, 5))),
      (into) => into.varint(10, 3).message(15, (status) => status.text(2, 'boom').varint(3, 2)),
    ],
  ];
  for (const more of cases) {
    const bytes = span(...more);
    expect(bytesOf(rowOf(bytes)), `${bytes.length} bytes`).toBe(bytes.length);
  }
});
