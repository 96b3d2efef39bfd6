import type { Labels } from '#model';
import type { Histogram } from './histograms/histogram.ts';

/** The evaluation times of a node: `steps` times from `startMs`, `stepMs` apart; `endMs` is as asked, aligned or not. */
export interface Grid {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
  readonly steps: number;
}

export function gridOf(startMs: number, endMs: number, stepMs: number): Grid {
  const steps = endMs < startMs ? 0 : Math.floor((endMs - startMs) / stepMs) + 1;
  return { startMs, endMs, stepMs, steps };
}

/** One step only, and asked so: an instant query, or a part of a query that does not depend on the step. */
export const isInstant = (grid: Grid): boolean => grid.startMs === grid.endMs;

export const ABSENT = 0;
export const FLOAT = 1;
export const HISTOGRAM = 2;

/** A series over a grid: per step absent, a float, or a native histogram. */
export interface GridSeries {
  readonly labels: Labels;
  /** The metric name (with type and unit) is dropped at the very end, so that matching and grouping still see it. */
  readonly dropName: boolean;
  readonly values: Float64Array;
  /** ABSENT, FLOAT or HISTOGRAM per step. */
  readonly present: Uint8Array;
  /** Set where `present` is HISTOGRAM. */
  readonly histograms?: (Histogram | undefined)[];
}

export interface VectorValue {
  readonly kind: 'vector';
  readonly series: readonly GridSeries[];
}

export interface ScalarValue {
  readonly kind: 'scalar';
  /** One value per step; scalars have no gaps. */
  readonly values: Float64Array;
}

interface StringValue {
  readonly kind: 'string';
  readonly value: string;
}

export type GridValue = VectorValue | ScalarValue | StringValue;

/** Samples as stored or as a subquery made them: ascending times, no stale markers, floats apart from histograms. */
export interface RawSeries {
  readonly labels: Labels;
  readonly dropName: boolean;
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
  readonly histogramTimesMs: Float64Array;
  readonly histograms: readonly Histogram[];
  /** When the counts began, sample by sample, 0 where nobody said. Absent when nobody said for any. */
  readonly startsMs?: Float64Array;
  readonly histogramStartsMs?: Float64Array;
}

/** Series with the window each step sees: (end − range, end], where end moves with the step unless it is fixed. */
export interface RangeValue {
  readonly series: readonly RawSeries[];
  readonly rangeMs: number;
  readonly offsetMs: number;
  /** Set by `@`: every step sees the same window. */
  readonly fixedEndMs?: number;
  readonly extended?: Extension;
}

/** What an extended range selector sees beyond its window: samples before it, and after it when smoothed. */
export interface Extension {
  readonly kind: 'anchored' | 'smoothed';
  readonly reachMs: number;
}

export function newSeries(labels: Labels, steps: number, dropName: boolean): GridSeries {
  return { labels, dropName, values: new Float64Array(steps), present: new Uint8Array(steps) };
}

export function withLabels(series: GridSeries, labels: Labels, dropName: boolean): GridSeries {
  return { ...series, labels, dropName };
}

export function isEmpty(series: GridSeries): boolean {
  const { present } = series;
  for (let i = 0; i < present.length; i++) if (present[i] !== ABSENT) return false;
  return true;
}

export function pointsOf(value: GridValue): number {
  if (value.kind === 'string') return 0;
  if (value.kind === 'scalar') return value.values.length;
  let points = 0;
  for (const { values } of value.series) points += values.length;
  return points;
}
