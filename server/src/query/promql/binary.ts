import type { BinaryExpr } from '@farol/promql';
import type { Context } from './context.ts';
import { combineElements, type Element } from './elements.ts';
import { floatOperator } from './kernels/arithmetic.ts';
import { combineVectors } from './match.ts';
import { combineSets } from './sets.ts';
import {
  ABSENT,
  FLOAT,
  type Grid,
  type GridSeries,
  type GridValue,
  HISTOGRAM,
  newSeries,
  type ScalarValue,
  type VectorValue,
} from './values.ts';

export interface BinaryCall {
  readonly expr: BinaryExpr;
  readonly grid: Grid;
  readonly ctx: Context;
}

export async function applyBinary(call: BinaryCall, left: GridValue, right: GridValue): Promise<GridValue> {
  if (left.kind === 'string' || right.kind === 'string') throw new Error('the checker refuses strings as operands');
  if (left.kind === 'scalar' && right.kind === 'scalar') return combineScalars(call, left, right);
  if (left.kind === 'scalar') return withScalar(call, right as VectorValue, left.values, true);
  if (right.kind === 'scalar') return withScalar(call, left, right.values, false);
  const { op } = call.expr;
  if (op === 'and' || op === 'or' || op === 'unless') return combineSets(call, op, left, right);
  return combineVectors(call, left, right);
}

function combineScalars({ expr }: BinaryCall, left: ScalarValue, right: ScalarValue): ScalarValue {
  const operator = floatOperator(expr.op);
  const values = left.values.map((value, step) => {
    const other = right.values[step] ?? 0;
    if (operator.kind === 'number') return operator.apply(value, other);
    return operator.kind === 'filter' && operator.keeps(value, other) ? 1 : 0;
  });
  return { kind: 'scalar', values };
}

/** A vector with a scalar. A filter keeps the vector's value, on whichever side it stands. */
async function withScalar(call: BinaryCall, vector: VectorValue, scalar: Float64Array, isSwapped: boolean) {
  const series: GridSeries[] = [];
  for (const one of vector.series) {
    const isPlain = one.histograms === undefined && floatOperator(call.expr.op).kind !== 'none';
    const combine = isPlain ? floatsWithScalar : elementsWithScalar;
    series.push(combine(call, one, scalar, isSwapped));
    if (call.ctx.pace.isDue()) await call.ctx.pace.rest();
  }
  return { kind: 'vector' as const, series };
}

function outputFor({ expr }: BinaryCall, { labels, values, dropName }: GridSeries): GridSeries {
  const changesMeaning = floatOperator(expr.op).kind === 'number' || expr.bool;
  return newSeries(labels, values.length, changesMeaning || dropName);
}

/** Hot: bench/promql-kernels.ts. */
function floatsWithScalar(call: BinaryCall, input: GridSeries, scalar: Float64Array, isSwapped: boolean): GridSeries {
  const { expr } = call;
  const operator = floatOperator(expr.op);
  const { values, present } = input;
  const out = outputFor(call, input);
  for (let i = 0; i < values.length; i++) {
    if (present[i] !== FLOAT) continue;
    const value = values[i] ?? 0;
    const other = scalar[i] ?? 0;
    if (operator.kind === 'number') {
      out.values[i] = isSwapped ? operator.apply(other, value) : operator.apply(value, other);
      out.present[i] = FLOAT;
    } else if (operator.kind === 'filter') {
      const keeps = isSwapped ? operator.keeps(other, value) : operator.keeps(value, other);
      if (!keeps && !expr.bool) continue;
      out.values[i] = expr.bool ? Number(keeps) : value;
      out.present[i] = FLOAT;
    }
  }
  return out;
}

function elementsWithScalar(call: BinaryCall, input: GridSeries, scalar: Float64Array, isSwapped: boolean): GridSeries {
  const { expr, ctx } = call;
  const out: GridSeries = { ...outputFor(call, input), histograms: new Array(scalar.length) };
  for (let i = 0; i < scalar.length; i++) {
    const own = elementAt(input, i);
    if (own === undefined) continue;
    const other = scalar[i] ?? 0;
    const result = combineElements(expr, isSwapped ? other : own, isSwapped ? own : other, ctx.notes);
    if (result === undefined) continue;
    if (expr.bool) setElement(out, i, Number(result.keeps));
    else if (result.keeps) setElement(out, i, floatOperator(expr.op).kind === 'filter' ? own : result.value);
  }
  return out;
}

export function elementAt({ present, values, histograms }: GridSeries, step: number): Element | undefined {
  if (present[step] === ABSENT) return undefined;
  return present[step] === HISTOGRAM ? histograms?.[step] : values[step];
}

/** Writes an element; a series that takes histograms has room for them. */
export function setElement(out: GridSeries, step: number, element: Element): void {
  if (typeof element === 'number') {
    out.values[step] = element;
    out.present[step] = FLOAT;
  } else if (out.histograms !== undefined) {
    out.histograms[step] = element;
    out.present[step] = HISTOGRAM;
  }
}
