import type { ResetHint } from '#model';
import { KahanSum } from '../kernels/kahan.ts';
import type { Histogram, Side } from './histogram.ts';
import { commonLayout, withLayout } from './layout.ts';

/** What became of combining two histograms; undefined when their kinds of buckets do not mix. */
export interface Combined {
  readonly histogram: Histogram;
  readonly hasResetCollision: boolean;
  readonly areBoundsReconciled: boolean;
}

export function add(a: Histogram, b: Histogram): Combined | undefined {
  return combine(a, b, (x, y) => x + y);
}

/** The hint follows the same rules as for `add`; who means the `-` operator makes the result a gauge. */
export function subtract(a: Histogram, b: Histogram): Combined | undefined {
  return combine(a, b, (x, y) => x - y);
}

function combine(a: Histogram, b: Histogram, apply: (x: number, y: number) => number): Combined | undefined {
  const layout = commonLayout(a, b);
  if (layout === undefined) return undefined;
  const [left, right] = [withLayout(a, layout), withLayout(b, layout)];
  const hint = combinedHint(a.resetHint, b.resetHint);
  const histogram: Histogram = {
    ...left,
    count: apply(left.count, right.count),
    sum: apply(left.sum, right.sum),
    zeroCount: apply(left.zeroCount, right.zeroCount),
    positive: zipped(left.positive, right.positive, apply),
    negative: zipped(left.negative, right.negative, apply),
    resetHint: hint ?? 'unknown',
  };
  return { histogram, hasResetCollision: hint === undefined, areBoundsReconciled: layout.areBoundsReconciled };
}

/** Undefined: one says that there was a reset, the other that there was none. */
function combinedHint(a: ResetHint, b: ResetHint): ResetHint | undefined {
  if (a === b) return a;
  if (a === 'gauge' || b === 'gauge') return 'gauge';
  return a === 'unknown' || b === 'unknown' ? 'unknown' : undefined;
}

/** Goes through two sides by index; a bucket that one side lacks counts as empty there. */
function zipped(a: Side, b: Side, apply: (x: number, y: number) => number): Side {
  const indexes: number[] = [];
  const counts: number[] = [];
  let [i, j] = [0, 0];
  while (i < a.indexes.length || j < b.indexes.length) {
    const indexA = a.indexes[i] ?? Number.POSITIVE_INFINITY;
    const indexB = b.indexes[j] ?? Number.POSITIVE_INFINITY;
    indexes.push(Math.min(indexA, indexB));
    const x = indexA <= indexB ? (a.counts[i++] ?? 0) : 0;
    const y = indexB <= indexA ? (b.counts[j++] ?? 0) : 0;
    counts.push(apply(x, y));
  }
  return { indexes, counts };
}

/** A compensated sum of histograms: what rounding loses is kept beside, bucket by bucket. */
export interface HistogramSum {
  readonly sum: Histogram;
  readonly compensation: Histogram;
}

export function startSum(histogram: Histogram): HistogramSum {
  const zero = ({ indexes }: Side): Side => ({ indexes, counts: indexes.map(() => 0) });
  const empty = {
    count: 0,
    sum: 0,
    zeroCount: 0,
    positive: zero(histogram.positive),
    negative: zero(histogram.negative),
  };
  return { sum: histogram, compensation: { ...histogram, ...empty } };
}

export interface Summed extends HistogramSum {
  readonly areBoundsReconciled: boolean;
}

/** Undefined when the kinds of buckets do not mix. */
export function addToSum({ sum, compensation }: HistogramSum, other: Histogram): Summed | undefined {
  const layout = commonLayout(sum, other);
  if (layout === undefined) return undefined;
  const [a, c, b] = [withLayout(sum, layout), withLayout(compensation, layout), withLayout(other, layout)];
  const cell = new KahanSum();
  const added = (x: number, lost: number, y: number): [number, number] => {
    cell.reset(x, lost);
    cell.add(y);
    return [cell.sum, cell.compensation];
  };
  const side = (x: Side, lost: Side, y: Side): [Side, Side] => {
    const indexes = zipped(x, y, (count) => count).indexes;
    const at = ({ indexes: own, counts }: Side, index: number): number => counts[own.indexOf(index)] ?? 0;
    const pairs = indexes.map((index) => added(at(x, index), at(lost, index), at(y, index)));
    return [
      { indexes, counts: pairs.map(([total]) => total) },
      { indexes, counts: pairs.map(([, rest]) => rest) },
    ];
  };
  const [count, countRest] = added(a.count, c.count, b.count);
  const [total, totalRest] = added(a.sum, c.sum, b.sum);
  const [zeroCount, zeroRest] = added(a.zeroCount, c.zeroCount, b.zeroCount);
  const [positive, positiveRest] = side(a.positive, c.positive, b.positive);
  const [negative, negativeRest] = side(a.negative, c.negative, b.negative);
  const resetHint = combinedHint(sum.resetHint, other.resetHint) ?? 'unknown';
  return {
    sum: { ...a, count, sum: total, zeroCount, positive, negative, resetHint },
    compensation: {
      ...a,
      count: countRest,
      sum: totalRest,
      zeroCount: zeroRest,
      positive: positiveRest,
      negative: negativeRest,
    },
    areBoundsReconciled: layout.areBoundsReconciled,
  };
}

/** The sum with its compensation. */
export function totalOf({ sum, compensation }: HistogramSum): Histogram {
  const plus = (x: number, y: number): number => x + y;
  return {
    ...sum,
    count: sum.count + compensation.count,
    sum: sum.sum + compensation.sum,
    zeroCount: sum.zeroCount + compensation.zeroCount,
    positive: zipped(sum.positive, compensation.positive, plus),
    negative: zipped(sum.negative, compensation.negative, plus),
  };
}
