import type { NativeHistogram, ResetHint } from '#model';
import { formatG } from '../goformat.ts';
import { bucketsOf } from './buckets.ts';

/** Populated buckets by ascending index. Parallel arrays; treat as immutable. */
export interface Side {
  readonly indexes: readonly number[];
  readonly counts: readonly number[];
}

/** A native histogram as the evaluator computes with it: a value, never changed in place. */
export interface Histogram {
  readonly schema: number;
  readonly count: number;
  readonly sum: number;
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  readonly positive: Side;
  readonly negative: Side;
  readonly customBounds: readonly number[];
  readonly resetHint: ResetHint;
}

export const CUSTOM_SCHEMA = -53;
export const noBuckets: Side = { indexes: [], counts: [] };

export const usesCustomBuckets = ({ schema }: Histogram): boolean => schema === CUSTOM_SCHEMA;

const known = new WeakMap<NativeHistogram, Histogram>();

/** Reads the stored form; the same object gives the same answer, without reading it again. */
export function fromNative(native: NativeHistogram): Histogram {
  const before = known.get(native);
  if (before !== undefined) return before;
  const { schema, count, sum, zeroThreshold, zeroCount, customBounds, resetHint } = native;
  const positive = sideOf(native.positiveSpans, native.positiveCounts);
  const negative = sideOf(native.negativeSpans, native.negativeCounts);
  const histogram = { schema, count, sum, zeroThreshold, zeroCount, positive, negative, customBounds, resetHint };
  known.set(native, histogram);
  return histogram;
}

function sideOf(spans: readonly number[], counts: readonly number[]): Side {
  const indexes: number[] = [];
  let next = 0;
  for (let i = 0; i < spans.length; i += 2) {
    next += spans[i] ?? 0;
    for (let j = 0; j < (spans[i + 1] ?? 0); j++) indexes.push(next++);
  }
  return { indexes, counts };
}

/** The stored form, without empty buckets. */
export function toNative(histogram: Histogram): NativeHistogram {
  const { positive, negative, ...rest } = histogram;
  const [positiveSide, negativeSide] = [populated(positive), populated(negative)];
  return {
    schema: rest.schema,
    count: rest.count,
    sum: rest.sum,
    zeroThreshold: rest.zeroThreshold,
    zeroCount: rest.zeroCount,
    positiveSpans: spansOf(positiveSide),
    positiveCounts: positiveSide.counts,
    negativeSpans: spansOf(negativeSide),
    negativeCounts: negativeSide.counts,
    customBounds: rest.customBounds,
    resetHint: rest.resetHint,
  };
}

function spansOf({ indexes }: Side): number[] {
  const spans: number[] = [];
  let next = 0;
  for (const index of indexes) {
    const last = spans.length - 1;
    if (last > 0 && index === next) spans[last] = (spans[last] ?? 0) + 1;
    else spans.push(index - next, 1);
    next = index + 1;
  }
  return spans;
}

function populated(side: Side): Side {
  if (!side.counts.includes(0)) return side;
  const keep = (_: number, i: number): boolean => side.counts[i] !== 0;
  return { indexes: side.indexes.filter(keep), counts: side.counts.filter((count) => count !== 0) };
}

/** Without empty buckets. */
export function compact(histogram: Histogram): Histogram {
  return { ...histogram, positive: populated(histogram.positive), negative: populated(histogram.negative) };
}

/** Applies a function to every count, the sum included. */
function mapCounts(histogram: Histogram, apply: (count: number) => number): Histogram {
  const { positive, negative } = histogram;
  return {
    ...histogram,
    count: apply(histogram.count),
    sum: apply(histogram.sum),
    zeroCount: apply(histogram.zeroCount),
    positive: { indexes: positive.indexes, counts: positive.counts.map(apply) },
    negative: { indexes: negative.indexes, counts: negative.counts.map(apply) },
  };
}

/** A negative factor makes it a gauge: counts that can be negative can fall. */
export function multiply(histogram: Histogram, factor: number): Histogram {
  const scaled = mapCounts(histogram, (count) => count * factor);
  return factor < 0 ? { ...scaled, resetHint: 'gauge' } : scaled;
}

/** Division by zero leaves no buckets. */
export function divide(histogram: Histogram, divisor: number): Histogram {
  const scaled = mapCounts(histogram, (count) => count / divisor);
  if (divisor === 0) return { ...scaled, positive: noBuckets, negative: noBuckets };
  return divisor < 0 ? { ...scaled, resetHint: 'gauge' } : scaled;
}

/** Whether two histograms hold the same observations in the same layout; the reset hint does not matter. */
export function equal(a: Histogram, b: Histogram): boolean {
  if (a.schema !== b.schema || !Object.is(a.count, b.count) || !Object.is(a.sum, b.sum)) return false;
  if (a.zeroThreshold !== b.zeroThreshold || !Object.is(a.zeroCount, b.zeroCount)) return false;
  if (usesCustomBuckets(a) && !sameNumbers(a.customBounds, b.customBounds)) return false;
  return sameSide(a.positive, b.positive) && sameSide(a.negative, b.negative);
}

function sameSide(a: Side, b: Side): boolean {
  return sameNumbers(a.indexes, b.indexes) && sameNumbers(a.counts, b.counts);
}

export function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => Object.is(value, b[i]));
}

export function hasOverflow({ count, sum, zeroCount, positive, negative }: Histogram): boolean {
  const isInfinite = (value: number): boolean => Math.abs(value) === Number.POSITIVE_INFINITY;
  if ([count, sum, zeroCount].some(isInfinite)) return true;
  return positive.counts.some(isInfinite) || negative.counts.some(isInfinite);
}

/** `{count:20, sum:10, [-2,-1):2, (0.5,1]:1}`, as Prometheus writes it into labels. */
export function histogramText(histogram: Histogram): string {
  const { count, sum } = histogram;
  const buckets = [...bucketsOf(histogram)]
    .filter((bucket) => bucket.count !== 0)
    .map((bucket) => {
      const open = bucket.lowerInclusive ? '[' : '(';
      const close = bucket.upperInclusive ? ']' : ')';
      return `, ${open}${formatG(bucket.lower)},${formatG(bucket.upper)}${close}:${formatG(bucket.count)}`;
    });
  return `{count:${formatG(count)}, sum:${formatG(sum)}${buckets.join('')}}`;
}
