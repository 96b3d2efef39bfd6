/** Hand-made protobuf for tests and benchmarks: any field, right or wrong; and snappy around it. */
import { createRequire } from 'node:module';

/** The published package, which has no types of its own. */
export const snappyjs = createRequire(import.meta.url)('snappyjs') as {
  compress(bytes: Uint8Array): Uint8Array;
  uncompress(bytes: Uint8Array): Uint8Array;
};

export const snappy = (body: Uint8Array): Buffer => Buffer.from(snappyjs.compress(body));

const part = {
  varint(value: number | bigint): Buffer {
    const bytes: number[] = [];
    let left = BigInt.asUintN(64, BigInt(value));
    while (left >= 0x80n) {
      bytes.push(Number(left & 0x7fn) | 0x80);
      left >>= 7n;
    }
    bytes.push(Number(left));
    return Buffer.from(bytes);
  },
};

/** A field with a varint, zigzag where `sint` is. */
export const int = (field: number, value: number | bigint): Buffer =>
  Buffer.concat([part.varint(field * 8), part.varint(value)]);

export const sint = (field: number, value: number): Buffer => int(field, value < 0 ? -value * 2 - 1 : value * 2);

export const fixed64 = (field: number, value: number | bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value)));
  return Buffer.concat([part.varint(field * 8 + 1), bytes]);
};

export const double = (field: number, value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return Buffer.concat([part.varint(field * 8 + 1), bytes]);
};

export const bytes = (field: number, value: Buffer): Buffer =>
  Buffer.concat([part.varint(field * 8 + 2), part.varint(value.length), value]);

export const text = (field: number, value: string): Buffer => bytes(field, Buffer.from(value));
export const hex = (field: number, value: string): Buffer => bytes(field, Buffer.from(value, 'hex'));
export const message = (field: number, ...fields: Buffer[]): Buffer => bytes(field, Buffer.concat(fields));
export const packedVarints = (field: number, values: readonly (number | bigint)[]): Buffer =>
  bytes(field, Buffer.concat(values.map(part.varint)));
export const packed64 = (field: number, values: readonly (number | bigint)[]): Buffer =>
  bytes(field, Buffer.concat(values.map((value) => fixed64(1, value).subarray(1))));
export const packedDoubles = (field: number, values: readonly number[]): Buffer =>
  bytes(field, Buffer.concat(values.map((value) => double(1, value).subarray(1))));

export const attribute = (field: number, key: string, value: string): Buffer =>
  message(field, text(1, key), message(2, text(1, value)));

/** `ResourceSpans`, `ResourceLogs` or `ResourceMetrics` of service `service` with one scope. */
export const resourceOf = (service: string, ...items: Buffer[]): Buffer =>
  message(
    1,
    message(1, attribute(1, 'service.name', service)),
    message(2, message(1, text(1, 'test.scope'), text(2, '1.0.0')), ...items),
  );

/** A remote write series with one sample. */
export const series = (labels: Readonly<Record<string, string>>, ...rest: Buffer[]): Buffer =>
  message(1, ...Object.entries(labels).map(([name, value]) => message(1, text(1, name), text(2, value))), ...rest);

export const sample = (value: number, timeMs: number): Buffer => message(2, double(1, value), int(2, timeMs));
