import { type CallExpr, type Expr, type MatrixSelector, type SubqueryExpr, withoutParens } from '@farol/promql';
import { aggregate, aggregatePassing, takesPassing } from './aggregate.ts';
import { applyBinary } from './binary.ts';
import type { Context } from './context.ts';
import { absentFunctions } from './functions/absent.ts';
import { bucketFunctions } from './functions/buckets.ts';
import type { InstantFunction } from './functions/call.ts';
import { histogramFunctions } from './functions/histograms.ts';
import { joinInfo } from './functions/info.ts';
import { labelFunctions } from './functions/labels.ts';
import { mathFunctions } from './functions/math.ts';
import { applyRangeFunction } from './functions/range.ts';
import { sortingFunctions } from './functions/sorting.ts';
import { timeFunctions } from './functions/time.ts';
import { type Histogram, multiply } from './histograms/histogram.ts';
import { isStepInvariant } from './invariant.ts';
import { passingOf } from './passing.ts';
import { selectInstant, selectRange, selectTimes, windowOf } from './select.ts';
import { selectSmoothed } from './smoothed.ts';
import { selectStarts } from './starts.ts';
import { referenceOf } from './timing.ts';
import {
  FLOAT,
  type Grid,
  type GridSeries,
  type GridValue,
  gridOf,
  newSeries,
  pointsOf,
  type RangeValue,
  type RawSeries,
  type VectorValue,
} from './values.ts';

/** Evaluates a node once, for all steps of the grid. */
export async function evaluate(expr: Expr, grid: Grid, ctx: Context): Promise<GridValue> {
  ctx.pace.check();
  const held = ctx.pace.holding;
  // A subquery's grid can be of any length, so it is refused before anything of that length is made.
  ctx.pace.hold(grid.steps);
  const isOnce = grid.steps > 1 && expr.kind !== 'number' && isStepInvariant(expr);
  const value = isOnce ? await evaluateOnce(expr, grid, ctx) : await evaluateNode(expr, grid, ctx);
  ctx.pace.holdOnly(held + pointsOf(value));
  return value;
}

/** What is the same at every step is evaluated at the first and repeated. */
async function evaluateOnce(expr: Expr, grid: Grid, ctx: Context): Promise<GridValue> {
  const value = await evaluateNode(expr, gridOf(grid.startMs, grid.startMs, grid.stepMs), ctx);
  if (value.kind === 'string') return value;
  if (value.kind === 'scalar') {
    return { kind: 'scalar', values: new Float64Array(grid.steps).fill(value.values[0] ?? 0) };
  }
  return { kind: 'vector', series: value.series.map((series) => repeated(series, grid.steps)) };
}

function repeated(series: GridSeries, steps: number): GridSeries {
  const out = newSeries(series.labels, steps, series.dropName);
  out.values.fill(series.values[0] ?? 0);
  out.present.fill(series.present[0] ?? 0);
  if (series.histograms === undefined) return out;
  return { ...out, histograms: new Array(steps).fill(series.histograms[0]) };
}

async function evaluateNode(expr: Expr, grid: Grid, ctx: Context): Promise<GridValue> {
  switch (expr.kind) {
    case 'number':
      return { kind: 'scalar', values: new Float64Array(grid.steps).fill(expr.value) };
    case 'string':
      return { kind: 'string', value: expr.value };
    case 'paren':
      return evaluate(expr.expr, grid, ctx);
    case 'unary':
      return negated(expr.op, await evaluate(expr.expr, grid, ctx));
    case 'binary': {
      const left = await evaluate(expr.left, grid, ctx);
      const right = await evaluate(expr.right, grid, ctx);
      return applyBinary({ expr, grid, ctx }, left, right);
    }
    case 'aggregate': {
      const passing = takesPassing(expr, grid) ? passingOf(expr.expr, grid, ctx) : undefined;
      const param = expr.param === undefined ? undefined : await evaluate(expr.param, grid, ctx);
      if (passing !== undefined) return aggregatePassing({ expr, param, grid, ctx }, passing);
      const input = await evaluateVector(expr.expr, grid, ctx);
      return aggregate({ expr, input, param, grid, ctx });
    }
    case 'call':
      return evaluateCall(expr, grid, ctx);
    case 'vector': {
      const select = expr.extended === 'smoothed' ? selectSmoothed : selectInstant;
      return { kind: 'vector', series: await select(expr, grid, ctx) };
    }
    case 'matrix':
    case 'subquery':
      throw new Error('range vectors are evaluated by evaluateRange');
  }
}

async function evaluateVector(expr: Expr, grid: Grid, ctx: Context): Promise<VectorValue> {
  const value = await evaluate(expr, grid, ctx);
  if (value.kind !== 'vector') throw new Error('the checker promised an instant vector');
  return value;
}

function negated(op: '+' | '-', value: GridValue): GridValue {
  if (op === '+' || value.kind === 'string') return value;
  if (value.kind === 'scalar') return { kind: 'scalar', values: value.values.map((number) => -number) };
  return { kind: 'vector', series: value.series.map(negatedSeries) };
}

function negatedSeries(series: GridSeries): GridSeries {
  const values = series.values.map((number) => -number);
  const histograms = series.histograms?.map((histogram) => histogram && multiply(histogram, -1));
  return { ...series, values, histograms, dropName: true };
}

const instantFunctions: ReadonlyMap<string, InstantFunction> = new Map([
  ...absentFunctions,
  ...bucketFunctions,
  ...histogramFunctions,
  ...labelFunctions,
  ...mathFunctions,
  ...sortingFunctions,
  ...timeFunctions,
]);

async function evaluateCall(expr: CallExpr, grid: Grid, ctx: Context): Promise<GridValue> {
  const { name } = expr.func;
  const selector = expr.args[0] === undefined ? undefined : withoutParens(expr.args[0]);
  if (name === 'timestamp' && selector?.kind === 'vector') return timesOf(await selectTimes(selector, grid, ctx));
  if (name === 'start_timestamp') return startTimes(selector, grid, ctx);
  if (name === 'info' && selector !== undefined) {
    return joinInfo(expr, await evaluateVector(selector, grid, ctx), grid, ctx);
  }
  let range: RangeValue | undefined;
  const args: GridValue[] = [];
  for (const arg of expr.args) {
    const inner = withoutParens(arg);
    if (inner.kind === 'matrix' || inner.kind === 'subquery') range = await evaluateRange(inner, grid, ctx);
    else args.push(await evaluate(arg, grid, ctx));
  }
  if (range !== undefined) return applyRangeFunction({ expr, args, grid, ctx }, range);
  const apply = instantFunctions.get(name);
  if (apply === undefined) throw new Error(`the parser knows ${name}(), so it must be evaluated`);
  return apply({ expr, args, grid, ctx });
}

/** What an expression made of samples has no start any more. */
async function startTimes(selector: Expr | undefined, grid: Grid, ctx: Context): Promise<VectorValue> {
  if (selector?.kind !== 'vector') return { kind: 'vector', series: [] };
  return timesOf(await selectStarts(selector, grid, ctx));
}

function timesOf(series: readonly GridSeries[]): VectorValue {
  const floats = series.map(({ labels, values, present }): GridSeries => {
    return { labels, dropName: true, values, present: present.map((kind) => (kind === 0 ? 0 : FLOAT)) };
  });
  return { kind: 'vector', series: floats };
}

/** The samples behind a range vector, and the window each step of the grid sees. */
export async function evaluateRange(
  expr: MatrixSelector | SubqueryExpr,
  grid: Grid,
  ctx: Context,
): Promise<RangeValue> {
  if (expr.kind === 'matrix') return selectRange(expr, ctx);
  const inner = await evaluateVector(expr.expr, subqueryGrid(expr, grid, ctx), ctx);
  const innerGrid = subqueryGrid(expr, grid, ctx);
  const series = inner.series.map((one) => rawOf(one, innerGrid)).filter(hasSamples);
  return { series, ...windowOf(referenceOf(expr, ctx), expr.rangeMs) };
}

/** A subquery's own times: multiples of its step, as far back as the first window reaches. */
export function subqueryGrid(
  expr: SubqueryExpr,
  grid: Grid,
  ctx: Pick<Context, 'startMs' | 'endMs' | 'subqueryStepMs'>,
) {
  const reference = referenceOf(expr, ctx);
  const stepMs = expr.stepMs === 0 ? ctx.subqueryStepMs : expr.stepMs;
  const lastMs = grid.startMs + Math.max(0, grid.steps - 1) * grid.stepMs;
  const [firstEndMs, lastEndMs] =
    reference.kind === 'fixed'
      ? [reference.timeMs, reference.timeMs]
      : [grid.startMs - reference.offsetMs, lastMs - reference.offsetMs];
  const beforeMs = firstEndMs - expr.rangeMs;
  let startMs = stepMs * Math.trunc(beforeMs / stepMs);
  if (startMs <= beforeMs) startMs += stepMs;
  return gridOf(startMs, lastEndMs, stepMs);
}

function hasSamples({ values, histograms }: RawSeries): boolean {
  return values.length + histograms.length > 0;
}

/** A subquery may skip samples or show one twice, so what was known about resets between them holds no more. */
function withoutHint(histogram: Histogram): Histogram {
  const isResetKnown = histogram.resetHint === 'reset' || histogram.resetHint === 'not_reset';
  return isResetKnown ? { ...histogram, resetHint: 'unknown' } : histogram;
}

/** A series over a grid as samples. */
function rawOf({ labels, dropName, values, present, histograms }: GridSeries, grid: Grid): RawSeries {
  const timesMs = new Float64Array(values.length);
  const kept = new Float64Array(values.length);
  const histogramTimesMs: number[] = [];
  const keptHistograms: Histogram[] = [];
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    const timeMs = grid.startMs + i * grid.stepMs;
    const histogram = histograms?.[i];
    if (present[i] === FLOAT) {
      timesMs[count] = timeMs;
      kept[count++] = values[i] ?? 0;
    } else if (present[i] !== 0 && histogram !== undefined) {
      histogramTimesMs.push(timeMs);
      keptHistograms.push(withoutHint(histogram));
    }
  }
  return {
    labels,
    dropName,
    timesMs: timesMs.subarray(0, count),
    values: kept.subarray(0, count),
    histogramTimesMs: Float64Array.from(histogramTimesMs),
    histograms: keptHistograms,
  };
}
