import type { MatrixSelector, VectorSelector } from '@farol/promql';
import { cellsOf, type HistogramSample, isStaleAt, type SampleCells, type SeriesColumns } from '#model';
import type { Context } from './context.ts';
import { fromNative } from './histograms/histogram.ts';
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
  const reference = referenceOf(expr, ctx);
  const out: GridSeries[] = [];
  for (const column of ctx.columnsOf(expr)) {
    const series = newSeries(column.labels, grid.steps, false);
    const found = fillFloats(series, column, { grid, reference, lookbackMs: ctx.lookbackMs, read });
    if (column.histograms !== undefined && column.histograms.length > 0) {
      const mixed = withHistograms(series, column, { grid, reference, lookbackMs: ctx.lookbackMs });
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
): (out: GridSeries, column: SeriesColumns) => boolean {
  const look = { grid, reference: referenceOf(expr, ctx), lookbackMs: ctx.lookbackMs, read: valueAt };
  return (out, column) => fillFloats(out, column, look);
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
function fillFloats(out: GridSeries, column: SeriesColumns, look: Look & { read: Read }): boolean {
  const cells = cellsOf(column);
  const { timesMs, values, from, to } = cells;
  const { lookbackMs, read } = look;
  let next = from;
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

/** The floats of a series, for one look; windows are to slide over [from, to). Hot. */
export function glancedRaw(column: SeriesColumns): {
  readonly raw: RawSeries;
  readonly from: number;
  readonly to: number;
} {
  if (column.look !== undefined) {
    const { timesMs, values, from, to } = column.look();
    let at = from;
    while (at < to && !Number.isNaN(values[at])) at++;
    if (at === to) {
      const raw = {
        labels: column.labels,
        dropName: false,
        timesMs,
        values,
        histogramTimesMs: noTimes,
        histograms: [],
      };
      return { raw, from, to };
    }
  }
  const raw = openedRaw(column);
  return { raw, from: 0, to: raw.timesMs.length };
}

function histogramStartsOf(samples: readonly HistogramSample[]): Float64Array | undefined {
  if (samples.every(({ startMs }) => startMs === undefined)) return undefined;
  return Float64Array.from(samples, ({ startMs }) => startMs ?? 0);
}

const noSamples: readonly HistogramSample[] = [];
const noTimes = new Float64Array(0);

type Floats = Pick<RawSeries, 'timesMs' | 'values' | 'startsMs'>;

/** Shares the arrays when there is nothing to leave out, which is nearly always. Hot: bench/promql-kernels.ts. */
function withoutStale({ timesMs, values, startsMs }: SeriesColumns): Floats {
  // Most series have no NaN at all, and a view of their bits takes longer to make than a look at them.
  let first = 0;
  while (first < values.length && !Number.isNaN(values[first])) first++;
  if (first === values.length) return { timesMs, values, startsMs };
  const bits = bitsOf(values);
  let stale = 0;
  for (let i = first; i < values.length; i++) if (Number.isNaN(values[i]) && isStaleAt(bits, i)) stale++;
  if (stale === 0) return { timesMs, values, startsMs };
  const length = values.length - stale;
  const kept = {
    timesMs: new Float64Array(length),
    values: new Float64Array(length),
    startsMs: startsMs && new Float64Array(length),
  };
  let next = 0;
  for (let i = 0; i < values.length; i++) {
    if (isStaleAt(bits, i)) continue;
    kept.timesMs[next] = timesMs[i] ?? 0;
    kept.values[next] = values[i] ?? 0;
    if (kept.startsMs !== undefined) kept.startsMs[next] = startsMs?.[i] ?? 0;
    next++;
  }
  return kept;
}

function bitsOf(values: Float64Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
}
