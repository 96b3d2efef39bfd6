/** `io.prometheus.client.MetricFamily` messages as a client library encodes them, for tests. */
import { ProtoWriter } from '#kit';

const familyTypes = { counter: 0, gauge: 1, summary: 2, untyped: 3, histogram: 4, gaugehistogram: 5 } as const;

export interface FamilyFacts {
  readonly name: string;
  readonly type?: keyof typeof familyTypes;
  readonly help?: string;
  readonly unit?: string;
}

type Write = (into: ProtoWriter) => void;

/** Length-delimited, as the format wants each. Each metric writes its own fields. */
export function family({ name, type, help, unit }: FamilyFacts, ...metrics: readonly Write[]): Buffer {
  const body = new ProtoWriter().text(1, name);
  if (help !== undefined) body.text(2, help);
  if (type !== undefined) body.varint(3, familyTypes[type]);
  for (const write of metrics) body.message(4, write);
  if (unit !== undefined) body.text(5, unit);
  const bytes = body.finish();
  // The length is a plain varint: that of a field, without the byte of its tag.
  return Buffer.concat([new ProtoWriter().varint(1, bytes.length).finish().subarray(1), bytes]);
}

/** The fields that a metric has beside its value. */
export function labelled(labels: Readonly<Record<string, string>>, timeMs?: number): Write {
  return (into) => {
    writeLabels(into, labels);
    if (timeMs !== undefined) into.varint(6, timeMs);
  };
}

function writeLabels(into: ProtoWriter, labels: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(labels)) into.message(1, (pair) => pair.text(1, name).text(2, value));
}

export function exemplar(labels: Readonly<Record<string, string>>, value: number, timeMs?: number): Write {
  return (into) => {
    writeLabels(into, labels);
    into.double(2, value);
    if (timeMs !== undefined) into.message(3, timestamp(timeMs));
  };
}

export function timestamp(timeMs: number): Write {
  return (into) => into.varint(1, Math.floor(timeMs / 1000)).varint(2, (timeMs % 1000) * 1e6);
}

/** Several writes as one. */
export function all(...writes: readonly Write[]): Write {
  return (into) => {
    for (const write of writes) write(into);
  };
}

/** A native histogram with buckets at 1 … 2 and 2 … 4 (schema 0), and one observation of zero. */
export function nativeHistogram(counts: readonly [number, number]): Write {
  const [first, second] = counts;
  return (into) => {
    into.varint(1, first + second + 1).double(2, first * 1.5 + second * 3);
    into.zigzag(5, 0).double(6, 1e-128).varint(7, 1);
    into.message(12, (span) => span.zigzag(1, 1).varint(2, 2));
    // client_golang writes differences one by one, since the message is proto2.
    into.zigzag(13, first).zigzag(13, second - first);
  };
}
