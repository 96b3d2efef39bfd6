/** Native histograms; both versions of remote write have the same message. */

import type { ProtoCursor } from '#kit';
import type { NativeHistogram, ResetHint } from '#model';
import { newSide, readDeltas, readDoubles, readSpan } from '../nativehistograms.ts';

export interface ReadHistogram {
  readonly timeMs: number;
  /** When its count began, 0 where nobody said. */
  readonly startMs: number;
  readonly histogram: NativeHistogram;
  /** The sum carries the stale marker's bits: the series ended. */
  readonly isStale: boolean;
}

const hints: readonly ResetHint[] = ['unknown', 'reset', 'not_reset', 'gauge'];

/** Refuses malformed protobuf; a histogram that contradicts itself is left to `histogramFault`. */
export function readHistogram(cursor: ProtoCursor, end: number): ReadHistogram {
  let count = 0;
  let sum = 0;
  let isStale = false;
  let schema = 0;
  let zeroThreshold = 0;
  let zeroCount = 0;
  let timeMs = 0;
  let startMs = 0;
  let resetHint: ResetHint = 'unknown';
  const negative = newSide();
  const positive = newSide();
  const customBounds: number[] = [];
  while (cursor.at < end) {
    const tag = cursor.varint(end);
    switch (tag) {
      case 0x08:
        count = cursor.uint64(end);
        break;
      case 0x11:
        count = cursor.double(end);
        break;
      case 0x19:
        cursor.fixed64(end);
        isStale = cursor.high === 0x7ff00000 && cursor.low === 2;
        cursor.at -= 8;
        sum = cursor.double(end);
        break;
      case 0x20:
        schema = cursor.sint32(end);
        break;
      case 0x29:
        zeroThreshold = cursor.double(end);
        break;
      case 0x30:
        zeroCount = cursor.uint64(end);
        break;
      case 0x39:
        zeroCount = cursor.double(end);
        break;
      case 0x42:
        readSpan(cursor, cursor.message(end), negative.spans);
        break;
      case 0x4a:
      case 0x48:
        readDeltas(cursor, tag === 0x4a, end, negative);
        break;
      case 0x52:
      case 0x51:
        readDoubles(cursor, tag === 0x52, end, negative.counts);
        break;
      case 0x5a:
        readSpan(cursor, cursor.message(end), positive.spans);
        break;
      case 0x62:
      case 0x60:
        readDeltas(cursor, tag === 0x62, end, positive);
        break;
      case 0x6a:
      case 0x69:
        readDoubles(cursor, tag === 0x6a, end, positive.counts);
        break;
      case 0x70:
        resetHint = hints[cursor.varint(end)] ?? 'unknown';
        break;
      case 0x78:
        timeMs = cursor.int64(end);
        break;
      case 0x82:
      case 0x81:
        readDoubles(cursor, tag === 0x82, end, customBounds);
        break;
      case 0x88:
        startMs = cursor.int64(end);
        break;
      default:
        cursor.skip(tag, end);
    }
  }
  const histogram = {
    schema,
    count,
    sum,
    zeroThreshold,
    zeroCount,
    positiveSpans: positive.spans,
    positiveCounts: positive.counts,
    negativeSpans: negative.spans,
    negativeCounts: negative.counts,
    customBounds,
    resetHint,
  };
  return { timeMs, startMs, histogram, isStale };
}
