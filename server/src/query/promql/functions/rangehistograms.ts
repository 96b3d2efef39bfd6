import { labelValue } from '#model';
import { setElement } from '../binary.ts';
import type { Element } from '../elements.ts';
import { equal, type Histogram } from '../histograms/histogram.ts';
import { histogramIrate, histogramRate, type RateKind } from '../histograms/rate.ts';
import { isReset } from '../histograms/resets.ts';
import { RunningHistogram } from '../histograms/running.ts';
import { histogramsOf, type MixedWindow, type Sample, samplesOf } from '../histograms/window.ts';
import { type Frame, slide } from '../kernels/windows.ts';
import { METRIC_NAME } from '../labelset.ts';
import { hasRestarted } from '../starts.ts';
import { ABSENT, FLOAT, type GridSeries, type RawSeries } from '../values.ts';
import type { Call } from './call.ts';

/** Corrects what a float kernel made of a series, at the steps whose windows hold histograms. */
export function withHistogramWindows(out: GridSeries, raw: RawSeries, frame: Frame, call: Call): GridSeries {
  const [from, to] = [new Int32Array(frame.steps), new Int32Array(frame.steps)];
  slide(raw.histogramTimesMs, frame, from, to);
  const result: GridSeries = { ...out, histograms: new Array(frame.steps) };
  const at = call.expr.args[0] ?? call.expr;
  for (let step = 0; step < frame.steps; step++) {
    const histograms = [from[step] ?? 0, to[step] ?? 0] as const;
    if (histograms[0] === histograms[1]) continue;
    const floats = [frame.from[step] ?? 0, frame.to[step] ?? 0] as const;
    const window = { raw, frame, step, floats, histograms, labels: raw.labels, notes: call.ctx.notes, at };
    const element = answer(call.expr.func.name, window, out);
    result.present[step] = ABSENT;
    if (element !== undefined) setElement(result, step, element);
  }
  return result;
}

const metricOf = ({ labels }: MixedWindow): string => labelValue(labels, METRIC_NAME);
const countOf = ([from, to]: readonly [number, number]): number => to - from;

/** The functions that read floats only; with at least this many, they say that histograms were left out. */
const floatsOnly: ReadonlyMap<string, number> = new Map([
  ...['deriv', 'predict_linear', 'double_exponential_smoothing', 'stddev_over_time', 'stdvar_over_time'].map(withOne),
  ...['quantile_over_time', 'mad_over_time', 'min_over_time', 'max_over_time'].map(withOne),
  ...['ts_of_min_over_time', 'ts_of_max_over_time'].map(withOne),
]);

function withOne(name: string): readonly [string, number] {
  return [name, 1];
}

const rateKinds: ReadonlyMap<string, RateKind> = new Map([
  ['rate', 'rate'],
  ['increase', 'increase'],
  ['delta', 'delta'],
]);

function answer(name: string, window: MixedWindow, out: GridSeries): Element | undefined {
  const floatCount = countOf(window.floats);
  if (floatsOnly.has(name)) {
    if (floatCount > 0) window.notes.ignoredInRange(metricOf(window), window.at);
    return out.present[window.step] === FLOAT ? out.values[window.step] : undefined;
  }
  const rateKind = rateKinds.get(name);
  if (rateKind !== undefined || name === 'sum_over_time' || name === 'avg_over_time') {
    if (floatCount > 0) {
      window.notes.mixedFloatsHistograms(metricOf(window), window.at);
      return undefined;
    }
    return rateKind === undefined ? totalOverTime(window, name === 'avg_over_time') : histogramRate(window, rateKind);
  }
  switch (name) {
    case 'irate':
    case 'idelta':
      return histogramIrate(window, samplesOf(window).slice(-2), name === 'irate');
    case 'count_over_time':
      return floatCount + countOf(window.histograms);
    case 'present_over_time':
    case 'absent_over_time':
      return 1;
    case 'first_over_time':
      return samplesOf(window)[0]?.element;
    case 'last_over_time':
      return samplesOf(window).at(-1)?.element;
    case 'ts_of_first_over_time':
      return (samplesOf(window)[0]?.timeMs ?? 0) / 1000;
    case 'ts_of_last_over_time':
      return (samplesOf(window).at(-1)?.timeMs ?? 0) / 1000;
    case 'changes':
      return countPairs(window, hasChanged);
    case 'resets':
      return countPairs(window, hasReset);
    default:
      return undefined;
  }
}

function totalOverTime(window: MixedWindow, isMean: boolean): Histogram | undefined {
  const points = histogramsOf(window);
  const running = new RunningHistogram(isMean);
  for (const { element } of points) {
    const added = running.add(element);
    if (added === undefined) {
      window.notes.mixedSchemas(metricOf(window), window.at);
      return undefined;
    }
    if (added.areBoundsReconciled) window.notes.reconciledBounds('aggregation', window.at);
  }
  const hints = new Set(points.map(({ element }) => element.resetHint));
  if (hints.has('reset') && hints.has('not_reset')) window.notes.resetCollision('aggregation', window.at);
  return running.result();
}

/** How many neighbours in a window differ in the sense of `counts`. */
export function countPairs(window: MixedWindow, counts: (before: Sample, now: Sample) => boolean): number {
  const samples = samplesOf(window);
  let count = 0;
  for (let i = 1; i < samples.length; i++) {
    const [before, now] = [samples[i - 1], samples[i]];
    if (before !== undefined && now !== undefined && counts(before, now)) count++;
  }
  return count;
}

export function hasChanged({ element: before }: Sample, { element: now }: Sample): boolean {
  if (typeof before === 'number' && typeof now === 'number') {
    return before !== now && !(Number.isNaN(before) && Number.isNaN(now));
  }
  return typeof before === 'number' || typeof now === 'number' || !equal(now, before);
}

export function hasReset(earlier: Sample, later: Sample): boolean {
  const [before, now] = [earlier.element, later.element];
  if (typeof before !== typeof now || hasRestarted(earlier, later)) return true;
  if (typeof before === 'number' || typeof now === 'number') return now < before;
  return isReset(now, before);
}
