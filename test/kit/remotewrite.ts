/** Remote write 1.0 as a sender encodes it: prometheus.WriteRequest in a snappy block. Just enough for the tests. */

export interface SentSeries {
  /** `__name__` included; sorted here. */
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly SentSample[];
}

export interface SentSample {
  readonly timeMs: number;
  /** `stale` is the marker that a series has ended. */
  readonly value: number | 'stale';
}

export const remoteWriteHeaders = {
  'content-type': 'application/x-protobuf',
  'content-encoding': 'snappy',
  'x-prometheus-remote-write-version': '0.1.0',
  'user-agent': 'farol-test',
};

export function encodeWriteRequest(series: readonly SentSeries[]): Uint8Array {
  return snappyBlock(Buffer.concat(series.map((one) => field(1, seriesBytes(one)))));
}

function seriesBytes({ labels, samples }: SentSeries): Buffer {
  const names = Object.keys(labels).sort();
  const pairs = names.map((name) =>
    field(1, Buffer.concat([field(1, Buffer.from(name)), field(2, Buffer.from(labels[name] ?? ''))])),
  );
  return Buffer.concat([...pairs, ...samples.map((sample) => field(2, sampleBytes(sample)))]);
}

function sampleBytes({ timeMs, value }: SentSample): Buffer {
  const double = Buffer.alloc(9);
  double[0] = (1 << 3) | 1;
  if (value === 'stale') double.writeBigUInt64LE(0x7ff0000000000002n, 1);
  else double.writeDoubleLE(value, 1);
  return Buffer.concat([double, Buffer.from([2 << 3]), varint(timeMs)]);
}

function field(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | 2]), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}

/** Snappy without looking for repetitions: literals of at most 64 KiB, which every decoder takes. */
function snappyBlock(bytes: Buffer): Buffer {
  const parts: Buffer[] = [varint(bytes.length)];
  for (let at = 0; at < bytes.length; at += 65_536) {
    const literal = bytes.subarray(at, at + 65_536);
    const length = literal.length - 1;
    parts.push(Buffer.from([61 << 2, length & 255, length >> 8]), literal);
  }
  return Buffer.concat(parts);
}
