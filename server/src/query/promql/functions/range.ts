import { type Labels, labelValue } from '#model';
import { failed } from '../failures.ts';
import * as overtime from '../kernels/overtime.ts';
import * as rates from '../kernels/rate.ts';
import * as regression from '../kernels/regression.ts';
import { type FloatKernel, type Frame, frameOf, slide } from '../kernels/windows.ts';
import { METRIC_NAME } from '../labelset.ts';
import { FLOAT, type GridSeries, isEmpty, newSeries, type RangeValue, type VectorValue } from '../values.ts';
import { whereAbsent } from './absent.ts';
import { type Call, scalarArg } from './call.ts';
import { checkExtended, extendedSeries } from './extended.ts';
import { withHistogramWindows } from './rangehistograms.ts';
import { startedKernel } from './startedrates.ts';

/** Functions over range vectors, by name. Each kernel fills all steps of one series at a time. */
const kernels: ReadonlyMap<string, FloatKernel> = new Map([
  ['absent_over_time', overtime.presentOverTime],
  ['avg_over_time', overtime.avgOverTime],
  ['changes', overtime.changes],
  ['count_over_time', overtime.countOverTime],
  ['delta', rates.delta],
  ['deriv', regression.deriv],
  ['double_exponential_smoothing', regression.doubleExponentialSmoothing],
  ['first_over_time', overtime.firstOverTime],
  ['idelta', rates.idelta],
  ['increase', rates.increase],
  ['irate', rates.irate],
  ['last_over_time', overtime.lastOverTime],
  ['mad_over_time', overtime.madOverTime],
  ['max_over_time', overtime.maxOverTime],
  ['min_over_time', overtime.minOverTime],
  ['predict_linear', regression.predictLinear],
  ['present_over_time', overtime.presentOverTime],
  ['quantile_over_time', overtime.quantileOverTime],
  ['rate', rates.rate],
  ['resets', overtime.resets],
  ['stddev_over_time', overtime.stddevOverTime],
  ['stdvar_over_time', overtime.stdvarOverTime],
  ['sum_over_time', overtime.sumOverTime],
  ['ts_of_first_over_time', overtime.timeOfFirst],
  ['ts_of_last_over_time', overtime.timeOfLast],
  ['ts_of_max_over_time', overtime.timeOfMax],
  ['ts_of_min_over_time', overtime.timeOfMin],
]);

/** These act like an offset, so the metric keeps its name. */
const keepsName: ReadonlySet<string> = new Set(['last_over_time', 'first_over_time']);

interface LoneKernel {
  readonly kernel: FloatKernel;
  readonly keepsName: boolean;
  /** Whether series that are no counters are worth a remark. */
  readonly wantsCounters: boolean;
}

/** Undefined for functions that look at more than one series' samples: at scalars, or at all series together. */
export function kernelAlone(name: string): LoneKernel | undefined {
  const kernel = kernels.get(name);
  if (kernel === undefined || looksAround.has(name)) return undefined;
  return { kernel, keepsName: keepsName.has(name), wantsCounters: wantsCounters(name) };
}

const looksAround: ReadonlySet<string> = new Set([
  ...['absent_over_time', 'double_exponential_smoothing', 'predict_linear', 'quantile_over_time'],
]);

const wantsCounters = (name: string): boolean => name === 'rate' || name === 'increase';

/** Evaluates a call with a range argument. The other arguments are in `call.args`, by their place. */
export async function applyRangeFunction(call: Call, range: RangeValue): Promise<VectorValue> {
  const { name } = call.expr.func;
  const kernel = kernels.get(name);
  if (kernel === undefined) throw new Error(`the parser knows ${name}(), so it must be evaluated`);
  const scalars = call.args.flatMap((arg, index) => (arg.kind === 'scalar' ? [scalarArg(call, index)] : []));
  checkExtended(range, call);
  const frame = frameOf(range, call.grid, scalars);
  const started = startedKernel(name, call);
  const series: GridSeries[] = [];
  for (const raw of range.series) {
    const filled = (out: GridSeries): GridSeries => {
      slide(raw.timesMs, frame, frame.from, frame.to);
      if (name === 'double_exponential_smoothing') checkFactors(frame);
      (raw.startsMs === undefined ? kernel : (started ?? kernel))(raw, frame, out);
      return raw.histograms.length > 0 ? withHistogramWindows(out, raw, frame, call) : out;
    };
    const whole =
      range.extended === undefined
        ? filled(newSeries(raw.labels, frame.steps, !keepsName.has(name) || raw.dropName))
        : extendedSeries(raw, frame, range.extended, call);
    if (!isEmpty(whole)) {
      series.push(whole);
      call.ctx.pace.hold(frame.steps);
    }
    if (call.ctx.pace.isDue()) await call.ctx.pace.rest();
  }
  if (name === 'quantile_over_time') checkQuantiles(call, frame, series);
  if (name === 'absent_over_time') return whereAbsent({ kind: 'vector', series }, call, true);
  if (wantsCounters(name)) {
    const hint = nonCounterHints(call);
    for (const { labels, present } of series) if (present.includes(FLOAT)) hint(labels);
  }
  return { kind: 'vector', series };
}

function checkQuantiles(call: Call, { scalars: [quantiles] }: Frame, series: readonly GridSeries[]): void {
  for (const [i, q] of (quantiles ?? []).entries()) {
    const isUsed = !(q >= 0 && q <= 1) && series.some(({ present }) => present[i] !== 0);
    if (isUsed) call.ctx.notes.invalidQuantile(q, call.expr.args[0] ?? call.expr);
  }
}

/** Wherever there is a sample, even if it is too lonely to be smoothed. */
function checkFactors({ steps, from, to, scalars: [smoothing, trend] }: Frame): void {
  for (let i = 0; i < steps; i++) {
    if (from[i] === to[i]) continue;
    checkFactor('smoothing factor', 'sf', smoothing?.[i] ?? 0);
    checkFactor('trend factor', 'tf', trend?.[i] ?? 0);
  }
}

function checkFactor(factor: string, symbol: string, value: number): void {
  if ((value > 0 && value < 1) || Number.isNaN(value)) return;
  throw failed(`invalid ${factor}. Expected: 0 < ${symbol} < 1, got: ${value.toFixed(6)}`);
}

/**
 * A series that says its type is believed; else its name tells. Native histograms know themselves what they are.
 * Looks at each metric once, as long as its series come one after another.
 */
export function nonCounterHints({ expr, ctx }: Call): (labels: Labels) => void {
  const at = expr.args[0] ?? expr;
  let [metric, type] = ['', ''];
  return (labels) => {
    const [metricBefore, typeBefore] = [metric, type];
    metric = labelValue(labels, METRIC_NAME);
    type = labelValue(labels, '__type__');
    if (metric === metricBefore && type === typeBefore) return;
    if (metric === '' || type === 'counter' || type === 'histogram') return;
    if (type !== '') ctx.notes.notCounterType(metric, type, at);
    else if (!counterEndings.some((ending) => metric.endsWith(ending))) ctx.notes.possibleNonCounter(metric, at);
  };
}

const counterEndings = ['_total', '_bucket', '_count', '_sum'] as const;
