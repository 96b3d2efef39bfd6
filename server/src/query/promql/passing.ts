import { type CallExpr, type Expr, type VectorSelector, withoutParens } from '@farol/promql';
import type { SeriesColumns, SeriesRef } from '#model';
import type { Context } from './context.ts';
import { kernelAlone, nonCounterHints } from './functions/range.ts';
import { startedKernel } from './functions/startedrates.ts';
import { frameOf, slideOver } from './kernels/windows.ts';
import { METRIC_NAME } from './labelset.ts';
import { glancedRaw, instantFloats, windowOf } from './select.ts';
import { referenceOf } from './timing.ts';
import { type Grid, type GridSeries, isEmpty } from './values.ts';

/** Takes a series that has a value. Its arrays are the next one's, too: use them at once. */
type Take = (series: GridSeries, ref: SeriesRef | undefined) => void;

export type Passing = (take: Take) => Promise<void>;

/**
 * The series of a selector, or of a function over one's samples, one after another, for who looks at each only once:
 * to make arrays for all of them would take longer than to fill them. Undefined where series must be seen together.
 */
export function passingOf(expr: Expr, grid: Grid, ctx: Context): Passing | undefined {
  const inner = withoutParens(expr);
  if (inner.kind === 'vector') return instants(inner, grid, ctx);
  return inner.kind === 'call' ? windows(inner, grid, ctx) : undefined;
}

function instants(expr: VectorSelector, grid: Grid, ctx: Context): Passing | undefined {
  const columns = ctx.columnsOf(expr);
  if (expr.extended !== undefined || !areFloats(columns)) return undefined;
  const fill = instantFloats(expr, grid, ctx);
  return async (take) => {
    const { values, present } = arraysFor(grid);
    for (const column of columns) {
      const series: GridSeries = { labels: column.labels, dropName: false, values, present };
      present.fill(0);
      if (fill(series, column)) take(series, column.ref);
      if (ctx.pace.isDue()) await ctx.pace.rest();
    }
  };
}

function windows(expr: CallExpr, grid: Grid, ctx: Context): Passing | undefined {
  const { name } = expr.func;
  const [arg, ...others] = expr.args.map(withoutParens);
  const alone = kernelAlone(name);
  if (alone === undefined || arg?.kind !== 'matrix' || others.length > 0) return undefined;
  const columns = ctx.columnsOf(arg.selector);
  if (arg.selector.extended !== undefined || !areFloats(columns)) return undefined;
  return async (take) => {
    const call = { expr, args: [], grid, ctx };
    const frame = frameOf({ series: [], ...windowOf(referenceOf(arg.selector, ctx), arg.rangeMs) }, grid, []);
    const started = startedKernel(name, call);
    const hint = nonCounterHints(call);
    const kinds = ctx.groups.begin(metricAndType);
    const { values, present } = arraysFor(grid);
    for (const column of columns) {
      const series: GridSeries = { labels: column.labels, dropName: !alone.keepsName, values, present };
      const { raw, from, to } = glancedRaw(column);
      present.fill(0);
      slideOver(raw.timesMs, [from, to], frame, frame.from, frame.to);
      (raw.startsMs === undefined ? alone.kernel : (started ?? alone.kernel))(raw, frame, series);
      if (!isEmpty(series)) {
        const isFirst = alone.wantsCounters && kinds.labels.length === kinds.numberOf(column.labels, column.ref);
        if (isFirst) hint(series.labels);
        take(series, column.ref);
      }
      if (ctx.pace.isDue()) await ctx.pace.rest();
    }
  };
}

const metricAndType = { grouping: [METRIC_NAME, '__type__'], without: false };

const areFloats = (columns: readonly SeriesColumns[]): boolean =>
  columns.every(({ histograms }) => histograms === undefined || histograms.length === 0);

const arraysFor = ({ steps }: Grid): Pick<GridSeries, 'values' | 'present'> => ({
  values: new Float64Array(steps),
  present: new Uint8Array(steps),
});
