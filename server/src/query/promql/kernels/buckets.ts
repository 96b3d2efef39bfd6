/** One classic histogram at one time: cumulative counts by upper bound. Buffers are reused from step to step. */
export class Buckets {
  bounds: number[] = [];
  counts: number[] = [];

  clear(): void {
    this.bounds.length = 0;
    this.counts.length = 0;
  }

  /** Bounds must come in ascending order; equal ones add up. */
  add(bound: number, count: number): void {
    const last = this.bounds.length - 1;
    if (last >= 0 && this.bounds[last] === bound) {
      this.counts[last] = (this.counts[last] ?? 0) + count;
      return;
    }
    this.bounds.push(bound);
    this.counts.push(count);
  }
}

export interface MonotonicityFix {
  readonly bucketMin: number;
  readonly bucketMax: number;
  readonly diffMax: number;
}

/** Differences this small, relatively, are rounding and not worth a word. */
const smallDelta = 1e-12;

/** Counts can only grow with the bound; where they fall, the fall is removed. Says what was removed, if it was much. */
export function forceMonotonic(buckets: Buckets): MonotonicityFix | undefined {
  const { bounds, counts } = buckets;
  let fix: { bucketMin: number; bucketMax: number; diffMax: number } | undefined;
  let before = counts[0] ?? 0;
  for (let i = 1; i < counts.length; i++) {
    const now = counts[i] ?? 0;
    if (now === before) continue;
    if (isSmallDelta(before, now)) {
      counts[i] = before;
    } else if (now < before) {
      counts[i] = before;
      const bound = bounds[i] ?? 0;
      fix ??= { bucketMin: Number.POSITIVE_INFINITY, bucketMax: Number.NEGATIVE_INFINITY, diffMax: 0 };
      fix.bucketMin = Math.min(fix.bucketMin, bound);
      fix.bucketMax = Math.max(fix.bucketMax, bound);
      fix.diffMax = Math.max(fix.diffMax, before - now);
    } else {
      before = now;
    }
  }
  return fix;
}

const smallestNormal = 2.2250738585072014e-308;

function isSmallDelta(a: number, b: number): boolean {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) && Number.isNaN(b);
  const sum = Math.abs(a) + Math.abs(b);
  const diff = Math.abs(a - b);
  if (a === 0 || b === 0 || sum < smallestNormal) return diff < smallDelta * smallestNormal;
  return diff / Math.min(sum, Number.MAX_VALUE) < smallDelta;
}

/**
 * The φ-quantile of a classic histogram, interpolated linearly inside its bucket. The buckets must be monotonic.
 * NaN without a +Inf bucket, without a second bucket, without observations.
 */
export function bucketQuantile(q: number, { bounds, counts }: Buckets): number {
  if (Number.isNaN(q)) return Number.NaN;
  if (q < 0) return Number.NEGATIVE_INFINITY;
  if (q > 1) return Number.POSITIVE_INFINITY;
  const last = bounds.length - 1;
  if (bounds[last] !== Number.POSITIVE_INFINITY || last < 1) return Number.NaN;
  const observations = counts[last] ?? 0;
  if (observations === 0) return Number.NaN;
  const rank = q * observations;
  const at = firstAtLeast(counts, last, rank);
  if (at === last) return bounds[last - 1] ?? Number.NaN;
  const bound = bounds[at] ?? 0;
  if (at === 0 && bound <= 0) return bound;
  const lower = at > 0 ? (bounds[at - 1] ?? 0) : 0;
  const below = at > 0 ? (counts[at - 1] ?? 0) : 0;
  return lower + (bound - lower) * ((rank - below) / ((counts[at] ?? 0) - below));
}

/** The first index below `end` whose count reaches the rank, else `end`. */
function firstAtLeast(counts: readonly number[], end: number, rank: number): number {
  let low = 0;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((counts[middle] ?? 0) >= rank) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The share of observations between two values, interpolated linearly inside buckets. */
export function bucketFraction(lower: number, upper: number, { bounds, counts }: Buckets): number {
  const last = bounds.length - 1;
  if (bounds[last] !== Number.POSITIVE_INFINITY) return Number.NaN;
  const count = counts[last] ?? 0;
  if (count === 0 || Number.isNaN(lower) || Number.isNaN(upper)) return Number.NaN;
  if (lower >= upper) return 0;
  const rankOf = (value: number): number => Math.min(rankBelow(value, bounds, counts), count);
  return (rankOf(upper) - rankOf(lower)) / count;
}

/** How many observations lie below a value. Buckets of infinite width are not interpolated. */
function rankBelow(value: number, bounds: readonly number[], counts: readonly number[]): number {
  let rank = 0;
  for (let i = 0; i < bounds.length; i++) {
    const firstLower = (bounds[0] ?? 0) <= 0 ? Number.NEGATIVE_INFINITY : 0;
    const low = i > 0 ? (bounds[i - 1] ?? 0) : firstLower;
    const high = bounds[i] ?? 0;
    const here = counts[i] ?? 0;
    if (low >= value) return rank;
    if (high > value) {
      if (low === Number.NEGATIVE_INFINITY) return here;
      return rank + ((here - rank) * (value - low)) / (high - low);
    }
    rank = here;
  }
  return Number.POSITIVE_INFINITY;
}
