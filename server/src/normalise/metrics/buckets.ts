/** Exponential buckets by index, in Prometheus' numbering (index i ends at base^i), at schemas that Prometheus knows. */
import type { WireBuckets } from '../wire.ts';

export interface ExponentialBuckets {
  scale: number;
  zeroCount: number;
  zeroThreshold: number;
  positive: Map<number, number>;
  negative: Map<number, number>;
}

/** Prometheus' zero bucket when a sender names none. */
const defaultZeroThreshold = 1e-128;

/** Scales above 8 are merged down to 8: 2^(scale-8) buckets become one. */
export function bucketsOf(point: {
  readonly scale: number;
  readonly zeroCount: number;
  readonly zeroThreshold: number;
  readonly positive: WireBuckets;
  readonly negative: WireBuckets;
}): ExponentialBuckets {
  const down = Math.max(0, point.scale - 8);
  return {
    scale: point.scale - down,
    zeroCount: point.zeroCount,
    zeroThreshold: point.zeroThreshold > 0 ? point.zeroThreshold : defaultZeroThreshold,
    positive: indexed(point.positive, down),
    negative: indexed(point.negative, down),
  };
}

function indexed({ offset, counts }: WireBuckets, down: number): Map<number, number> {
  const byIndex = new Map<number, number>();
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i] ?? 0;
    if (count === 0) continue;
    // OTLP's bucket 0 is (1, base], Prometheus' bucket 0 is (1/base, 1]: one further.
    const index = shifted(offset + i, down) + 1;
    byIndex.set(index, (byIndex.get(index) ?? 0) + count);
  }
  return byIndex;
}

/** `index >> down` for shifts of any size. */
function shifted(index: number, down: number): number {
  if (down > 40) return index < 0 ? -1 : 0;
  return Math.floor(index / 2 ** down);
}

/** Adds `more` into `sum`, at the coarser of the two scales and the wider of the two zero buckets. */
export function addBuckets(sum: ExponentialBuckets, more: ExponentialBuckets): void {
  const scale = Math.min(sum.scale, more.scale);
  coarsen(sum, scale);
  coarsen(more, scale);
  sum.zeroCount += more.zeroCount;
  sum.zeroThreshold = Math.max(sum.zeroThreshold, more.zeroThreshold);
  for (const [index, count] of more.positive) sum.positive.set(index, (sum.positive.get(index) ?? 0) + count);
  for (const [index, count] of more.negative) sum.negative.set(index, (sum.negative.get(index) ?? 0) + count);
}

export function coarsen(buckets: ExponentialBuckets, scale: number): void {
  const down = buckets.scale - scale;
  if (down <= 0) return;
  buckets.scale = scale;
  buckets.positive = merged(buckets.positive, down);
  buckets.negative = merged(buckets.negative, down);
}

function merged(byIndex: ReadonlyMap<number, number>, down: number): Map<number, number> {
  const coarse = new Map<number, number>();
  for (const [index, count] of byIndex) {
    const to = shifted(index - 1, down) + 1;
    coarse.set(to, (coarse.get(to) ?? 0) + count);
  }
  return coarse;
}

// A gap of up to two empty buckets is cheaper as zeros than as a new span.
const gapMax = 2;

/** Spans (offset and length by turns) and absolute counts. */
export function spansOf(byIndex: ReadonlyMap<number, number>): { spans: number[]; counts: number[] } {
  const indexes = [...byIndex.keys()].sort((a, b) => a - b);
  const spans: number[] = [];
  const counts: number[] = [];
  let next = 0;
  for (const index of indexes) {
    const gap = index - next;
    if (spans.length === 0 || gap > gapMax) {
      spans.push(gap, 0);
    } else {
      for (let i = 0; i < gap; i++) counts.push(0);
      spans[spans.length - 1] = (spans.at(-1) ?? 0) + gap;
    }
    counts.push(byIndex.get(index) ?? 0);
    spans[spans.length - 1] = (spans.at(-1) ?? 0) + 1;
    next = index + 1;
  }
  return { spans, counts };
}
