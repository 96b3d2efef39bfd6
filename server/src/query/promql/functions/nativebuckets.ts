import { labelValue } from '#model';
import type { Estimate } from '../histograms/estimate.ts';
import type { Histogram } from '../histograms/histogram.ts';
import { keyWithoutNames, METRIC_NAME } from '../labelset.ts';
import { ABSENT, FLOAT, type GridSeries, HISTOGRAM, newSeries, type VectorValue } from '../values.ts';
import type { ClassicHistogram } from './buckets.ts';
import { argSpan, type Call } from './call.ts';

/**
 * The native histograms of the input. Where one meets a classic histogram of the same labels, nothing is evaluated:
 * both are masked out, and the annotation says so.
 */
export function nativeHistograms(
  input: VectorValue,
  classic: readonly ClassicHistogram[],
  call: Call,
  index: number,
): GridSeries[] {
  const byKey = new Map(classic.map((each) => [keyWithoutNames(each.labels, noNames), each]));
  return input.series.flatMap((series) => {
    if (series.histograms === undefined) return [];
    const rival = byKey.get(keyWithoutNames(series.labels, noNames));
    return [rival === undefined ? series : withoutRival(series, rival, call, index)];
  });
}

const noNames: ReadonlySet<string> = new Set();

function withoutRival(series: GridSeries, rival: ClassicHistogram, call: Call, index: number): GridSeries {
  const present = series.present.slice();
  for (let step = 0; step < present.length; step++) {
    const meets = present[step] === HISTOGRAM && rival.series.some((bucket) => bucket.present[step] === FLOAT);
    if (!meets) continue;
    call.ctx.notes.mixedClassicNative(labelValue(series.labels, METRIC_NAME), argSpan(call, index));
    present[step] = ABSENT;
    rival.series = rival.series.map((bucket) => ({ ...bucket, present: bucket.present.with(step, ABSENT) }));
  }
  return { ...series, present };
}

export type EstimateStep = (histogram: Histogram, step: number) => Estimate;

/** A number from each histogram of a series; says so where observations of NaN bent it. */
export function estimateSeries(series: GridSeries, call: Call, index: number, estimate: EstimateStep): GridSeries {
  const out = newSeries(series.labels, series.present.length, true);
  for (let step = 0; step < series.present.length; step++) {
    const histogram = series.histograms?.[step];
    if (series.present[step] !== HISTOGRAM || histogram === undefined) continue;
    const { value, nanEffect } = estimate(histogram, step);
    if (nanEffect !== undefined) {
      const metric = labelValue(series.labels, METRIC_NAME);
      call.ctx.notes.nanObservations(call.expr.func.name, nanEffect, metric, argSpan(call, index));
    }
    out.values[step] = value;
    out.present[step] = FLOAT;
  }
  return out;
}
