import { exponentialBound, negativeBucket, positiveBucket } from './buckets.ts';
import { type Histogram, type Side, sameNumbers, usesCustomBuckets } from './histogram.ts';

/** The bucket layout that two histograms can both be brought to. */
export interface Layout {
  readonly schema: number;
  readonly zeroThreshold: number;
  readonly customBounds: readonly number[];
  /** Custom bounds differed, and the layout has only those that both have. */
  readonly areBoundsReconciled: boolean;
}

/** Undefined when one has custom and the other exponential buckets. */
export function commonLayout(a: Histogram, b: Histogram): Layout | undefined {
  if (usesCustomBuckets(a) !== usesCustomBuckets(b)) return undefined;
  if (usesCustomBuckets(a)) {
    const isSame = sameNumbers(a.customBounds, b.customBounds);
    const customBounds = isSame ? a.customBounds : a.customBounds.filter((bound) => b.customBounds.includes(bound));
    return { schema: a.schema, zeroThreshold: 0, customBounds, areBoundsReconciled: !isSame };
  }
  const schema = Math.min(a.schema, b.schema);
  return { schema, zeroThreshold: commonThreshold(a, b), customBounds: [], areBoundsReconciled: false };
}

/** A zero bucket wide enough for both, that cuts no populated bucket of either. */
function commonThreshold(a: Histogram, b: Histogram): number {
  let [ofA, ofB] = [a.zeroThreshold, b.zeroThreshold];
  while (ofA !== ofB) {
    if (ofA > ofB) ofB = widerThreshold(b, ofA);
    if (ofB > ofA) ofA = widerThreshold(a, ofB);
  }
  return ofA;
}

/** The threshold, or the far end of the populated bucket it would cut. */
export function widerThreshold(histogram: Histogram, threshold: number): number {
  let wide = threshold;
  for (;;) {
    const before = wide;
    for (let i = 0; i < histogram.positive.indexes.length; i++) {
      const { lower, upper, count } = positiveBucket(histogram, i);
      if (lower < wide && upper > wide && count !== 0) wide = upper;
    }
    for (let i = 0; i < histogram.negative.indexes.length; i++) {
      const { lower, upper, count } = negativeBucket(histogram, i);
      if (upper > -wide && lower < -wide && count !== 0) wide = -lower;
    }
    if (wide === before) return wide;
  }
}

/** The histogram in another layout, which must be one that commonLayout gave for it. */
export function withLayout(histogram: Histogram, layout: Layout): Histogram {
  if (usesCustomBuckets(histogram)) {
    if (!layout.areBoundsReconciled) return histogram;
    const positive = regrouped(histogram.positive, (index) => customTarget(index, histogram, layout));
    return { ...histogram, positive, customBounds: layout.customBounds };
  }
  const absorbed = withThreshold(histogram, layout.zeroThreshold);
  return withSchema(absorbed, layout.schema);
}

function customTarget(index: number, { customBounds }: Histogram, layout: Layout): number {
  const bound = customBounds[index];
  const target = bound === undefined ? -1 : layout.customBounds.findIndex((other) => other >= bound);
  return target < 0 ? layout.customBounds.length : target;
}

/** Moves the buckets inside a wider zero bucket into it. */
export function withThreshold(histogram: Histogram, threshold: number): Histogram {
  if (threshold === histogram.zeroThreshold) return histogram;
  let { zeroCount } = histogram;
  const outside = ({ indexes, counts }: Side): Side => {
    const isInside = (at: number): boolean => exponentialBound((indexes[at] ?? 0) - 1, histogram.schema) < threshold;
    for (let i = 0; i < indexes.length; i++) if (isInside(i)) zeroCount += counts[i] ?? 0;
    const keep = (_: number, i: number): boolean => !isInside(i);
    return { indexes: indexes.filter(keep), counts: counts.filter(keep) };
  };
  const [positive, negative] = [outside(histogram.positive), outside(histogram.negative)];
  return { ...histogram, zeroThreshold: threshold, zeroCount, positive, negative };
}

/** Merges buckets down to a lower resolution. */
export function withSchema(histogram: Histogram, schema: number): Histogram {
  if (schema === histogram.schema) return histogram;
  const shift = histogram.schema - schema;
  const target = (index: number): number => ((index - 1) >> shift) + 1;
  const [positive, negative] = [regrouped(histogram.positive, target), regrouped(histogram.negative, target)];
  return { ...histogram, schema, positive, negative };
}

/** Moves each bucket to a new index; indexes keep their order, and buckets that meet add up. */
function regrouped(side: Side, target: (index: number) => number): Side {
  const indexes: number[] = [];
  const counts: number[] = [];
  for (let i = 0; i < side.indexes.length; i++) {
    const index = target(side.indexes[i] ?? 0);
    const last = indexes.length - 1;
    if (indexes[last] === index) counts[last] = (counts[last] ?? 0) + (side.counts[i] ?? 0);
    else {
      indexes.push(index);
      counts.push(side.counts[i] ?? 0);
    }
  }
  return { indexes, counts };
}
