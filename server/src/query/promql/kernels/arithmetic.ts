import type { ArithmeticOp, BinaryOp, ComparisonOp } from '@farol/promql';

/** What an operator makes of two floats: a number, or whether the left one stays. */
export type FloatOperator =
  | { readonly kind: 'number'; readonly apply: (left: number, right: number) => number }
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
  if (op in numbers) return { kind: 'number', apply: numbers[op as ArithmeticOp] };
  if (op in filters) return { kind: 'filter', keeps: filters[op as ComparisonOp] };
  return { kind: 'none' };
}

/** C's pow, which Go has: 1 to any power is 1, and so is −1 to an infinite one. JavaScript says NaN. */
function power(base: number, exponent: number): number {
  if (base === 1) return 1;
  if (base === -1 && Math.abs(exponent) === Number.POSITIVE_INFINITY) return 1;
  return base ** exponent;
}
