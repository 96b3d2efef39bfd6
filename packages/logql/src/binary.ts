import { calculate, compare, isComparison, isSetOp } from './arithmetic.ts';
import type { BinaryOp, Expr, MetricExpr, Span, VectorMatching } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { parseLabelNames } from './labelnames.ts';

const precedence: ReadonlyMap<string, number> = new Map([
  ['or', 1],
  ['and', 2],
  ['unless', 2],
  ...['==', '!=', '<', '<=', '>', '>='].map((op): [string, number] => [op, 3]),
  ['+', 4],
  ['-', 4],
  ['*', 5],
  ['/', 5],
  ['%', 5],
  ['^', 6],
]);

/** Reads operands and the operators between them; `parseOperand` reads one operand. */
export function parseBinary(cursor: Cursor, parseOperand: (cursor: Cursor) => Expr, precedenceMin = 0): Expr {
  let left = cursor.deeper(() => parseOperand(cursor));
  let levels = 0;
  for (;;) {
    const own = precedence.get(cursor.token.kind);
    if (own === undefined || own < precedenceMin) break;
    cursor.descend(1);
    levels++;
    const op = cursor.take().kind as BinaryOp;
    const modifiers = parseModifiers(cursor);
    const right = parseBinary(cursor, parseOperand, op === '^' ? own : own + 1);
    left = combine(cursor, { op, ...modifiers }, left, right);
  }
  cursor.descend(-levels);
  return left;
}

interface Operator {
  readonly op: BinaryOp;
  readonly bool: boolean;
  readonly matching: VectorMatching;
}

function parseModifiers(cursor: Cursor): { bool: boolean; matching: VectorMatching } {
  const bool = cursor.accept('bool') !== undefined;
  let matching: VectorMatching = { cardinality: 'one-to-one', on: false, labels: [], include: [] };
  if (!cursor.is('on', 'ignoring')) return { bool, matching };
  const on = cursor.take().kind === 'on';
  matching = { ...matching, on, labels: parseLabelNames(cursor) };
  if (!cursor.is('group_left', 'group_right')) return { bool, matching };
  const cardinality = cursor.take().kind === 'group_left' ? 'many-to-one' : 'one-to-many';
  return { bool, matching: { ...matching, cardinality, include: parseInclude(cursor) } };
}

/** After `group_left`, a parenthesis holds labels only if it looks like them: else it opens the right side. */
function parseInclude(cursor: Cursor): string[] {
  const holdsLabels = cursor.is('(') && (cursor.peekKind() === 'IDENTIFIER' || cursor.peekKind() === ')');
  return holdsLabels ? parseLabelNames(cursor) : [];
}

function combine(cursor: Cursor, operator: Operator, left: Expr, right: Expr): MetricExpr {
  const span = { start: left.start, end: right.end };
  const { op } = operator;
  if (left.kind === 'log' || right.kind === 'log') {
    const [leg, log] = left.kind === 'log' ? ['left', left] : ['right', right as typeof left];
    const type = log.kind === 'log' && log.stages.length > 0 ? '*syntax.PipelineExpr' : '*syntax.MatchersExpr';
    cursor.report(`unexpected type for ${leg} leg of binary operation (${op}): ${type}`, span);
    return { kind: 'number', value: 0, ...span };
  }
  if (isSetOp(op)) checkSetLegs(cursor, op, left, right, span);
  else if (left.kind === 'number' && right.kind === 'number') {
    const { value } = left;
    const folded = isComparison(op) ? Number(compare(op, value, right.value)) : calculate(op, value, right.value);
    return { kind: 'number', value: folded, ...span };
  }
  return { kind: 'binary', ...operator, left, right, ...span };
}

function checkSetLegs(cursor: Cursor, op: BinaryOp, left: MetricExpr, right: MetricExpr, span: Span): void {
  for (const [leg, expr] of [['left', left] as const, ['right', right] as const]) {
    if (expr.kind !== 'number') continue;
    const value = expr.value.toFixed(6);
    cursor.report(`unexpected literal for ${leg} leg of logical/set binary operation (${op}): ${value}`, span);
  }
}
