/** Exponential histogram points → native histograms. */
import type { NativeHistogram } from '#model';
import { emptied } from '../starts.ts';
import type { Tally } from '../tally.ts';
import type { WireExponentialPoint } from '../wire.ts';
import { bucketsOf, type ExponentialBuckets, spansOf } from './buckets.ts';
import { addExemplars } from './exemplars.ts';
import { lateDelta } from './number.ts';
import { beginningOf, isNoRecordedValue, type Out, refuse } from './out.ts';
import type { KnownPoint } from './series.ts';

/** Returns whether the point was taken; a refusal is in the tally. */
export function translateExponential(
  point: WireExponentialPoint,
  isDelta: boolean,
  family: string,
  series: KnownPoint,
  tally: Tally,
  out: Out,
): boolean {
  if (series.refs.length === 0) series.refs = [out.series.ref(out.tenant, series, family)];
  const ref = series.refs[0] ?? 0;
  if (isNoRecordedValue(point)) {
    // A float marker ends the series all the same, and keeps its bits.
    out.samples.pushStale(ref, point.timeMs);
    return true;
  }
  const fault = faultOf(point, out.limits.histogramBucketsMax);
  if (fault) return refuse(tally, 'malformed_histogram', `a point of ${family} ${fault}`);
  if (isDelta) {
    const sum = out.deltas.addExponential(ref, point, out.limits.histogramBucketsMax);
    if (sum === undefined) return refuse(tally, 'delta_out_of_order', lateDelta(family));
    push(ref, point.timeMs, nativeOf(sum.value, sum.value, 'unknown'), sum.startMs, out);
  } else {
    const isReset = series.startMs !== 0 && point.startMs !== 0 && point.startMs !== series.startMs;
    const startMs = beginningOf(point, series, out);
    push(ref, point.timeMs, nativeOf(point, bucketsOf(point), isReset ? 'reset' : 'unknown'), startMs, out);
  }
  addExemplars(point.exemplars, point.timeMs, () => ref, tally, out);
  return true;
}

function push(
  ref: number,
  timeMs: number,
  histogram: NativeHistogram,
  startMs: number | undefined,
  { histograms }: Out,
): void {
  if (startMs !== undefined) histograms.push({ ref, timeMs: startMs, histogram: emptied(histogram) });
  histograms.push({ ref, timeMs, histogram });
}

function nativeOf(
  { count, sum }: { readonly count: number; readonly sum: number | undefined },
  buckets: ExponentialBuckets,
  resetHint: NativeHistogram['resetHint'],
): NativeHistogram {
  const positive = spansOf(buckets.positive);
  const negative = spansOf(buckets.negative);
  return {
    schema: buckets.scale,
    count,
    sum: sum ?? 0,
    zeroThreshold: buckets.zeroThreshold,
    zeroCount: buckets.zeroCount,
    positiveSpans: positive.spans,
    positiveCounts: positive.counts,
    negativeSpans: negative.spans,
    negativeCounts: negative.counts,
    customBounds: [],
    resetHint,
  };
}

function faultOf(point: WireExponentialPoint, bucketsMax: number): string | undefined {
  const { scale, positive, negative } = point;
  if (scale < -4)
    return `has scale ${scale}, and the coarsest that can be kept is -4; raise the maximum number of buckets`;
  const buckets = positive.counts.length + negative.counts.length;
  if (buckets > bucketsMax) {
    return `has ${buckets} buckets, limits.receive.histogramBucketsMax is ${bucketsMax}; lower its scale`;
  }
  let total = point.zeroCount;
  for (const count of positive.counts) total += count;
  for (const count of negative.counts) total += count;
  // Observations of NaN are counted but lie in no bucket.
  const isRight = Number.isNaN(point.sum) ? total <= point.count : total === point.count;
  if (!isRight) return `says count ${point.count}, and its buckets hold ${total}; send a consistent point`;
  return undefined;
}
