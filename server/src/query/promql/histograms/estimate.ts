import { KahanSum } from '../kernels/kahan.ts';
import { type Bucket, bucketsOf, fractionBelow } from './buckets.ts';
import { type Histogram, usesCustomBuckets } from './histogram.ts';

/** Observations of NaN count, but lie in no bucket; what that did to an estimate. */
type NanEffect = 'result' | 'skew';

export interface Estimate {
  readonly value: number;
  readonly nanEffect?: NanEffect;
}

/** The φ-quantile: interpolated exponentially inside exponential buckets, linearly inside custom ones and around zero. */
export function histogramQuantile(q: number, histogram: Histogram): Estimate {
  if (q < 0) return { value: Number.NEGATIVE_INFINITY };
  if (q > 1) return { value: Number.POSITIVE_INFINITY };
  if (histogram.count === 0 || Number.isNaN(q)) return { value: Number.NaN };
  const hasNanSum = Number.isNaN(histogram.sum);
  // From below for low quantiles, from above for high ones, so that rounding does least harm.
  const isForward = hasNanSum || q < 0.5;
  const buckets = [...bucketsOf(histogram)];
  if (!isForward) buckets.reverse();
  const rank = (isForward ? q : 1 - q) * histogram.count;
  const found = bucketAt(buckets, rank);
  if (found === undefined) return hasNanSum ? { value: Number.NaN, nanEffect: 'result' } : { value: 0 };
  const bucket = aroundZero(found.bucket, histogram);
  const edge = infiniteEdge(bucket, histogram);
  if (edge !== undefined) return { value: edge };
  const count = Math.min(found.count, histogram.count);
  if (count < rank) return hasNanSum ? { value: Number.NaN, nanEffect: 'result' } : { value: bucket.upper };
  const into = isForward ? rank - (count - bucket.count) : count - rank;
  const total = buckets.reduce((sum, each) => sum + each.count, 0);
  const isSkewed = hasNanSum && total < histogram.count;
  return { value: interpolated(bucket, into / bucket.count, histogram), nanEffect: isSkewed ? 'skew' : undefined };
}

function bucketAt(buckets: readonly Bucket[], rank: number): { bucket: Bucket; count: number } | undefined {
  let count = 0;
  let last: Bucket | undefined;
  for (const bucket of buckets) {
    if (bucket.count === 0) continue;
    last = bucket;
    count += bucket.count;
    if (count >= rank) break;
  }
  return last === undefined ? undefined : { bucket: last, count };
}

/** The first custom bucket begins at zero when it ends above. */
function aroundZero(bucket: Bucket, histogram: Histogram): Bucket {
  if (!usesCustomBuckets(histogram)) return oneSided(bucket, histogram);
  return bucket.lower === Number.NEGATIVE_INFINITY && bucket.upper > 0 ? { ...bucket, lower: 0 } : bucket;
}

/** With buckets on one side only, the bucket around zero holds nothing of the other side. */
function oneSided(bucket: Bucket, histogram: Histogram): Bucket {
  if (bucket.lower > 0 || bucket.upper < 0) return bucket;
  const hasPositive = histogram.positive.indexes.length > 0;
  const hasNegative = histogram.negative.indexes.length > 0;
  if (hasPositive && !hasNegative) return { ...bucket, lower: 0 };
  return hasNegative && !hasPositive ? { ...bucket, upper: 0 } : bucket;
}

/** A custom bucket without end is answered with the bound it has. */
function infiniteEdge(bucket: Bucket, histogram: Histogram): number | undefined {
  if (!usesCustomBuckets(histogram)) return undefined;
  if (bucket.lower === Number.NEGATIVE_INFINITY) return bucket.upper;
  return bucket.upper === Number.POSITIVE_INFINITY ? bucket.lower : undefined;
}

function interpolated({ lower, upper }: Bucket, fraction: number, histogram: Histogram): number {
  if (usesCustomBuckets(histogram) || (lower <= 0 && upper >= 0)) return lower + (upper - lower) * fraction;
  const logLower = Math.log2(Math.abs(lower));
  const logUpper = Math.log2(Math.abs(upper));
  if (lower > 0) return 2 ** (logLower + (logUpper - logLower) * fraction);
  return -(2 ** (logUpper + (logLower - logUpper) * (1 - fraction)));
}

/** The share of all observations that lies between two values. */
export function histogramFraction(lower: number, upper: number, histogram: Histogram): Estimate {
  if (histogram.count === 0 || Number.isNaN(lower) || Number.isNaN(upper)) return { value: Number.NaN };
  if (lower >= upper) return { value: 0 };
  const hasNanSum = Number.isNaN(histogram.sum);
  const buckets = [...bucketsOf(histogram)];
  const inBuckets = buckets.reduce((sum, { count }) => sum + count, 0);
  const count = hasNanSum ? inBuckets : histogram.count;
  const rankOf = (value: number): number => Math.min(rankBelow(value, buckets, histogram), count);
  const isSkewed = hasNanSum && inBuckets < histogram.count;
  const value = (rankOf(upper) - rankOf(lower)) / histogram.count;
  return { value, nanEffect: isSkewed ? 'skew' : undefined };
}

function rankBelow(value: number, buckets: readonly Bucket[], histogram: Histogram): number {
  let rank = 0;
  for (const raw of buckets) {
    const isZero = raw.lower <= 0 && raw.upper >= 0;
    const bucket = isZero ? oneSided(raw, histogram) : raw;
    if (bucket.lower >= value) return rank;
    if (bucket.upper > value) {
      if (bucket.lower === Number.NEGATIVE_INFINITY) return bucket.count;
      return rank + bucket.count * fractionBelow(bucket, value, usesCustomBuckets(histogram) || isZero);
    }
    rank += bucket.count;
  }
  return Number.POSITIVE_INFINITY;
}

/** The variance of the observations, each taken to be at its bucket's middle: geometric for exponential buckets. */
export function histogramVariance(histogram: Histogram): number {
  const mean = histogram.sum / histogram.count;
  const sum = new KahanSum();
  for (const bucket of bucketsOf(histogram)) {
    if (bucket.count === 0) continue;
    const distance = middleOf(bucket, histogram) - mean;
    sum.add(bucket.count * distance * distance);
  }
  return sum.total / histogram.count;
}

function middleOf({ lower, upper }: Bucket, histogram: Histogram): number {
  if (usesCustomBuckets(histogram)) return (upper + lower) / 2;
  if (lower <= 0 && upper >= 0) return 0;
  const middle = Math.sqrt(upper * lower);
  return upper < 0 ? -middle : middle;
}
