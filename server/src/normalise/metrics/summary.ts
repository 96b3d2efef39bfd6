/** Summary points → one series per quantile, `_sum` and `_count`. */
import type { SeriesRef } from '#model';
import { boundText } from '../le.ts';
import type { Tally } from '../tally.ts';
import type { WireSummaryPoint } from '../wire.ts';
import { sameNumbers } from './delta.ts';
import { beginningOf, isNoRecordedValue, type Out, refuse } from './out.ts';
import type { KnownPoint } from './series.ts';

/** Returns whether the point was taken; a refusal is in the tally. */
export function translateSummary(
  point: WireSummaryPoint,
  family: string,
  series: KnownPoint,
  tally: Tally,
  out: Out,
): boolean {
  const quantiles = point.quantiles.filter((_, i) => i % 2 === 0);
  if (quantiles.length > out.limits.histogramBucketsMax) {
    return refuse(
      tally,
      'malformed_summary',
      `a point of ${family} has ${quantiles.length} quantiles, limits.receive.histogramBucketsMax is ${out.limits.histogramBucketsMax}; use fewer`,
    );
  }
  const isStale = isNoRecordedValue(point);
  const shape = isStale && quantiles.length === 0 ? series.shape : quantiles;
  if (series.refs.length === 0 || !sameNumbers(series.shape, shape)) {
    series.refs = refsOf(family, series, shape, out);
    series.shape = shape;
  }
  const { refs } = series;
  if (isStale) {
    for (const ref of refs) out.samples.pushStale(ref, point.timeMs);
    return true;
  }
  const startMs = beginningOf(point, series, out);
  if (startMs !== undefined) for (const ref of refs.slice(0, 2)) out.samples.push(ref, startMs, 0);
  out.samples.push(refs[0] ?? 0, point.timeMs, point.count);
  out.samples.push(refs[1] ?? 0, point.timeMs, point.sum);
  for (let i = 0; i < shape.length; i++) {
    out.samples.push(refs[i + 2] ?? 0, point.timeMs, point.quantiles[2 * i + 1] ?? Number.NaN);
  }
  return true;
}

function refsOf(family: string, series: KnownPoint, quantiles: readonly number[], out: Out): SeriesRef[] {
  return [
    out.series.ref(out.tenant, series, `${family}_count`),
    out.series.ref(out.tenant, series, `${family}_sum`),
    ...quantiles.map((q) => out.series.ref(out.tenant, series, family, ['quantile', boundText(q)])),
  ];
}
