import { CUSTOM_SCHEMA, type Histogram } from './histogram.ts';

export interface Bucket {
  lower: number;
  upper: number;
  readonly lowerInclusive: boolean;
  readonly upperInclusive: boolean;
  readonly count: number;
}

/** The upper bound of an exponential bucket: 2^(index / 2^schema). The last one before ±Inf ends at the largest float. */
export function exponentialBound(index: number, schema: number): number {
  const perPower = 2 ** schema;
  const exponent = index / perPower;
  if (exponent === 1024) return Number.MAX_VALUE;
  const whole = Math.floor(exponent);
  return 2 ** (exponent - whole) * 2 ** whole;
}

function boundOf(index: number, { schema, customBounds }: Histogram): number {
  if (schema !== CUSTOM_SCHEMA) return exponentialBound(index, schema);
  if (index < 0) return Number.NEGATIVE_INFINITY;
  return customBounds[index] ?? Number.POSITIVE_INFINITY;
}

export function positiveBucket(histogram: Histogram, at: number): Bucket {
  const index = histogram.positive.indexes[at] ?? 0;
  const lower = boundOf(index - 1, histogram);
  const upper = boundOf(index, histogram);
  const isCustom = histogram.schema === CUSTOM_SCHEMA;
  return {
    lower,
    upper,
    lowerInclusive: isCustom ? index === 0 : lower < 0,
    upperInclusive: isCustom || upper > 0,
    count: histogram.positive.counts[at] ?? 0,
  };
}

export function negativeBucket(histogram: Histogram, at: number): Bucket {
  const index = histogram.negative.indexes[at] ?? 0;
  const lower = -boundOf(index, histogram);
  const upper = -boundOf(index - 1, histogram);
  const count = histogram.negative.counts[at] ?? 0;
  return { lower, upper, lowerInclusive: lower < 0, upperInclusive: upper > 0, count };
}

export function zeroBucket({ zeroThreshold, zeroCount }: Histogram): Bucket {
  const inclusive = { lowerInclusive: true, upperInclusive: true };
  return { lower: -zeroThreshold, upper: zeroThreshold, ...inclusive, count: zeroCount };
}

/** All buckets from the lowest up. Where the zero bucket overlaps its neighbours, they end at its threshold. */
export function* bucketsOf(histogram: Histogram): Generator<Bucket> {
  const { zeroThreshold, zeroCount, negative, positive } = histogram;
  for (let i = negative.indexes.length - 1; i >= 0; i--) {
    const bucket = negativeBucket(histogram, i);
    if (bucket.upper < 0 && bucket.upper > -zeroThreshold) bucket.upper = -zeroThreshold;
    yield bucket;
  }
  if (zeroCount > 0) yield zeroBucket(histogram);
  for (let i = 0; i < positive.indexes.length; i++) {
    const bucket = positiveBucket(histogram, i);
    if (bucket.lower > 0 && bucket.lower < zeroThreshold) bucket.lower = zeroThreshold;
    yield bucket;
  }
}

/** How much of a bucket's width lies below a value inside it: linearly, or on a logarithmic scale. */
export function fractionBelow({ lower, upper }: Bucket, value: number, isLinear: boolean): number {
  if (isLinear) return (value - lower) / (upper - lower);
  const logLower = Math.log2(Math.abs(lower));
  const logUpper = Math.log2(Math.abs(upper));
  const logValue = Math.log2(Math.abs(value));
  if (value > 0) return (logValue - logLower) / (logUpper - logLower);
  return 1 - (logValue - logUpper) / (logLower - logUpper);
}
