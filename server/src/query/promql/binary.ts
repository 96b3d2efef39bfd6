import type { BinaryExpr } from '@farol/promql';
import type { Context } from './context.ts';
import { floatOperator } from './kernels/arithmetic.ts';
import { combineVectors } from './match.ts';
import { combineSets } from './sets.ts';
import {
  FLOAT,
  type Grid,
  type GridSeries,
  type GridValue,
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
    series.push(seriesWithScalar(call, one, scalar, isSwapped));
    if (call.ctx.pace.isDue()) await call.ctx.pace.rest();
  }
  return { kind: 'vector' as const, series };
}

/** Hot: bench/promql-kernels.ts. */
function seriesWithScalar({ expr, ctx }: BinaryCall, input: GridSeries, scalar: Float64Array, isSwapped: boolean) {
  const operator = floatOperator(expr.op);
  const { labels, values, present } = input;
  const changesMeaning = operator.kind === 'number' || expr.bool;
  const out = newSeries(labels, values.length, changesMeaning || input.dropName);
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
    } else {
      ctx.notes.incompatibleTypes(expr.op, 'float', 'float', expr);
    }
  }
  return out;
}
