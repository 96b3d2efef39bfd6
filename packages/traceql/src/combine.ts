/** Two operands and the sign between them. */
import type {
  ArithmeticOp,
  ComparisonOp,
  MetricsExpr,
  MetricsOp,
  ScalarExpr,
  SpansetExpr,
  SpansetSource,
  StaticExpr,
} from './ast.ts';
import { folded } from './constant.ts';
import type { Cursor } from './cursor.ts';
import type { Operand } from './operand.ts';
import type { Token } from './tokens.ts';

const structural: ReadonlySet<string> = new Set<SpansetExpr['op']>([
  '>',
  '>>',
  '<',
  '<<',
  '~',
  '!>',
  '!>>',
  '!<',
  '!<<',
  '!~',
  '&>',
  '&>>',
  '&<',
  '&<<',
  '&~',
]);
const comparisons: ReadonlySet<string> = new Set<ComparisonOp>(['=', '!=', '<', '<=', '>', '>=']);
const arithmeticPowers: ReadonlyMap<string, number> = new Map([
  ['+', 3],
  ['-', 3],
  ['*', 4],
  ['/', 4],
  ['%', 4],
  ['^', 5],
]);
const metricsOps: ReadonlySet<string> = new Set<MetricsOp>(['+', '-', '*', '/']);

/** How strongly a sign binds; undefined when it stands between no two operands. */
export function powerOf(sign: string): number | undefined {
  if (sign === '&&' || sign === '||') return 1;
  if (structural.has(sign) || comparisons.has(sign)) return 2;
  return arithmeticPowers.get(sign);
}

interface Pair {
  readonly lhs: Operand;
  readonly sign: Token & { kind: 'sign' };
  readonly rhs: Operand;
}

export function combined(cursor: Cursor, pair: Pair): Operand {
  const { lhs, sign } = pair;
  if (sign.text === '&&' || sign.text === '||' || structural.has(sign.text)) {
    const joined = joinedSpansets(pair);
    if (joined !== undefined) return joined;
  }
  if (comparisons.has(sign.text)) {
    const compared = comparedScalars(pair);
    if (compared !== undefined) return compared;
  }
  if (arithmeticPowers.has(sign.text)) {
    const computed = computedOf(cursor, pair);
    if (computed !== undefined) return computed;
  }
  // What may stand on the left of a sign decides whether the sign or what follows it is out of place.
  const fits = combinesAtAll(lhs, sign.text);
  return cursor.unexpected(fits ? cursor.token : sign);
}

function combinesAtAll(lhs: Operand, sign: string): boolean {
  if (lhs.sort === 'spanset') return sign === '&&' || sign === '||' || structural.has(sign);
  if (lhs.sort === 'metrics') return metricsOps.has(sign);
  return lhs.sort === 'scalar' || lhs.sort === 'constant';
}

const spanOf = ({ lhs, rhs }: Pair): { start: number; end: number } => ({ start: lhs.expr.start, end: rhs.expr.end });

function joinedSpansets(pair: Pair): Operand | undefined {
  const op = pair.sign.text as SpansetExpr['op'];
  if (pair.lhs.sort === 'spanset' && pair.rhs.sort === 'spanset') {
    return { sort: 'spanset', expr: { kind: 'spansets', op, lhs: pair.lhs.expr, rhs: pair.rhs.expr, ...spanOf(pair) } };
  }
  const lhs = spansetSource(pair.lhs);
  const rhs = spansetSource(pair.rhs);
  if (lhs === undefined || rhs === undefined) return undefined;
  return { sort: 'spansets', expr: { kind: 'spansets', op, lhs, rhs, ...spanOf(pair) } };
}

function spansetSource(operand: Operand): SpansetSource | undefined {
  if (operand.sort === 'spanset' || operand.sort === 'spansets') return operand.expr;
  return operand.sort === 'pipeline' && operand.wrapped ? operand.expr : undefined;
}

function comparedScalars(pair: Pair): Operand | undefined {
  const { lhs, rhs } = pair;
  const op = pair.sign.text as ComparisonOp;
  const filter = (a: ScalarExpr, b: ScalarExpr) =>
    ({ kind: 'scalarfilter', op, lhs: a, rhs: b, ...spanOf(pair) }) as const;
  if (lhs.sort === 'scalar' && (rhs.sort === 'scalar' || rhs.sort === 'constant')) {
    return { sort: 'filter', expr: filter(lhs.expr, rhs.expr) };
  }
  if (lhs.sort === 'constant' && rhs.sort === 'scalar') return { sort: 'filter', expr: filter(lhs.expr, rhs.expr) };
  const wholes = lhs.sort === 'scalarpipeline' && lhs.wrapped;
  if (wholes && ((rhs.sort === 'scalarpipeline' && rhs.wrapped) || rhs.sort === 'constant')) {
    return { sort: 'comparison', expr: filter(lhs.expr, rhs.expr) };
  }
  return undefined;
}

function computedOf(cursor: Cursor, pair: Pair): Operand | undefined {
  const { lhs, rhs } = pair;
  const op = pair.sign.text as ArithmeticOp;
  if (lhs.sort === 'constant' && rhs.sort === 'constant') {
    if (op === '%' || op === '^') return undefined;
    return { sort: 'constant', expr: folded(cursor, op, lhs.expr, rhs.expr) };
  }
  if (isScalar(lhs) && isScalar(rhs)) {
    return { sort: 'scalar', expr: { kind: 'scalar', op, lhs: lhs.expr, rhs: rhs.expr, ...spanOf(pair) } };
  }
  if (lhs.sort === 'scalarpipeline' && lhs.wrapped && rhs.sort === 'scalarpipeline' && rhs.wrapped) {
    const expr = { kind: 'scalar', op, lhs: lhs.expr, rhs: rhs.expr, ...spanOf(pair) } as const;
    return { sort: 'scalarpipeline', expr, wrapped: true };
  }
  return metricsOps.has(op) ? computedMetrics(cursor, pair) : undefined;
}

function isScalar(operand: Operand): operand is Operand & { sort: 'scalar' | 'constant' } {
  return operand.sort === 'scalar' || operand.sort === 'constant';
}

function computedMetrics(cursor: Cursor, pair: Pair): Operand | undefined {
  const { lhs, rhs } = pair;
  const op = pair.sign.text as MetricsOp;
  const scaled = (expr: MetricsExpr, by: StaticExpr, valueFirst: boolean): Operand => ({
    sort: 'metrics',
    expr: { kind: 'scaled', op, value: factor(cursor, by), valueFirst, expr, after: [], ...spanOf(pair) },
  });
  if (lhs.sort === 'metrics' && rhs.sort === 'metrics') {
    return { sort: 'metrics', expr: { kind: 'math', op, lhs: lhs.expr, rhs: rhs.expr, after: [], ...spanOf(pair) } };
  }
  if (lhs.sort === 'metrics' && rhs.sort === 'constant') return scaled(lhs.expr, rhs.expr, false);
  if (lhs.sort === 'constant' && rhs.sort === 'metrics') return scaled(rhs.expr, lhs.expr, true);
  return undefined;
}

function factor(cursor: Cursor, { literal, start, end }: StaticExpr): number {
  if (literal.type === 'duration') {
    cursor.fail('duration cannot be used as a scalar operand in metric arithmetic', { start, end });
  }
  return Number(literal.value);
}
