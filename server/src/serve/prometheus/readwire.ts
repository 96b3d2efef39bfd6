/** The messages of remote read: `ReadRequest` in, `ReadResponse` out. Source: Prometheus' prompb/{remote,types}.proto. */
import { ProtoCursor, ProtoWriter } from '#kit';
import { isStaleAt, type Matcher, type MatchKind, type NativeHistogram, Refusal, type SeriesColumns } from '#model';

export interface ReadQuery {
  readonly matchers: readonly Matcher[];
  readonly startMs: number;
  readonly endMs: number;
}

export interface ReadRequest {
  readonly queries: readonly ReadQuery[];
  /** Numbers of `ReadRequest.ResponseType`, the client's favourite first. */
  readonly accepted: readonly number[];
}

const queriesMax = 1000;
const matchersMax = 1000;

/** Refuses malformed protobuf. */
export function readRequestOf(bytes: Uint8Array): ReadRequest {
  const cursor = new ProtoCursor(bytes);
  const end = bytes.length;
  const queries: ReadQuery[] = [];
  const accepted: number[] = [];
  while (cursor.at < end) {
    const tag = cursor.varint(end);
    if (tag === 0x0a) queries.push(readQuery(cursor, cursor.message(end)));
    else if (tag === 0x10) accepted.push(cursor.varint(end));
    else if (tag === 0x12) {
      const stop = cursor.message(end);
      while (cursor.at < stop) accepted.push(cursor.varint(stop));
    } else cursor.skip(tag, end);
    if (queries.length > queriesMax) throw bad(`a read request has at most ${queriesMax} queries; send fewer at once`);
  }
  return { queries, accepted };
}

function readQuery(cursor: ProtoCursor, end: number): ReadQuery {
  let startMs = 0;
  let endMs = 0;
  const matchers: Matcher[] = [];
  while (cursor.at < end) {
    const tag = cursor.varint(end);
    if (tag === 0x08) startMs = cursor.int64(end);
    else if (tag === 0x10) endMs = cursor.int64(end);
    else if (tag === 0x1a) matchers.push(readMatcher(cursor, cursor.message(end)));
    else cursor.skip(tag, end);
    if (matchers.length > matchersMax) throw bad(`a query has at most ${matchersMax} matchers; send fewer`);
  }
  return { startMs, endMs, matchers };
}

const kinds: readonly MatchKind[] = ['=', '!=', '=~', '!~'];

function readMatcher(cursor: ProtoCursor, end: number): Matcher {
  let type = 0;
  let name = '';
  let value = '';
  while (cursor.at < end) {
    const tag = cursor.varint(end);
    if (tag === 0x08) type = cursor.varint(end);
    else if (tag === 0x12) name = cursor.text(end);
    else if (tag === 0x1a) value = cursor.text(end);
    else cursor.skip(tag, end);
  }
  const kind = kinds[type];
  if (kind === undefined) throw bad(`matcher type ${type} is unknown; 0 to 3 are =, !=, =~ and !~`);
  return { kind, name, value };
}

function bad(message: string): Refusal {
  return new Refusal(message, { code: 'BAD_REQUEST' });
}

/** The tag and the length in front of a `QueryResult` of these series. */
export function resultHead(series: readonly Buffer[]): Buffer {
  let length = 0;
  for (const { length: bytes } of series) length += bytes;
  // A message field begins as a varint field of the next wire type does, so the writer's own varint serves for the length.
  const head = new ProtoWriter().varint(1, length).finish();
  head[0] = 0x0a;
  return head;
}

/** A `TimeSeries` as a field of `QueryResult`. Stale markers keep their bits. */
export function seriesBytes(series: SeriesColumns): Buffer {
  const writer = new ProtoWriter();
  return writer.message(1, (into) => writeSeries(into, series)).finish();
}

const staleBits = 0x7ff0000000000002n;

function writeSeries(into: ProtoWriter, { labels, timesMs, values, histograms = [] }: SeriesColumns): void {
  for (let i = 0; i < labels.length; i += 2) {
    into.message(1, (label) => label.text(1, labels[i] ?? '').text(2, labels[i + 1] ?? ''));
  }
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
  for (let i = 0; i < timesMs.length; i++) {
    into.message(2, (sample) => {
      if (isStaleAt(bits, i)) sample.fixed64(1, staleBits);
      else sample.double(1, values[i] as number);
      sample.varint(2, timesMs[i] as number);
    });
  }
  for (const { timeMs, histogram } of histograms) {
    into.message(4, (inner) => writeHistogram(inner, histogram).varint(15, timeMs));
  }
}

const hints: readonly NativeHistogram['resetHint'][] = ['unknown', 'reset', 'not_reset', 'gauge'];

function writeHistogram(into: ProtoWriter, histogram: NativeHistogram): ProtoWriter {
  const isWhole = [
    histogram.count,
    histogram.zeroCount,
    ...histogram.positiveCounts,
    ...histogram.negativeCounts,
  ].every(Number.isSafeInteger);
  if (isWhole) into.varint(1, histogram.count);
  else into.double(2, histogram.count);
  into.double(3, histogram.sum).zigzag(4, histogram.schema).double(5, histogram.zeroThreshold);
  if (isWhole) into.varint(6, histogram.zeroCount);
  else into.double(7, histogram.zeroCount);
  writeSide(into, 8, isWhole, histogram.negativeSpans, histogram.negativeCounts);
  writeSide(into, 11, isWhole, histogram.positiveSpans, histogram.positiveCounts);
  into.varint(14, hints.indexOf(histogram.resetHint));
  if (histogram.customBounds.length > 0) into.packedDoubles(16, histogram.customBounds);
  return into;
}

/** Spans in `field`; then the buckets as differences in the next field, or as floats in the one after. */
function writeSide(
  into: ProtoWriter,
  field: number,
  isWhole: boolean,
  spans: readonly number[],
  counts: readonly number[],
): void {
  for (let i = 0; i < spans.length; i += 2) {
    into.message(field, (span) => span.zigzag(1, spans[i] ?? 0).varint(2, spans[i + 1] ?? 0));
  }
  if (counts.length === 0) return;
  if (isWhole)
    into.packedVarints(
      field + 1,
      counts.map((count, i) => zigzag(count - (counts[i - 1] ?? 0))),
    );
  else into.packedDoubles(field + 2, counts);
}

function zigzag(value: number): number | bigint {
  const big = BigInt(value);
  return BigInt.asUintN(64, (big << 1n) ^ (big >> 63n));
}
