/** Explicit-bucket histogram points → `_bucket` per bound, `_sum` and `_count`. */
import type { SeriesRef } from '#model';
import { boundText } from '../le.ts';
import type { Tally } from '../tally.ts';
import type { WireHistogramPoint } from '../wire.ts';
import { sameNumbers } from './delta.ts';
import { addExemplars } from './exemplars.ts';
import { lateDelta } from './number.ts';
import { beginningOf, isNoRecordedValue, type Out, refuse } from './out.ts';
import type { KnownPoint } from './series.ts';

/** `refs` of a known point: count, sum, then one per bound, then `+Inf`. */
const countAt = 0;
const sumAt = 1;
const bucketsAt = 2;

/** Returns whether the point was taken; a refusal is in the tally. */
export function translateHistogram(
  point: WireHistogramPoint,
  isDelta: boolean,
  family: string,
  series: KnownPoint,
  tally: Tally,
  out: Out,
): boolean {
  const isStale = isNoRecordedValue(point);
  const fault = isStale ? undefined : faultOf(point, out.limits.histogramBucketsMax);
  if (fault) return refuse(tally, 'malformed_histogram', `a point of ${family} ${fault}`);
  // A point without a value may come without bounds too: then the series known so far end.
  const bounds = isStale && point.bounds.length === 0 ? series.shape : finite(point.bounds);
  if (series.refs.length === 0 || !sameNumbers(series.shape, bounds)) {
    series.refs = refsOf(family, series, bounds, out);
    series.shape = bounds;
  }
  const { refs } = series;
  if (isStale) {
    for (const ref of refs) out.samples.pushStale(ref, point.timeMs);
    return true;
  }
  if (isDelta) {
    const sum = out.deltas.addHistogram(refs[countAt] ?? 0, point);
    if (sum === undefined) return refuse(tally, 'delta_out_of_order', lateDelta(family));
    pushZeros(sum.startMs, point.sum !== undefined, refs, out);
    pushPoint({ ...sum.value, sum: point.sum === undefined ? undefined : sum.value.sum }, point.timeMs, refs, out);
  } else {
    pushZeros(beginningOf(point, series, out), point.sum !== undefined, refs, out);
    pushPoint(point, point.timeMs, refs, out);
  }
  addExemplars(point.exemplars, point.timeMs, (value) => bucketOf(value, bounds, refs), tally, out);
  return true;
}

function refsOf(family: string, series: KnownPoint, bounds: readonly number[], out: Out): SeriesRef[] {
  const refs = [
    out.series.ref(out.tenant, series, `${family}_count`),
    out.series.ref(out.tenant, series, `${family}_sum`),
  ];
  for (const bound of bounds) {
    refs.push(out.series.ref(out.tenant, series, `${family}_bucket`, ['le', boundText(bound)]));
  }
  refs.push(out.series.ref(out.tenant, series, `${family}_bucket`, ['le', '+Inf']));
  return refs;
}

function pushPoint(
  point: { readonly count: number; readonly sum: number | undefined; readonly bucketCounts: readonly number[] },
  timeMs: number,
  refs: readonly SeriesRef[],
  out: Out,
): void {
  out.samples.push(refs[countAt] ?? 0, timeMs, point.count);
  if (point.sum !== undefined) out.samples.push(refs[sumAt] ?? 0, timeMs, point.sum);
  let cumulative = 0;
  const last = refs.length - 1;
  for (let i = bucketsAt; i < last; i++) {
    cumulative += point.bucketCounts[i - bucketsAt] ?? 0;
    out.samples.push(refs[i] ?? 0, timeMs, cumulative);
  }
  out.samples.push(refs[last] ?? 0, timeMs, point.count);
}

function pushZeros(startMs: number | undefined, hasSum: boolean, refs: readonly SeriesRef[], out: Out): void {
  if (startMs === undefined) return;
  for (let i = 0; i < refs.length; i++) if (i !== sumAt || hasSum) out.samples.push(refs[i] ?? 0, startMs, 0);
}

function bucketOf(value: number, bounds: readonly number[], refs: readonly SeriesRef[]): SeriesRef {
  let i = 0;
  while (i < bounds.length && value > (bounds[i] ?? 0)) i++;
  return refs[bucketsAt + i] ?? refs.at(-1) ?? 0;
}

/** A last bound of +Inf says what the overflow bucket says. */
function finite(bounds: readonly number[]): readonly number[] {
  return bounds.at(-1) === Number.POSITIVE_INFINITY ? bounds.slice(0, -1) : bounds;
}

function faultOf({ bounds, bucketCounts }: WireHistogramPoint, bucketsMax: number): string | undefined {
  if (bounds.length > bucketsMax) {
    return `has ${bounds.length} bounds, limits.receive.histogramBucketsMax is ${bucketsMax}; use fewer`;
  }
  const isRight = bucketCounts.length === 0 ? bounds.length === 0 : bucketCounts.length === bounds.length + 1;
  if (!isRight) {
    return `has ${bounds.length} bounds and ${bucketCounts.length} bucket counts; send one count more than bounds`;
  }
  for (let i = 0; i < bounds.length; i++) {
    const bound = bounds[i] ?? 0;
    if (Number.isNaN(bound) || (i > 0 && bound <= (bounds[i - 1] ?? 0))) {
      return `has bounds that do not ascend (${bounds[i - 1]}, ${bound}); sort them`;
    }
  }
  return undefined;
}
