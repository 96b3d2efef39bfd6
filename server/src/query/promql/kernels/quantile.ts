/**
 * The quantile of the first `count` values, interpolated between neighbours; NaN counts as smallest.
 * Sorts the values in place. Out-of-range φ gives ±Inf, NaN gives NaN.
 */
export function quantileOf(q: number, values: Float64Array, count: number): number {
  if (count === 0 || Number.isNaN(q)) return Number.NaN;
  if (q < 0) return Number.NEGATIVE_INFINITY;
  if (q > 1) return Number.POSITIVE_INFINITY;
  const sorted = values.subarray(0, count).sort();
  // A typed array sorts NaN last; Prometheus wants it first.
  let nans = 0;
  while (nans < count && Number.isNaN(sorted[count - 1 - nans])) nans++;
  const at = (index: number): number => (index < nans ? Number.NaN : (sorted[index - nans] ?? 0));
  const rank = q * (count - 1);
  const lower = Math.max(0, Math.floor(rank));
  const upper = Math.min(count - 1, lower + 1);
  const weight = rank - Math.floor(rank);
  return at(lower) * (1 - weight) + at(upper) * weight;
}
