import type { CallExpr, Expr } from '@farol/promql';
import type { Context } from '../context.ts';
import { failed } from '../failures.ts';
import type { Grid, GridValue, VectorValue } from '../values.ts';

/** A call whose arguments have been evaluated. */
export interface Call {
  readonly expr: CallExpr;
  readonly args: readonly GridValue[];
  readonly grid: Grid;
  readonly ctx: Context;
}

/** A function over instant vectors and scalars. */
export type InstantFunction = (call: Call) => GridValue | Promise<GridValue>;

/** The argument at `index`, which the type checker has found to be an instant vector. */
export function vectorArg(call: Call, index: number): VectorValue {
  const value = call.args[index];
  if (value?.kind !== 'vector') throw new Error(`the checker promised an instant vector as argument ${index}`);
  return value;
}

/** The values of a scalar argument, one per step. */
export function scalarArg(call: Call, index: number): Float64Array {
  const value = call.args[index];
  if (value?.kind !== 'scalar') throw new Error(`the checker promised a scalar as argument ${index}`);
  return value.values;
}

export function stringArg(call: Call, index: number): string {
  const value = call.args[index];
  if (value?.kind !== 'string') throw failed(`argument ${index + 1} of ${call.expr.func.name}() must be a string`);
  return value.value;
}

/** Where an argument stands, for annotations. */
export function argSpan(call: Call, index: number): Expr {
  return call.expr.args[index] ?? call.expr;
}
