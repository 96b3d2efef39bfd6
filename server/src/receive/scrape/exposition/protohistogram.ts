/** `io.prometheus.client.Histogram`: a classic histogram, a native one, or both in one message. */
import type { ProtoCursor } from '#kit';
import type { NativeHistogram } from '#model';
import { newSide, readDeltas, readDoubles, readSpan, type Side } from '../../nativehistograms.ts';
import { readExemplar, readTimestampMs } from './protoparts.ts';
import type { ExemplarText } from './sink.ts';

export interface ProtoHistogram {
  readonly count: number;
  readonly sum: number;
  readonly schema: number;
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  readonly positive: Side;
  readonly negative: Side;
  /** Classic buckets, ascending as sent. */
  readonly buckets: readonly ClassicBucket[];
  readonly exemplars: readonly ExemplarText[];
  /** 0: nobody said. */
  readonly startMs: number;
}

interface ClassicBucket {
  readonly bound: number;
  readonly cumulative: number;
  readonly exemplar: ExemplarText | undefined;
}

/** Counts are whole or floats; a float that is there wins. */
export function readHistogram(cursor: ProtoCursor, end: number): ProtoHistogram {
  let count = 0;
  let floatCount = 0;
  let sum = 0;
  let schema = 0;
  let zeroThreshold = 0;
  let zeroCount = 0;
  let floatZeroCount = 0;
  let startMs = 0;
  const [positive, negative] = [newSide(), newSide()];
  const buckets: ClassicBucket[] = [];
  const exemplars: ExemplarText[] = [];
  while (cursor.at < end) {
    const tag = cursor.varint(end);
    if (tag === 0x08) count = cursor.uint64(end);
    else if (tag === 0x11) sum = cursor.double(end);
    else if (tag === 0x1a) buckets.push(readBucket(cursor, cursor.message(end)));
    else if (tag === 0x21) floatCount = cursor.double(end);
    else if (tag === 0x28) schema = cursor.sint32(end);
    else if (tag === 0x31) zeroThreshold = cursor.double(end);
    else if (tag === 0x38) zeroCount = cursor.uint64(end);
    else if (tag === 0x41) floatZeroCount = cursor.double(end);
    else if (tag === 0x7a) startMs = readTimestampMs(cursor, cursor.message(end));
    else if (tag === 0x82) exemplars.push(readExemplar(cursor, cursor.message(end)));
    else if (!readSides(cursor, tag, end, { positive, negative })) cursor.skip(tag, end);
  }
  return {
    count: floatCount > 0 ? floatCount : count,
    sum,
    schema,
    zeroThreshold,
    zeroCount: floatZeroCount > 0 ? floatZeroCount : zeroCount,
    positive,
    negative,
    buckets,
    exemplars,
    startMs,
  };
}

/** Spans, differences and float counts of either side; packed or one by one. False when the field is another. */
function readSides(
  cursor: ProtoCursor,
  tag: number,
  end: number,
  { positive, negative }: { positive: Side; negative: Side },
): boolean {
  if (tag === 0x4a) readSpan(cursor, cursor.message(end), negative.spans);
  else if (tag === 0x52 || tag === 0x50) readDeltas(cursor, tag === 0x52, end, negative);
  else if (tag === 0x5a || tag === 0x59) readDoubles(cursor, tag === 0x5a, end, negative.counts);
  else if (tag === 0x62) readSpan(cursor, cursor.message(end), positive.spans);
  else if (tag === 0x6a || tag === 0x68) readDeltas(cursor, tag === 0x6a, end, positive);
  else if (tag === 0x72 || tag === 0x71) readDoubles(cursor, tag === 0x72, end, positive.counts);
  else return false;
  return true;
}

function readBucket(cursor: ProtoCursor, end: number): ClassicBucket {
  let cumulative = 0;
  let floatCumulative = 0;
  let bound = 0;
  let exemplar: ExemplarText | undefined;
  while (cursor.at < end) {
    const tag = cursor.varint(end);
    if (tag === 0x08) cumulative = cursor.uint64(end);
    else if (tag === 0x11) bound = cursor.double(end);
    else if (tag === 0x1a) exemplar = readExemplar(cursor, cursor.message(end));
    else if (tag === 0x21) floatCumulative = cursor.double(end);
    else cursor.skip(tag, end);
  }
  return { bound, cumulative: floatCumulative > 0 ? floatCumulative : cumulative, exemplar };
}

/** A native histogram without observations still has a zero bucket or an empty span, which tells it from a classic one. */
export function isNative({ positive, negative, zeroThreshold, zeroCount }: ProtoHistogram): boolean {
  return positive.spans.length > 0 || negative.spans.length > 0 || zeroThreshold > 0 || zeroCount > 0;
}

export function nativeOf(found: ProtoHistogram, isGauge: boolean): NativeHistogram {
  const { count, sum, schema, zeroThreshold, zeroCount, positive, negative } = found;
  return {
    schema,
    count,
    sum,
    zeroThreshold,
    zeroCount,
    positiveSpans: withoutEmpty(positive.spans),
    positiveCounts: positive.counts,
    negativeSpans: withoutEmpty(negative.spans),
    negativeCounts: negative.counts,
    customBounds: [],
    resetHint: isGauge ? 'gauge' : 'unknown',
  };
}

/** The empty span at offset 0 is a marker, not a part of the histogram. */
function withoutEmpty(spans: readonly number[]): readonly number[] {
  return spans.length === 2 && spans[1] === 0 ? [] : spans;
}
