/** Buckets whose bounds are powers of two, and quantiles read off them: Tempo's, so that its numbers are found again. */

export interface Bucket {
  readonly max: number;
  readonly count: number;
}

/** The bound at or above a value; below the least there is none. */
export function bucketBound(value: number, type: string): number | undefined {
  if (type === 'float') return value > 0 ? 2 ** Math.ceil(Math.log2(value)) : undefined;
  if (value < 2) return undefined;
  const bound = 2 ** Math.ceil(Math.log2(value));
  // The logarithm of a large whole number is rounded.
  return bound / 2 >= value ? bound / 2 : bound < value ? bound * 2 : bound;
}

/** `buckets` stand in order. Between two bounds the values are taken to grow exponentially. */
export function quantileOf(quantile: number, buckets: readonly Bucket[]): number {
  const total = buckets.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return 0;
  const wanted = Math.max(1, Math.ceil(quantile * total));
  let below = 0;
  for (const [index, { max, count }] of buckets.entries()) {
    if (below + count === wanted) return max;
    if (below + count > wanted || index === buckets.length - 1) {
      const upper = Math.log2(max);
      const lower = index > 0 ? Math.log2(buckets[index - 1]?.max ?? max / 2) : upper - 1;
      return 2 ** (lower + (upper - lower) * ((wanted - below) / count));
    }
    below += count;
  }
  return 0;
}
