import { type Bucket, fractionBelow, negativeBucket, positiveBucket, zeroBucket } from './buckets.ts';
import { compact, type Histogram, type Side, usesCustomBuckets } from './histogram.ts';

/** What is left of a bucket, and where its observations are taken to be. */
interface Kept {
  readonly count: number;
  readonly middle: number;
}

/**
 * Removes the observations above (`</`) or below (`>/`) a value. Buckets that the value cuts are interpolated; count and
 * sum are estimated anew when anything was removed.
 */
export function trim(histogram: Histogram, limit: number, keepsBelow: boolean): Histogram {
  const isCustom = usesCustomBuckets(histogram);
  let count = 0;
  let sum = 0;
  let isTrimmed = false;
  const take = (kept: Kept, before: number): number => {
    count += kept.count;
    sum += kept.middle * kept.count;
    isTrimmed ||= kept.count !== before;
    return kept.count;
  };
  const side = ({ indexes, counts }: Side, isPositive: boolean): Side => {
    const read = isPositive ? positiveBucket : negativeBucket;
    const keep = (before: number, i: number): number => {
      if (before === 0) return 0;
      return take(keptOf(read(histogram, i), limit, { keepsBelow, isPositive, isCustom }), before);
    };
    return { indexes, counts: counts.map(keep) };
  };
  const hasAny = (of: Side): boolean => of.counts.some((each) => each !== 0);
  const positive = side(histogram.positive, true);
  const negative = side(histogram.negative, false);
  let { zeroCount } = histogram;
  if (zeroCount > 0) {
    const sides = { hasPositive: hasAny(histogram.positive), hasNegative: hasAny(histogram.negative) };
    zeroCount = take(keptOfZero(zeroBucket(histogram), limit, keepsBelow, sides), zeroCount);
  }
  return isTrimmed ? compact({ ...histogram, count, sum, zeroCount, positive, negative }) : histogram;
}

interface TrimKind {
  readonly keepsBelow: boolean;
  readonly isPositive: boolean;
  readonly isCustom: boolean;
}

function keptOf(bucket: Bucket, limit: number, kind: TrimKind): Kept {
  const { lower, upper, count } = bucket;
  if (kind.keepsBelow ? upper <= limit : lower >= limit) return { count, middle: middleOf(lower, upper, kind) };
  if (kind.keepsBelow ? lower >= limit : upper <= limit) return { count: 0, middle: 0 };
  if (!Number.isFinite(lower) || !Number.isFinite(upper)) return keptOfInfinite(bucket, limit, kind.keepsBelow);
  const below = count * fractionBelow(bucket, limit, kind.isCustom);
  if (kind.keepsBelow) return { count: below, middle: middleOf(lower, limit, kind) };
  return { count: count - below, middle: middleOf(limit, upper, kind) };
}

/** A bucket without end cannot be interpolated, except the first custom one, which is taken to begin at zero. */
function keptOfInfinite({ lower, upper, count }: Bucket, limit: number, keepsBelow: boolean): Kept {
  const finite = (value: number): number => (Number.isFinite(value) ? value : 0);
  if (lower === Number.NEGATIVE_INFINITY) {
    const canInterpolate = upper > 0 && Number.isFinite(upper);
    if (keepsBelow) {
      if (limit > 0 && canInterpolate) return { count: (count * limit) / upper, middle: limit / 2 };
      return upper <= 0 ? { count, middle: limit } : { count: 0, middle: finite(upper) };
    }
    if (limit <= lower) return { count, middle: 0 };
    if (limit >= 0 && canInterpolate) return { count: count * (1 - limit / upper), middle: (limit + upper) / 2 };
    return { count: 0, middle: finite(upper) };
  }
  if (keepsBelow) return { count: 0, middle: finite(lower) };
  return limit >= lower ? { count, middle: limit } : { count: 0, middle: finite(lower) };
}

function keptOfZero(
  bucket: Bucket,
  limit: number,
  keepsBelow: boolean,
  { hasPositive, hasNegative }: { hasPositive: boolean; hasNegative: boolean },
): Kept {
  const lower = hasPositive && !hasNegative ? 0 : bucket.lower;
  const upper = hasNegative && !hasPositive ? 0 : bucket.upper;
  const { count } = bucket;
  const whole = { count, middle: (lower + upper) / 2 };
  if (limit <= lower) return keepsBelow ? { count: 0, middle: 0 } : whole;
  if (limit >= upper) return keepsBelow ? whole : { count: 0, middle: 0 };
  if (keepsBelow) return { count: (count * (limit - lower)) / (upper - lower), middle: (lower + limit) / 2 };
  return { count: (count * (upper - limit)) / (upper - lower), middle: (limit + upper) / 2 };
}

function middleOf(lower: number, upper: number, { isPositive, isCustom }: TrimKind): number {
  if (!Number.isFinite(lower)) {
    if (!Number.isFinite(upper)) return 0;
    return upper > 0 ? upper / 2 : upper;
  }
  if (!Number.isFinite(upper)) return lower;
  if (isCustom) return (lower + upper) / 2;
  const middle = Math.sqrt(Math.abs(lower * upper));
  return isPositive ? middle : -middle;
}
