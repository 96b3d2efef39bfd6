import type { HistogramLiteral, SeriesValue } from '../../packages/promql/src/index.ts';
import { type Labels, labelPairs, labelsFrom, labelsKey, type NativeHistogram } from '../../server/src/model/index.ts';
import { add, subtract } from '../../server/src/query/promql/histograms/combine.ts';
import { fromNative, toNative } from '../../server/src/query/promql/histograms/histogram.ts';
import { isReset } from '../../server/src/query/promql/histograms/resets.ts';

function nativeOf(literal: HistogramLiteral): NativeHistogram {
  const spans = (offset: number, counts: readonly number[]) => (counts.length > 0 ? [offset, counts.length] : []);
  return {
    schema: literal.schema,
    count: literal.count,
    sum: literal.sum,
    zeroThreshold: literal.zeroThreshold,
    zeroCount: literal.zeroCount,
    positiveSpans: spans(literal.offset, literal.buckets),
    positiveCounts: literal.buckets,
    negativeSpans: spans(literal.negativeOffset, literal.negativeBuckets),
    negativeCounts: literal.negativeBuckets,
    customBounds: literal.customBounds,
    resetHint: literal.resetHint ?? 'unknown',
  };
}

/** A step of a series, with histograms in the store's form. */
export type StepValue =
  | Exclude<SeriesValue, { kind: 'histogram' }>
  | { readonly kind: 'histogram'; readonly histogram: NativeHistogram; readonly statesHint: boolean };

/** One value per step: repeated histograms are spelled out, growing or shrinking as they are told. */
export function stepsOf(values: readonly SeriesValue[]): StepValue[] {
  return values.flatMap((value): StepValue[] => {
    if (value.kind !== 'histogram') return [value];
    const statesHint = (value.step ?? value.histogram).resetHint !== undefined;
    const steps: StepValue[] = [];
    let histogram = nativeOf(value.histogram);
    for (let i = 0; i <= value.times; i++) {
      steps.push({ kind: 'histogram', histogram, statesHint });
      if (value.step !== undefined) histogram = grown(histogram, nativeOf(value.step), value.op);
    }
    return steps;
  });
}

function grown(base: NativeHistogram, step: NativeHistogram, op: '+' | '-'): NativeHistogram {
  const combined = (op === '+' ? add : subtract)(fromNative(base), fromNative(step));
  if (combined === undefined) throw new Error('the histograms of a test series do not mix');
  return toNative(combined.histogram);
}

type TimedValue = readonly [timeMs: number, value: StepValue];

/**
 * Samples as Prometheus' storage gives them back: it looks for counter resets as they come in. What it found, not what
 * the script said, is each histogram's hint, and of a reset it only knows that nothing is known. Scripts count on that.
 */
export function asStored(samples: readonly TimedValue[]): TimedValue[] {
  let before: NativeHistogram | undefined;
  return samples.map(([timeMs, value]): TimedValue => {
    if (value.kind !== 'histogram') {
      before = undefined;
      return [timeMs, value];
    }
    const resetHint = storedHint(value.histogram, before);
    before = value.histogram;
    return [timeMs, { ...value, histogram: { ...value.histogram, resetHint } }];
  });
}

function storedHint(now: NativeHistogram, before: NativeHistogram | undefined): NativeHistogram['resetHint'] {
  if (now.resetHint === 'gauge') return 'gauge';
  if (now.resetHint === 'reset' || before === undefined || before.resetHint === 'gauge') return 'unknown';
  if (now.schema !== before.schema || now.zeroThreshold !== before.zeroThreshold) return 'unknown';
  if (now.customBounds.join() !== before.customBounds.join()) return 'unknown';
  const unknown = { ...now, resetHint: 'unknown' } as const;
  return isReset(fromNative(unknown), fromNative(before)) ? 'unknown' : 'not_reset';
}

interface ClassicSample {
  readonly labels: Labels;
  readonly timeMs: number;
  readonly value: number;
}

/** Classic histograms (`_bucket`, `_count`, `_sum`) as native ones with custom buckets, by series and time. */
export function convertClassic(
  samples: readonly ClassicSample[],
): { labels: Labels; timeMs: number; histogram: NativeHistogram }[] {
  const parts = new Map<
    string,
    { labels: Labels; timeMs: number; buckets: [bound: number, count: number][]; count?: number; sum: number }
  >();
  for (const { labels, timeMs, value } of samples) {
    const pairs = new Map(labelPairs(labels));
    const match = /^(.*)_(bucket|count|sum)$/.exec(pairs.get('__name__') ?? '');
    if (match === null) continue;
    const bound = Number((pairs.get('le') ?? '').replace(/^\+?Inf$/, 'Infinity'));
    if (match[2] === 'bucket' && Number.isNaN(bound)) continue;
    pairs.set('__name__', match[1] ?? '');
    pairs.delete('le');
    const base = labelsFrom(pairs);
    const key = `${labelsKey(base)} ${timeMs}`;
    const part = parts.get(key) ?? { labels: base, timeMs, buckets: [], sum: 0 };
    parts.set(key, part);
    if (match[2] === 'bucket') part.buckets.push([bound, value]);
    else if (match[2] === 'count') part.count = value;
    else part.sum = value;
  }
  return [...parts.values()].map(({ labels, timeMs, buckets, count, sum }) => {
    buckets.sort((a, b) => a[0] - b[0]);
    const total = count ?? buckets.at(-1)?.[1] ?? 0;
    if (buckets.at(-1)?.[0] !== Number.POSITIVE_INFINITY) buckets.push([Number.POSITIVE_INFINITY, total]);
    const positiveCounts = buckets.map(([, cumulative], i) => cumulative - (buckets[i - 1]?.[1] ?? 0));
    const histogram = nativeOf({
      ...{ schema: -53, count: total, sum, zeroCount: 0, zeroThreshold: 0, offset: 0, buckets: positiveCounts },
      ...{ negativeOffset: 0, negativeBuckets: [], customBounds: buckets.slice(0, -1).map(([bound]) => bound) },
    });
    return { labels, timeMs, histogram: toNative(fromNative(histogram)) };
  });
}
