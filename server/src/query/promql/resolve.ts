import type { DurationExpr, DurationTerm, Expr, NumberLiteral, VectorSelector } from '@farol/promql';
import { failed } from './failures.ts';

/** What `start()`, `end()`, `range()` and `step()` mean in a query. */
export interface QueryTimes {
  readonly startMs: number;
  readonly endMs: number;
  /** 0 for an instant query. */
  readonly stepMs: number;
}

/** The expression with its functions of the query's own times, and its duration expressions, replaced by numbers. */
export function resolveTimes(expr: Expr, times: QueryTimes): Expr {
  const inner = (child: Expr): Expr => resolveTimes(child, times);
  switch (expr.kind) {
    case 'call': {
      const value = timeOf(expr.func.name, times);
      if (value === undefined) return { ...expr, args: expr.args.map(inner) };
      return { kind: 'number', value, duration: false, start: expr.start, end: expr.end } satisfies NumberLiteral;
    }
    case 'aggregate':
      return { ...expr, expr: inner(expr.expr), param: expr.param && inner(expr.param) };
    case 'binary':
      return { ...expr, left: inner(expr.left), right: inner(expr.right) };
    case 'paren':
    case 'unary':
      return { ...expr, expr: inner(expr.expr) };
    case 'vector':
      return withOffset(expr, times);
    case 'matrix': {
      const rangeMs = positive(expr.rangeMs, expr.rangeExpr, times);
      return { ...expr, selector: withOffset(expr.selector, times), rangeMs };
    }
    case 'subquery': {
      const offsetMs = expr.offsetExpr === undefined ? expr.offsetMs : msOf(expr.offsetExpr, times);
      const stepMs = positive(expr.stepMs, expr.stepExpr, times);
      return {
        ...expr,
        expr: inner(expr.expr),
        rangeMs: positive(expr.rangeMs, expr.rangeExpr, times),
        stepMs,
        offsetMs,
      };
    }
    case 'number':
    case 'string':
      return expr;
  }
}

function timeOf(name: string, { startMs, endMs, stepMs }: QueryTimes): number | undefined {
  switch (name) {
    case 'start':
      return startMs / 1000;
    case 'end':
      return endMs / 1000;
    case 'range':
      return (endMs - startMs) / 1000;
    case 'step':
      return startMs === endMs ? 0 : stepMs / 1000;
    default:
      return undefined;
  }
}

function withOffset(expr: VectorSelector, times: QueryTimes): VectorSelector {
  return expr.offsetExpr === undefined ? expr : { ...expr, offsetMs: msOf(expr.offsetExpr, times) };
}

function positive(ms: number, expr: DurationExpr | undefined, times: QueryTimes): number {
  if (expr === undefined) return ms;
  const value = msOf(expr, times);
  if (value <= 0) throw failed(`${expr.start}:${expr.end}: duration must be greater than 0`);
  return value;
}

/** Go's time.Duration, in seconds. */
const secondsMax = 2 ** 63 / 1e9;

function msOf(expr: DurationExpr, times: QueryTimes): number {
  const seconds = secondsOf(expr, times);
  const where = `${expr.start}:${expr.end}`;
  if (!Number.isFinite(seconds)) throw failed(`${where}: duration is NaN or infinite`);
  if (Math.abs(seconds) > secondsMax) throw failed(`${where}: duration is out of range`);
  return Math.trunc(seconds * 1000);
}

function secondsOf(term: DurationTerm, times: QueryTimes): number {
  if (term.kind === 'number') return term.value;
  const left = term.left === undefined ? 0 : secondsOf(term.left, times);
  const right = term.right === undefined ? 0 : secondsOf(term.right, times);
  const where = `${term.start}:${term.end}`;
  switch (term.op) {
    case 'step':
      return times.stepMs / 1000;
    case 'range':
      return (times.endMs - times.startMs) / 1000;
    case 'min_of':
      return Math.min(left, right);
    case 'max_of':
      return Math.max(left, right);
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      if (right === 0) throw failed(`${where}: division by zero`);
      return left / right;
    case '%':
      if (right === 0) throw failed(`${where}: modulo by zero`);
      return left % right;
    case '^':
      return left ** right;
  }
}
