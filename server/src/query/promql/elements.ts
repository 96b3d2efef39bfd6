import type { BinaryExpr } from '@farol/promql';
import type { Annotations } from './annotations.ts';
import { add, type Combined, subtract } from './histograms/combine.ts';
import { compact, divide, equal, type Histogram, multiply } from './histograms/histogram.ts';
import { trim } from './histograms/trim.ts';
import { floatOperator } from './kernels/arithmetic.ts';

/** One operand of one step. */
export type Element = number | Histogram;

/** What the operator made of two elements: a value, and for comparisons whether it stays. Undefined: they do not mix. */
export interface ElementResult {
  readonly value: Element;
  readonly keeps: boolean;
}

/** Applies an operator to two elements of which at least one may be a histogram; says in `notes` what does not work. */
export function combineElements(
  expr: BinaryExpr,
  left: Element,
  right: Element,
  notes: Annotations,
): ElementResult | undefined {
  if (typeof left === 'number' && typeof right === 'number') return combineFloats(expr, left, right, notes);
  if (typeof left !== 'number' && typeof right !== 'number') return combineHistograms(expr, left, right, notes);
  const value = combineMixed(expr, left, right);
  if (value !== undefined) return { value, keeps: true };
  notes.incompatibleTypes(expr.op, kindOf(left), kindOf(right), expr);
  return undefined;
}

const kindOf = (element: Element): string => (typeof element === 'number' ? 'float' : 'histogram');

function combineFloats(expr: BinaryExpr, left: number, right: number, notes: Annotations): ElementResult | undefined {
  const operator = floatOperator(expr.op);
  if (operator.kind === 'number') return { value: operator.apply(left, right), keeps: true };
  if (operator.kind === 'filter') return { value: left, keeps: operator.keeps(left, right) };
  notes.incompatibleTypes(expr.op, 'float', 'float', expr);
  return undefined;
}

function combineMixed({ op }: BinaryExpr, left: Element, right: Element): Histogram | undefined {
  if (typeof left === 'number')
    return op === '*' && typeof right !== 'number' ? compact(multiply(right, left)) : undefined;
  if (typeof right !== 'number') return undefined;
  switch (op) {
    case '*':
      return compact(multiply(left, right));
    case '/':
      return compact(divide(left, right));
    case '</':
    case '>/':
      return trim(left, right, op === '</');
    default:
      return undefined;
  }
}

function combineHistograms(
  expr: BinaryExpr,
  left: Histogram,
  right: Histogram,
  notes: Annotations,
): ElementResult | undefined {
  switch (expr.op) {
    case '+':
      return noted(expr, add(left, right), notes);
    case '-': {
      const result = noted(expr, subtract(left, right), notes);
      return result && { ...result, value: { ...(result.value as Histogram), resetHint: 'gauge' } };
    }
    case '==':
      return { value: left, keeps: equal(compact(left), compact(right)) };
    case '!=':
      return { value: left, keeps: !equal(compact(left), compact(right)) };
    default:
      notes.incompatibleTypes(expr.op, 'histogram', 'histogram', expr);
      return undefined;
  }
}

function noted(expr: BinaryExpr, combined: Combined | undefined, notes: Annotations): ElementResult | undefined {
  if (combined === undefined) {
    notes.incompatibleBuckets(expr.op, expr);
    return undefined;
  }
  const operation = expr.op === '+' ? 'addition' : 'subtraction';
  if (combined.areBoundsReconciled) notes.reconciledBounds(operation, expr);
  else if (combined.hasResetCollision) notes.resetCollision(operation, expr);
  return { value: compact(combined.histogram), keeps: true };
}
