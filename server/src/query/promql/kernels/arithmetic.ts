import type { ArithmeticOp, BinaryOp, ComparisonOp } from '@farol/promql';
import { FLOAT } from '../values.ts';

/** What an operator makes of two floats: a number, or whether the left one stays. */
export type FloatOperator =
  | { readonly kind: 'number'; readonly op: ArithmeticOp; readonly apply: (left: number, right: number) => number }
  | { readonly kind: 'filter'; readonly keeps: (left: number, right: number) => boolean }
  | { readonly kind: 'none' };

const numbers: Readonly<Record<ArithmeticOp, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '%': (left, right) => left % right,
  '^': power,
  atan2: Math.atan2,
};

const filters: Readonly<Record<ComparisonOp, (left: number, right: number) => boolean>> = {
  '==': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '<': (left, right) => left < right,
  '>': (left, right) => left > right,
  '<=': (left, right) => left <= right,
  '>=': (left, right) => left >= right,
};

export function floatOperator(op: BinaryOp): FloatOperator {
  if (op in numbers) return { kind: 'number', op: op as ArithmeticOp, apply: numbers[op as ArithmeticOp] };
  if (op in filters) return { kind: 'filter', keeps: filters[op as ComparisonOp] };
  return { kind: 'none' };
}

/** One operand or result over all steps; only cells that are FLOAT count. */
export interface Cells {
  readonly values: Float64Array;
  readonly present: Uint8Array;
}

/** Fills the steps at which both operands are floats. The usual operators are spelled out: a call a cell is slow. Hot. */
export function combineFloats(op: ArithmeticOp, left: Cells, right: Cells, out: Cells): void {
  const [a, b, to] = [left.values, right.values, out.values];
  const { length } = to;
  for (let i = 0; i < length; i++) out.present[i] = left.present[i] === FLOAT && right.present[i] === FLOAT ? FLOAT : 0;
  switch (op) {
    case '+':
      for (let i = 0; i < length; i++) to[i] = (a[i] as number) + (b[i] as number);
      return;
    case '-':
      for (let i = 0; i < length; i++) to[i] = (a[i] as number) - (b[i] as number);
      return;
    case '*':
      for (let i = 0; i < length; i++) to[i] = (a[i] as number) * (b[i] as number);
      return;
    case '/':
      for (let i = 0; i < length; i++) to[i] = (a[i] as number) / (b[i] as number);
      return;
    default: {
      const apply = numbers[op];
      for (let i = 0; i < length; i++) to[i] = apply(a[i] as number, b[i] as number);
    }
  }
}

/** C's pow, which Go has: 1 to any power is 1, and so is −1 to an infinite one. JavaScript says NaN. */
function power(base: number, exponent: number): number {
  if (base === 1) return 1;
  if (base === -1 && Math.abs(exponent) === Number.POSITIVE_INFINITY) return 1;
  return base ** exponent;
}
