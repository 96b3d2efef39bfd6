import type { MatrixSelector, VectorSelector } from '@farol/promql';
import { type HistogramSample, isStaleAt, type SampleCells, type SeriesColumns } from '#model';
import type { Context } from './context.ts';
import { Glances } from './glances.ts';
import { fromNative } from './histograms/histogram.ts';
import { bitsOf, type Floats, withoutStale } from './stale.ts';
import { type Reference, referenceOf } from './timing.ts';
import { FLOAT, type Grid, type GridSeries, HISTOGRAM, newSeries, type RangeValue, type RawSeries } from './values.ts';

/** The value each series has at each step: its last sample within the lookback, unless that is a stale marker. */
export async function selectInstant(expr: VectorSelector, grid: Grid, ctx: Context): Promise<GridSeries[]> {
  return selectCells(expr, grid, ctx, valueAt);
}

/** As selectInstant, with the time of the sample, in seconds, for its value (`timestamp()`). */
export async function selectTimes(expr: VectorSelector, grid: Grid, ctx: Context): Promise<GridSeries[]> {
  return selectCells(expr, grid, ctx, ({ timesMs }, index) => (timesMs[index] ?? 0) / 1000);
}

type Read = (cells: SampleCells, index: number) => number;

async function selectCells(expr: VectorSelector, grid: Grid, ctx: Context, read: Read): Promise<GridSeries[]> {
  const look = { grid, reference: referenceOf(expr, ctx), lookbackMs: ctx.lookbackMs, read };
  const glances = new Glances(ctx.plainOf(expr) ?? ctx.columnsOf(expr));
  const out: GridSeries[] = [];
  for (let i = 0; i < glances.count; i++) {
    glances.turnTo(i);
    const series = newSeries(glances.labels, grid.steps, false);
    const found = fillFloats(series, glances, look);
    const { column } = glances;
    if (column?.histograms !== undefined && column.histograms.length > 0) {
      const mixed = withHistograms(series, column, look);
      if (mixed !== undefined) out.push(mixed);
    } else if (found) {
      out.push(series);
    }
    if (found) ctx.pace.hold(grid.steps);
    if (ctx.pace.isDue()) await ctx.pace.rest();
  }
  return out;
}

/** Writes what a series of floats has at each step; false when it has nothing. The steps must be absent before. */
export function instantFloats(
  expr: VectorSelector,
  grid: Grid,
  ctx: Context,
): (out: GridSeries, cells: SampleCells) => boolean {
  const look = { grid, reference: referenceOf(expr, ctx), lookbackMs: ctx.lookbackMs, read: valueAt };
  return (out, cells) => fillFloats(out, cells, look);
}

const valueAt: Read = ({ values }, index) => values[index] ?? 0;

interface Look {
  readonly grid: Grid;
  readonly reference: Reference;
  readonly lookbackMs: number;
}

function referenceAt({ grid, reference }: Look, step: number): number {
  if (reference.kind === 'fixed') return reference.timeMs;
  return grid.startMs + step * grid.stepMs - reference.offsetMs;
}

/** Hot: bench/promql-kernels.ts. */
function fillFloats(out: GridSeries, cells: SampleCells, look: Look & { read: Read }): boolean {
  const { timesMs, values, from, to } = cells;
  const { lookbackMs, read } = look;
  // The last one is often that of the first step already.
  let next = to > from && (timesMs[to - 1] ?? 0) <= referenceAt(look, 0) ? to : from;
  let found = false;
  for (let step = 0; step < look.grid.steps; step++) {
    const refMs = referenceAt(look, step);
    while (next < to && (timesMs[next] ?? 0) <= refMs) next++;
    const index = next - 1;
    if (index < from || (timesMs[index] ?? 0) <= refMs - lookbackMs) continue;
    const value = values[index] ?? 0;
    if (Number.isNaN(value) && isStaleAt(bitsOf(values), index)) continue;
    out.values[step] = read(cells, index);
    out.present[step] = FLOAT;
    found = true;
  }
  return found;
}

/** Lets a histogram stand wherever it is the newest sample. A float at a later time, stale marker included, hides it. */
function withHistograms(floats: GridSeries, column: SeriesColumns, look: Look): GridSeries | undefined {
  const samples = column.histograms ?? [];
  const histograms: GridSeries['histograms'] = new Array(floats.values.length);
  let next = 0;
  let nextFloat = 0;
  let found = false;
  for (let step = 0; step < floats.values.length; step++) {
    const refMs = referenceAt(look, step);
    while (next < samples.length && (samples[next]?.timeMs ?? 0) <= refMs) next++;
    while (nextFloat < column.timesMs.length && (column.timesMs[nextFloat] ?? 0) <= refMs) nextFloat++;
    const sample = samples[next - 1];
    const floatMs = column.timesMs[nextFloat - 1] ?? Number.NEGATIVE_INFINITY;
    if (sample !== undefined && sample.timeMs > refMs - look.lookbackMs && sample.timeMs > floatMs) {
      histograms[step] = fromNative(sample.histogram);
      floats.values[step] = sample.timeMs / 1000;
      floats.present[step] = HISTOGRAM;
    }
    found ||= floats.present[step] !== 0;
  }
  return found ? { ...floats, histograms } : undefined;
}

/** The samples of a range selector, with the window that each step sees. */
export async function selectRange(expr: MatrixSelector, ctx: Context): Promise<RangeValue> {
  const series: RawSeries[] = [];
  for (const column of ctx.columnsOf(expr.selector)) {
    series.push(rawOf(column));
    if (ctx.pace.isDue()) await ctx.pace.rest();
  }
  const { extended } = expr.selector;
  const window = windowOf(referenceOf(expr.selector, ctx), expr.rangeMs);
  return { series, ...window, extended: extended && { kind: extended, reachMs: ctx.lookbackMs } };
}

export function windowOf(reference: Reference, rangeMs: number): Omit<RangeValue, 'series'> {
  if (reference.kind === 'fixed') return { rangeMs, offsetMs: 0, fixedEndMs: reference.timeMs };
  return { rangeMs, offsetMs: reference.offsetMs };
}

export function rawOf(column: SeriesColumns): RawSeries {
  return column.sampleCount === undefined || column.histograms !== undefined ? openedRaw(column) : lazyRaw(column);
}

/** Looks at the samples no sooner than they are read, as the column does (see SeriesColumns). */
function lazyRaw(column: SeriesColumns): RawSeries {
  return {
    labels: column.labels,
    dropName: false,
    get timesMs() {
      return opened(column).timesMs;
    },
    get values() {
      return opened(column).values;
    },
    histogramTimesMs: noTimes,
    histograms: [],
  };
}

/** The series that was looked at last: its arrays are asked for several times in a row. */
let latest: { readonly from: Float64Array; readonly floats: Floats } | undefined;

function opened(column: SeriesColumns): Floats {
  const { values } = column;
  if (latest?.from !== values) latest = { from: values, floats: withoutStale(column) };
  return latest.floats;
}

/** Its arrays are read at once. */
function openedRaw(column: SeriesColumns): RawSeries {
  const { timesMs, values, startsMs } = withoutStale(column);
  const samples = column.histograms ?? noSamples;
  return {
    labels: column.labels,
    dropName: false,
    timesMs,
    values,
    histogramTimesMs: samples.length === 0 ? noTimes : Float64Array.from(samples, ({ timeMs }) => timeMs),
    histograms: samples.length === 0 ? [] : samples.map(({ histogram }) => fromNative(histogram)),
    startsMs,
    histogramStartsMs: histogramStartsOf(samples),
  };
}

function histogramStartsOf(samples: readonly HistogramSample[]): Float64Array | undefined {
  if (samples.every(({ startMs }) => startMs === undefined)) return undefined;
  return Float64Array.from(samples, ({ startMs }) => startMs ?? 0);
}

const noSamples: readonly HistogramSample[] = [];
const noTimes = new Float64Array(0);
