import { type Labels, labelValue } from '#model';
import { parseFloatText } from '../goformat.ts';
import { histogramFraction, histogramQuantile } from '../histograms/estimate.ts';
import { Buckets, bucketFraction, bucketQuantile, forceMonotonic } from '../kernels/buckets.ts';
import { keyWithoutNames, METRIC_NAME, withLabel } from '../labelset.ts';
import { FLOAT, type GridSeries, newSeries, type VectorValue } from '../values.ts';
import { argSpan, type Call, type InstantFunction, scalarArg, stringArg, vectorArg } from './call.ts';
import { type EstimateStep, estimateSeries, nativeHistograms } from './nativebuckets.ts';

/** Functions over histograms. The classic ones come as one series per bucket, told apart by `le`. */
export const bucketFunctions: ReadonlyMap<string, InstantFunction> = new Map<string, InstantFunction>([
  ['histogram_quantile', (call) => quantiles(call, { vector: 1, quantiles: [0] })],
  ['histogram_quantiles', (call) => quantiles(call, { vector: 0, label: 1, quantiles: indexesFrom(2, call) })],
  ['histogram_fraction', fraction],
]);

function indexesFrom(first: number, call: Call): number[] {
  return call.args.map((_, index) => index).slice(first);
}

/** The buckets of one classic histogram, by ascending bound. */
export interface ClassicHistogram {
  readonly labels: Labels;
  readonly bounds: number[];
  series: GridSeries[];
}

const bucketLabel: ReadonlySet<string> = new Set(['le']);

function classicHistograms(input: VectorValue, call: Call, index: number): ClassicHistogram[] {
  const byKey = new Map<string, ClassicHistogram>();
  for (const series of input.series) {
    if (!series.present.includes(FLOAT)) continue;
    const le = labelValue(series.labels, 'le');
    const bound = parseFloatText(le);
    if (bound === undefined) {
      call.ctx.notes.badBucketLabel(labelValue(series.labels, METRIC_NAME), le, argSpan(call, index));
      continue;
    }
    const key = keyWithoutNames(series.labels, bucketLabel);
    let histogram = byKey.get(key);
    if (histogram === undefined) {
      histogram = { labels: withLabel(series.labels, 'le', ''), bounds: [], series: [] };
      byKey.set(key, histogram);
    }
    const at = histogram.bounds.findIndex((other) => other > bound);
    const place = at < 0 ? histogram.bounds.length : at;
    histogram.bounds.splice(place, 0, bound);
    histogram.series.splice(place, 0, series);
  }
  return [...byKey.values()];
}

/** Collects the buckets that have a value at the step. False when there are none. */
function gather(histogram: ClassicHistogram, step: number, into: Buckets): boolean {
  into.clear();
  for (let i = 0; i < histogram.series.length; i++) {
    const series = histogram.series[i];
    if (series?.present[step] === FLOAT) into.add(histogram.bounds[i] ?? 0, series.values[step] ?? 0);
  }
  return into.bounds.length > 0;
}

interface QuantilePlan {
  readonly vector: number;
  /** The argument with the label that tells several quantiles apart. */
  readonly label?: number;
  readonly quantiles: readonly number[];
}

async function quantiles(call: Call, plan: QuantilePlan): Promise<VectorValue> {
  const input = vectorArg(call, plan.vector);
  const histograms = classicHistograms(input, call, plan.vector);
  const natives = nativeHistograms(input, histograms, call, plan.vector);
  const series: GridSeries[] = [];
  for (const index of plan.quantiles) {
    const qs = scalarArg(call, index);
    for (const q of qs) if (!(q >= 0 && q <= 1)) call.ctx.notes.invalidQuantile(q, argSpan(call, index));
    for (const native of natives) {
      const labels = quantileLabels(native.labels, qs, call, plan);
      const estimate: EstimateStep = (histogram, step) => histogramQuantile(qs[step] ?? 0, histogram);
      series.push(estimateSeries({ ...native, labels }, call, plan.vector, estimate));
    }
    for (const histogram of histograms) {
      series.push(quantileSeries(histogram, qs, call, plan));
      if (call.ctx.pace.isDue()) await call.ctx.pace.rest();
    }
  }
  return { kind: 'vector', series };
}

function quantileSeries(histogram: ClassicHistogram, qs: Float64Array, call: Call, plan: QuantilePlan): GridSeries {
  const labels = quantileLabels(histogram.labels, qs, call, plan);
  const out = newSeries(labels, qs.length, true);
  const buckets = new Buckets();
  for (let step = 0; step < qs.length; step++) {
    if (!gather(histogram, step, buckets)) continue;
    const q = qs[step] ?? 0;
    out.values[step] = bucketQuantile(q, fixed(buckets, q, step, histogram, call, plan));
    out.present[step] = FLOAT;
  }
  return out;
}

function fixed(
  buckets: Buckets,
  q: number,
  step: number,
  { labels }: ClassicHistogram,
  call: Call,
  plan: QuantilePlan,
) {
  const isAsked = q >= 0 && q <= 1 && buckets.bounds.at(-1) === Number.POSITIVE_INFINITY;
  const fix = isAsked ? forceMonotonic(buckets) : undefined;
  if (fix !== undefined) {
    const timeMs = call.grid.startMs + step * call.grid.stepMs;
    const metric = labelValue(labels, METRIC_NAME);
    const times = { timeMinMs: timeMs, timeMaxMs: timeMs };
    call.ctx.notes.forcedMonotonicity(metric, argSpan(call, plan.vector), { ...times, ...fix });
  }
  return buckets;
}

function quantileLabels(labels: Labels, qs: Float64Array, call: Call, plan: QuantilePlan): Labels {
  if (plan.label === undefined) return labels;
  return withLabel(labels, stringArg(call, plan.label), quantileText(qs[0] ?? 0));
}

/** OpenMetrics' way to write a number: always with a point, an exponent, or a word. */
function quantileText(q: number): string {
  if (Number.isNaN(q)) return 'NaN';
  if (!Number.isFinite(q)) return q > 0 ? '+Inf' : '-Inf';
  const text = String(q).replace(/e([+-])(\d)$/, 'e$10$2');
  return /[.e]/.test(text) ? text : `${text}.0`;
}

async function fraction(call: Call): Promise<VectorValue> {
  const [lower, upper] = [scalarArg(call, 0), scalarArg(call, 1)];
  const series: GridSeries[] = [];
  const buckets = new Buckets();
  const input = vectorArg(call, 2);
  const histograms = classicHistograms(input, call, 2);
  for (const native of nativeHistograms(input, histograms, call, 2)) {
    const estimate: EstimateStep = (histogram, step) =>
      histogramFraction(lower[step] ?? 0, upper[step] ?? 0, histogram);
    series.push(estimateSeries(native, call, 2, estimate));
  }
  for (const histogram of histograms) {
    const out = newSeries(histogram.labels, lower.length, true);
    for (let step = 0; step < lower.length; step++) {
      if (!gather(histogram, step, buckets)) continue;
      out.values[step] = bucketFraction(lower[step] ?? 0, upper[step] ?? 0, buckets);
      out.present[step] = FLOAT;
    }
    series.push(out);
    if (call.ctx.pace.isDue()) await call.ctx.pace.rest();
  }
  return { kind: 'vector', series };
}
