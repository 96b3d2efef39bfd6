import {
  type AggregateExpr,
  type BinaryExpr,
  type CallExpr,
  type Expr,
  exprType,
  type LabelMatcher,
  type Span,
  type ValueType,
  type VectorSelector,
} from './ast.ts';
import type { Cursor } from './cursor.ts';
import { goQuote } from './quote.ts';

/** Reports every type error of a tree, in Prometheus' order and words. Returns the tree's type. */
export function checkTypes(expr: Expr, cursor: Cursor): ValueType {
  switch (expr.kind) {
    case 'aggregate':
      checkAggregate(expr, cursor);
      break;
    case 'binary':
      checkBinary(expr, cursor);
      break;
    case 'call':
      checkCall(expr, cursor);
      break;
    case 'paren':
      checkTypes(expr.expr, cursor);
      break;
    case 'unary':
      checkUnary(expr, cursor);
      break;
    case 'subquery': {
      const type = checkTypes(expr.expr, cursor);
      if (type !== 'vector') cursor.report(expr, `subquery is only allowed on instant vector, got ${type} instead`);
      break;
    }
    case 'matrix':
      checkTypes(expr.selector, cursor);
      break;
    case 'vector':
      checkSelector(expr, cursor, false);
      break;
    case 'number':
    case 'string':
      break;
  }
  return exprType(expr);
}

/** A type as the documentation names it. */
function typeName(type: ValueType): string {
  if (type === 'vector') return 'instant vector';
  return type === 'matrix' ? 'range vector' : type;
}

function expectType(expr: Expr, wanted: ValueType, context: string, cursor: Cursor): void {
  const type = checkTypes(expr, cursor);
  if (type === wanted) return;
  cursor.report(expr, `expected type ${typeName(wanted)} in ${context}, got ${typeName(type)}`);
}

function checkAggregate(expr: AggregateExpr, cursor: Cursor): void {
  expectType(expr.expr, 'vector', 'aggregation expression', cursor);
  if (expr.param === undefined) return;
  expectType(expr.param, expr.op === 'count_values' ? 'string' : 'scalar', 'aggregation parameter', cursor);
}

function checkUnary(expr: Expr & { kind: 'unary' }, cursor: Cursor): void {
  const type = checkTypes(expr.expr, cursor);
  if (type === 'scalar' || type === 'vector') return;
  const allowed = 'unary expression only allowed on expressions of type scalar or instant vector';
  cursor.report(expr, `${allowed}, got ${goQuote(typeName(type))}`);
}

const comparisons: ReadonlySet<string> = new Set(['==', '!=', '<', '>', '<=', '>=']);
const setOperators: ReadonlySet<string> = new Set(['and', 'or', 'unless']);

function checkBinary(expr: BinaryExpr, cursor: Cursor): void {
  const left = checkTypes(expr.left, cursor);
  const right = checkTypes(expr.right, cursor);
  const isComparison = comparisons.has(expr.op);
  if (expr.bool && !isComparison) {
    cursor.report(operatorSpan(expr, cursor), 'bool modifier can only be used on comparison operators');
  }
  if (isComparison && !expr.bool && exprType(expr.left) === 'scalar' && exprType(expr.right) === 'scalar') {
    cursor.report(operatorSpan(expr, cursor), 'comparisons between scalars must use BOOL modifier');
  }
  checkIncludes(expr, cursor);
  const wrong = 'binary expression must contain only scalar and instant vector types';
  if (left !== 'scalar' && left !== 'vector') cursor.report(expr.left, wrong);
  if (right !== 'scalar' && right !== 'vector') cursor.report(expr.right, wrong);
  checkMatching(expr, left === 'vector' && right === 'vector', cursor);
  if ((left === 'scalar' || right === 'scalar') && setOperators.has(expr.op)) {
    cursor.report(expr, `set operator ${goQuote(expr.op)} not allowed in binary scalar expression`);
  }
}

function checkIncludes(expr: BinaryExpr, cursor: Cursor): void {
  const { on, labels, include } = expr.matching;
  if (!on) return;
  for (const label of labels) {
    if (!include.includes(label)) continue;
    cursor.report(operatorSpan(expr, cursor), `label ${goQuote(label)} must not occur in ON and GROUP clause at once`);
  }
}

function checkMatching(expr: BinaryExpr, betweenVectors: boolean, cursor: Cursor): void {
  const { matching } = expr;
  const fills = matching.fillLeft !== undefined || matching.fillRight !== undefined;
  if (!betweenVectors) {
    if (matching.labels.length > 0) cursor.report(expr, 'vector matching only allowed between instant vectors');
    if (fills) cursor.report(expr, 'filling in missing series only allowed between instant vectors');
  } else if (setOperators.has(expr.op)) {
    if (matching.cardinality === 'many-to-one' || matching.cardinality === 'one-to-many') {
      cursor.report(expr, `no grouping allowed for ${goQuote(expr.op)} operation`);
      cursor.report(expr, 'set operations must always be many-to-many');
    }
    if (fills) cursor.report(expr, 'filling in missing series not allowed for set operators');
  }
}

/** Where the operator stands, from the left side's end to the right side's start, without blanks. */
function operatorSpan(expr: BinaryExpr, cursor: Cursor): Span {
  let start = expr.left.end;
  while (/\s/.test(cursor.text[start] ?? '')) start++;
  let end = expr.right.start - 1;
  while (/\s/.test(cursor.text[end] ?? '')) end--;
  return { start, end };
}

function checkCall(expr: CallExpr, cursor: Cursor): void {
  checkArgumentCount(expr, cursor);
  if (expr.func.name === 'info' && expr.args[1] !== undefined) checkInfoSelector(expr.args[1], cursor);
  const { argTypes, variadic, name } = expr.func;
  for (const [index, arg] of expr.args.entries()) {
    if (index >= argTypes.length && variadic === 0) break;
    const wanted = argTypes[Math.min(index, argTypes.length - 1)] ?? 'none';
    const isInfoSelector = name === 'info' && index === 1 && arg.kind === 'vector';
    if (isInfoSelector) checkSelector(arg, cursor, true);
    const type = isInfoSelector ? 'vector' : checkTypes(arg, cursor);
    if (type === wanted) continue;
    cursor.report(arg, `expected type ${typeName(wanted)} in call to function ${goQuote(name)}, got ${typeName(type)}`);
  }
}

function checkArgumentCount({ func, args, start, end }: CallExpr, cursor: Cursor): void {
  const wanted = func.argTypes.length;
  const got = `argument(s) in call to ${goQuote(func.name)}, got ${args.length}`;
  const span = { start, end };
  if (func.variadic === 0) {
    if (args.length !== wanted) cursor.report(span, `expected ${wanted} ${got}`);
    return;
  }
  const least = wanted - 1;
  const most = least + func.variadic;
  if (args.length < least) cursor.report(span, `expected at least ${least} ${got}`);
  else if (func.variadic > 0 && args.length > most) cursor.report(span, `expected at most ${most} ${got}`);
}

function checkInfoSelector(arg: Expr, cursor: Cursor): void {
  if (exprType(arg) !== 'vector') {
    cursor.report(arg, `expected type instant vector in call to function "info", got ${typeName(exprType(arg))}`);
  }
  if (arg.kind !== 'vector') cursor.report(arg, 'expected label selectors only');
  else if (arg.name !== '') cursor.report(arg, 'expected label selectors only, got vector selector instead');
}

function checkSelector(expr: VectorSelector, cursor: Cursor, mayMatchAll: boolean): void {
  if (expr.name !== '') {
    for (const matcher of expr.matchers.slice(0, -1)) {
      if (matcher.name !== '__name__') continue;
      const names = `${goQuote(expr.name)} or ${goQuote(matcher.value)}`;
      cursor.report(expr, `metric name must not be set twice: ${names}`);
    }
    return;
  }
  if (mayMatchAll || expr.matchers.some((matcher) => !matchesEmpty(matcher, cursor))) return;
  cursor.report(expr, 'vector selector must contain at least one non-empty matcher');
}

function matchesEmpty({ kind, value }: LabelMatcher, cursor: Cursor): boolean {
  if (kind === '=') return value === '';
  if (kind === '!=') return value !== '';
  const matches = cursor.options.patterns?.matchesEmpty(value) ?? (value === '' || value === '.*');
  return kind === '=~' ? matches : !matches;
}
