import type { ArithmeticOp, BinaryOp, CompareOp } from './ast.ts';

const comparisons: ReadonlySet<string> = new Set(['==', '!=', '>', '>=', '<', '<=']);
const sets: ReadonlySet<string> = new Set(['and', 'or', 'unless']);

export const isComparison = (op: BinaryOp): op is CompareOp => comparisons.has(op);
export const isSetOp = (op: BinaryOp): op is 'and' | 'or' | 'unless' => sets.has(op);

/** Loki's arithmetic: what is divided by zero is not a number, whatever its sign. */
export function calculate(op: ArithmeticOp, left: number, right: number): number {
  switch (op) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return right === 0 ? Number.NaN : left / right;
    case '%':
      return right === 0 ? Number.NaN : left % right;
    case '^':
      return power(left, right);
  }
}

/** Go says 1 where JavaScript says NaN: 1^x and (-1)^±Inf. */
function power(base: number, exponent: number): number {
  if (base === 1 || (base === -1 && Math.abs(exponent) === Number.POSITIVE_INFINITY)) return 1;
  return base ** exponent;
}

export function compare(op: CompareOp, left: number, right: number): boolean {
  switch (op) {
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
  }
}
