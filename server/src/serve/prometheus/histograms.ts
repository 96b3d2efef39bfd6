/** A native histogram as Prometheus' API writes it: bounds and count per bucket, lowest first, empty ones left out. */
import type { NativeHistogram } from '#model';
import { sampleText } from './float.ts';

interface Bucket {
  lower: number;
  upper: number;
  readonly lowerInclusive: boolean;
  readonly upperInclusive: boolean;
  readonly count: number;
}

export function histogramJson(histogram: NativeHistogram): string {
  const buckets = bucketsOf(histogram).filter((bucket) => bucket.count !== 0);
  const head = `{"count":"${sampleText(histogram.count)}","sum":"${sampleText(histogram.sum)}"`;
  return buckets.length === 0 ? `${head}}` : `${head},"buckets":[${buckets.map(bucketJson).join(',')}]}`;
}

/** The first cell says which bounds belong to the bucket: 0 the upper, 1 the lower, 2 none, 3 both. */
function bucketJson({ lower, upper, lowerInclusive, upperInclusive, count }: Bucket): string {
  const bounds = lowerInclusive ? (upperInclusive ? 3 : 1) : upperInclusive ? 0 : 2;
  return `[${bounds},"${sampleText(lower)}","${sampleText(upper)}","${sampleText(count)}"]`;
}

const customSchema = -53;

function bucketsOf(histogram: NativeHistogram): Bucket[] {
  if (histogram.schema === customSchema) return customBuckets(histogram);
  const { zeroThreshold, zeroCount } = histogram;
  const positive = exponentialBuckets(histogram, histogram.positiveSpans, histogram.positiveCounts);
  const negative = exponentialBuckets(histogram, histogram.negativeSpans, histogram.negativeCounts)
    .map(mirrored)
    .reverse();
  const zero = {
    lower: -zeroThreshold,
    upper: zeroThreshold,
    lowerInclusive: true,
    upperInclusive: true,
    count: zeroCount,
  };
  return [...negative, ...(zeroCount > 0 ? [zero] : []), ...positive];
}

function customBuckets({ customBounds, positiveSpans, positiveCounts }: NativeHistogram): Bucket[] {
  return bucketIndexes(positiveSpans).map((index, i) => ({
    lower: customBounds[index - 1] ?? Number.NEGATIVE_INFINITY,
    upper: customBounds[index] ?? Number.POSITIVE_INFINITY,
    lowerInclusive: index === 0,
    upperInclusive: true,
    count: positiveCounts[i] ?? 0,
  }));
}

function exponentialBuckets(
  { schema, zeroThreshold }: NativeHistogram,
  spans: readonly number[],
  counts: readonly number[],
): Bucket[] {
  return bucketIndexes(spans).map((index, i) => ({
    // The zero bucket may reach into the first buckets; what it covers is not theirs.
    lower: Math.max(exponentialBound(index - 1, schema), zeroThreshold),
    upper: exponentialBound(index, schema),
    lowerInclusive: false,
    upperInclusive: true,
    count: counts[i] ?? 0,
  }));
}

function mirrored({ lower, upper, count }: Bucket): Bucket {
  return { lower: -upper, upper: -lower, lowerInclusive: true, upperInclusive: false, count };
}

function bucketIndexes(spans: readonly number[]): number[] {
  const indexes: number[] = [];
  let next = 0;
  for (let s = 0; s + 1 < spans.length; s += 2) {
    next += spans[s] ?? 0;
    for (let left = spans[s + 1] ?? 0; left > 0; left--) indexes.push(next++);
  }
  return indexes;
}

/** 2^(index/2^schema); the last bucket below the infinite one ends at the largest finite number. */
function exponentialBound(index: number, schema: number): number {
  const exponent = index * 2 ** -schema;
  return exponent === 1024 ? Number.MAX_VALUE : 2 ** exponent;
}
