import { type CallExpr, type Expr, type VectorSelector, withoutParens } from '@farol/promql';
import type { Labels, SeriesRef } from '#model';
import type { Context } from './context.ts';
import { kernelAlone, nonCounterHints } from './functions/range.ts';
import { startedKernel } from './functions/startedrates.ts';
import { Glances } from './glances.ts';
import { frameOf, slideOver } from './kernels/windows.ts';
import { METRIC_NAME } from './labelset.ts';
import { instantFloats, windowOf } from './select.ts';
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
  const glances = expr.extended === undefined ? floatsOf(expr, ctx) : undefined;
  if (glances === undefined) return undefined;
  const fill = instantFloats(expr, grid, ctx);
  return async (take) => {
    const series = new Passed(glances, false, grid);
    for (let i = 0; i < glances.count; i++) {
      glances.turnTo(i);
      series.clear();
      if (fill(series, glances)) take(series, glances.ref);
      if (ctx.pace.isDue()) await ctx.pace.rest();
    }
  };
}

function windows(expr: CallExpr, grid: Grid, ctx: Context): Passing | undefined {
  const { name } = expr.func;
  const [arg, ...others] = expr.args.map(withoutParens);
  const alone = kernelAlone(name);
  if (alone === undefined || arg?.kind !== 'matrix' || others.length > 0) return undefined;
  const glances = arg.selector.extended === undefined ? floatsOf(arg.selector, ctx) : undefined;
  if (glances === undefined) return undefined;
  return async (take) => {
    const call = { expr, args: [], grid, ctx };
    const frame = frameOf({ series: [], ...windowOf(referenceOf(arg.selector, ctx), arg.rangeMs) }, grid, []);
    const started = startedKernel(name, call);
    const hint = nonCounterHints(call);
    const kinds = ctx.groups.begin(metricAndType);
    const series = new Passed(glances, !alone.keepsName, grid);
    for (let i = 0; i < glances.count; i++) {
      glances.turnToKept(i);
      series.clear();
      slideOver(glances, frame, frame.from, frame.to);
      (glances.startsMs === undefined ? alone.kernel : (started ?? alone.kernel))(glances, frame, series);
      if (!isEmpty(series)) {
        const isFirst = alone.wantsCounters && kinds.labels.length === kinds.numberOf(series, glances.ref);
        if (isFirst) hint(series.labels);
        take(series, glances.ref);
      }
      if (ctx.pace.isDue()) await ctx.pace.rest();
    }
  };
}

const metricAndType = { grouping: [METRIC_NAME, '__type__'], without: false };

/** Undefined where there are histograms, too. */
function floatsOf(selector: VectorSelector, ctx: Context): Glances | undefined {
  const plain = ctx.plainOf(selector);
  if (plain !== undefined) return new Glances(plain);
  const columns = ctx.columnsOf(selector);
  const areFloats = columns.every(({ histograms }) => histograms === undefined || histograms.length === 0);
  return areFloats ? new Glances(columns) : undefined;
}

/** What the series at hand has at each step. */
class Passed implements GridSeries {
  readonly dropName: boolean;
  readonly values: Float64Array;
  readonly present: Uint8Array;
  private readonly glances: Glances;

  constructor(glances: Glances, dropName: boolean, { steps }: Grid) {
    this.glances = glances;
    this.dropName = dropName;
    this.values = new Float64Array(steps);
    this.present = new Uint8Array(steps);
  }

  get labels(): Labels {
    return this.glances.labels;
  }

  /** Hot: of a few steps a loop is sooner done than a call. */
  clear(): void {
    const { present } = this;
    if (present.length > 8) present.fill(0);
    else for (let i = 0; i < present.length; i++) present[i] = 0;
  }
}
