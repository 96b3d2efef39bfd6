/** What every protobuf spelling of native histograms shares, and what makes one contradict itself. */
import type { ProtoCursor } from '#kit';
import type { NativeHistogram } from '#model';

/** Spans and absolute counts of the positive or the negative buckets. */
export interface Side {
  readonly spans: number[];
  readonly counts: number[];
  last: number;
}

export function newSide(): Side {
  return { spans: [], counts: [], last: 0 };
}

export function readSpan(cursor: ProtoCursor, end: number, into: number[]): void {
  let offset = 0;
  let length = 0;
  while (cursor.at < end) {
    const tag = cursor.varint(end);
    if (tag === 0x08) offset = cursor.sint32(end);
    else if (tag === 0x10) length = cursor.varint(end);
    else cursor.skip(tag, end);
  }
  into.push(offset, length);
}

/** One difference, or many when packed. Integer histograms send each bucket as the difference to the one before. */
export function readDeltas(cursor: ProtoCursor, isPacked: boolean, end: number, side: Side): void {
  if (!isPacked) {
    pushDelta(cursor, end, side);
    return;
  }
  const stop = cursor.message(end);
  while (cursor.at < stop) pushDelta(cursor, stop, side);
}

function pushDelta(cursor: ProtoCursor, end: number, side: Side): void {
  side.last += cursor.sint64(end);
  side.counts.push(side.last);
}

export function readDoubles(cursor: ProtoCursor, isPacked: boolean, end: number, into: number[]): void {
  if (!isPacked) {
    into.push(cursor.double(end));
    return;
  }
  const stop = cursor.message(end);
  while (cursor.at < stop) into.push(cursor.double(stop));
}

const CUSTOM = -53;

/** What is wrong with the histogram (Prometheus' `Histogram.Validate`), or undefined. */
export function histogramFault(h: NativeHistogram, bucketsMax: number): string | undefined {
  const buckets = h.positiveCounts.length + h.negativeCounts.length + h.customBounds.length;
  if (buckets > bucketsMax)
    return `has ${buckets} buckets, limits.receive.histogramBucketsMax is ${bucketsMax}; use fewer`;
  if (h.schema !== CUSTOM && (h.schema < -4 || h.schema > 8))
    return `has schema ${h.schema}; -4 to 8 and -53 are known`;
  const custom =
    h.schema === CUSTOM
      ? customFault(h)
      : h.customBounds.length > 0
        ? 'has custom bounds without schema -53'
        : undefined;
  if (custom) return custom;
  const sides =
    sideFault('positive', h.positiveSpans, h.positiveCounts) ??
    sideFault('negative', h.negativeSpans, h.negativeCounts);
  if (sides) return sides;
  if (!(h.zeroThreshold >= 0)) return `has zero threshold ${h.zeroThreshold}; it must be 0 or more`;
  if (!(h.zeroCount >= 0) || !(h.count >= 0)) return 'has a negative count';
  return totalFault(h);
}

function totalFault(h: NativeHistogram): string | undefined {
  let total = h.zeroCount;
  for (const count of h.positiveCounts) total += count;
  for (const count of h.negativeCounts) total += count;
  const isWhole = Number.isInteger(h.count) && Number.isInteger(total);
  // Float histograms add up only as far as floats do; observations of NaN lie in no bucket.
  const slack = isWhole ? 0 : Math.max(1e-9 * Math.max(total, h.count), Number.MIN_VALUE);
  const isRight = Number.isNaN(h.sum) ? total <= h.count + slack : Math.abs(total - h.count) <= slack;
  return isRight ? undefined : `says count ${h.count}, and its buckets hold ${total}`;
}

function sideFault(side: string, spans: readonly number[], counts: readonly number[]): string | undefined {
  let length = 0;
  for (let i = 0; i < spans.length; i += 2) {
    if (i > 0 && (spans[i] ?? 0) < 0) return `has a ${side} span with the negative offset ${spans[i]}`;
    length += spans[i + 1] ?? 0;
  }
  if (length !== counts.length) return `has ${side} spans over ${length} buckets and ${counts.length} buckets`;
  for (const count of counts) if (!(count >= 0)) return `has a ${side} bucket of ${count}`;
  return undefined;
}

function customFault(h: NativeHistogram): string | undefined {
  if (h.zeroCount !== 0 || h.zeroThreshold !== 0 || h.negativeCounts.length > 0) {
    return 'has custom bounds and a zero bucket or negative buckets; these exclude each other';
  }
  for (let i = 0; i < h.customBounds.length; i++) {
    const bound = h.customBounds[i] ?? 0;
    if (Number.isNaN(bound) || (i > 0 && bound <= (h.customBounds[i - 1] ?? 0)))
      return 'has custom bounds that do not ascend';
    if (bound === Number.POSITIVE_INFINITY) return 'has a custom bound of +Inf, which is implied';
  }
  let end = 0;
  for (let i = 0; i < h.positiveSpans.length; i += 2) end += (h.positiveSpans[i] ?? 0) + (h.positiveSpans[i + 1] ?? 0);
  if (end > h.customBounds.length + 1) return `has buckets past its ${h.customBounds.length} custom bounds`;
  return undefined;
}
