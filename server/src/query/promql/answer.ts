import { compareLabels, type Labels, type NativeHistogram, type SeriesColumns } from '#model';
import type { AnnotationLists } from './annotations.ts';
import { cutAtEdges } from './edges.ts';
import { failed } from './failures.ts';
import { toNative } from './histograms/histogram.ts';
import { dropNames, dropRawNames } from './merge.ts';
import {
  ABSENT,
  FLOAT,
  type Grid,
  type GridSeries,
  type GridValue,
  HISTOGRAM,
  isEmpty,
  type RangeValue,
  type RawSeries,
} from './values.ts';

export type QueryValue =
  | {
      readonly kind: 'vector';
      readonly timeMs: number;
      readonly labels: readonly Labels[];
      readonly values: Float64Array;
      /** Where set, the sample is this histogram and the float means nothing. */
      readonly histograms?: readonly (NativeHistogram | undefined)[];
    }
  | { readonly kind: 'matrix'; readonly series: readonly SeriesColumns[] }
  | { readonly kind: 'scalar'; readonly timeMs: number; readonly value: number }
  | { readonly kind: 'string'; readonly timeMs: number; readonly value: string };

export interface QueryStats {
  readonly samplesRead: number;
  readonly samplesPeak: number;
  readonly seriesRead: number;
  readonly parseMs: number;
  readonly selectMs: number;
  readonly evalMs: number;
  readonly totalMs: number;
  /** Steps of a range query that were not evaluated: they were finished before. */
  readonly stepsReused: number;
}

export interface Answer {
  readonly value: QueryValue;
  readonly annotations: AnnotationLists;
  readonly stats: QueryStats;
}

/** The answer of an instant query: the one step of each series, in the evaluator's order. */
export function instantAnswer(value: GridValue, timeMs: number): QueryValue {
  if (value.kind === 'string') return { kind: 'string', timeMs, value: value.value };
  if (value.kind === 'scalar') return { kind: 'scalar', timeMs, value: value.values[0] ?? 0 };
  const series = dropNames(value.series.filter((one) => !isEmpty(one)));
  const hasHistograms = series.some(({ present }) => present[0] === HISTOGRAM);
  return {
    kind: 'vector',
    timeMs,
    labels: series.map(({ labels }) => labels),
    values: Float64Array.from(series, ({ values }) => values[0] ?? 0),
    histograms: hasHistograms ? series.map((one) => histogramAt(one, 0)) : undefined,
  };
}

function histogramAt({ present, histograms }: GridSeries, step: number): NativeHistogram | undefined {
  const histogram = present[step] === HISTOGRAM ? histograms?.[step] : undefined;
  return histogram === undefined ? undefined : toNative(histogram);
}

/** The answer of a range query: series by labels, without the steps at which they have no value. */
export function rangeAnswer(value: GridValue, grid: Grid): QueryValue {
  if (value.kind === 'string') throw failed('invalid expression type "string" for range query');
  if (value.kind === 'scalar') {
    const times = value.values.map((_, step) => grid.startMs + step * grid.stepMs);
    return { kind: 'matrix', series: [{ labels: [], timesMs: times, values: value.values }] };
  }
  const allTimes = new Float64Array(grid.steps).map((_, step) => grid.startMs + step * grid.stepMs);
  const series = dropNames(value.series)
    .filter((one) => !isEmpty(one))
    .map((one) =>
      isWhole(one) ? { labels: one.labels, timesMs: allTimes, values: one.values } : columnsOf(one, grid),
    );
  return { kind: 'matrix', series: series.sort((a, b) => compareLabels(a.labels, b.labels)) };
}

/** A float at every step: nothing is left out, and nothing need be copied. */
function isWhole({ present, histograms }: GridSeries): boolean {
  return histograms === undefined && !present.includes(ABSENT);
}

function columnsOf(series: GridSeries, grid: Grid): SeriesColumns {
  const { labels, values, present } = series;
  const timesMs = new Float64Array(values.length);
  const kept = new Float64Array(values.length);
  const histograms: { timeMs: number; histogram: NativeHistogram }[] = [];
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    const timeMs = grid.startMs + i * grid.stepMs;
    if (present[i] === FLOAT) {
      timesMs[count] = timeMs;
      kept[count++] = values[i] ?? 0;
    }
    const histogram = histogramAt(series, i);
    if (histogram !== undefined) histograms.push({ timeMs, histogram });
  }
  return {
    labels,
    timesMs: timesMs.subarray(0, count),
    values: kept.subarray(0, count),
    ...(histograms.length > 0 && { histograms }),
  };
}

/** The answer of an instant query for a range vector: the samples in its one window. */
export function rawAnswer(range: RangeValue, timeMs: number): QueryValue {
  const endMs = range.fixedEndMs ?? timeMs - range.offsetMs;
  const afterMs = endMs - range.rangeMs;
  const series = dropRawNames(range.series)
    .map((raw) => (range.extended === undefined ? windowColumns(raw, afterMs, endMs) : extended(raw, range, endMs)))
    .filter(({ values, histograms }) => values.length + (histograms?.length ?? 0) > 0);
  return { kind: 'matrix', series: series.sort((a, b) => compareLabels(a.labels, b.labels)) };
}

/** The samples of an extended range selector, with one at either edge of the window. */
function extended(raw: RawSeries, { extended, rangeMs }: RangeValue, endMs: number): SeriesColumns {
  const isSmoothed = extended?.kind === 'smoothed';
  const reachMs = extended?.reachMs ?? 0;
  const startMs = endMs - rangeMs;
  const near = windowColumns(raw, startMs - reachMs, isSmoothed ? endMs + reachMs : endMs);
  if (near.histograms !== undefined) throw failed(`${extended?.kind} modifier is not supported with histograms`);
  return { labels: raw.labels, ...cutAtEdges(near, { startMs, endMs, isSmoothed }) };
}

function windowColumns(raw: RawSeries, afterMs: number, endMs: number): SeriesColumns {
  const [from, to] = [firstAfter(raw.timesMs, afterMs), firstAfter(raw.timesMs, endMs)];
  const histograms = raw.histograms
    .map((histogram, i) => ({ timeMs: raw.histogramTimesMs[i] ?? 0, histogram: toNative(histogram) }))
    .filter(({ timeMs }) => timeMs > afterMs && timeMs <= endMs);
  return {
    labels: raw.labels,
    timesMs: raw.timesMs.subarray(from, to),
    values: raw.values.subarray(from, to),
    histograms: histograms.length > 0 ? histograms : undefined,
  };
}

/** The index of the first time past the limit. */
export function firstAfter(times: Float64Array, limitMs: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? 0) <= limitMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
