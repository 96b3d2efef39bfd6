import type {
  AtModifier,
  DurationExpr,
  DurationTerm,
  Expr,
  MatrixSelector,
  SubqueryExpr,
  VectorSelector,
} from './ast.ts';
import type { Cursor } from './cursor.ts';
import { parseDurationTerm, parseOffsetTerm } from './durationexpr.ts';
import { parseNumberLiteral } from './literals.ts';

/** Reads what may follow an operand: ranges, subqueries, `offset`, `@`, `anchored`, `smoothed`. */
export function parsePostfix(cursor: Cursor, operand: Expr): Expr {
  let expr = operand;
  let levels = 0;
  for (;;) {
    const read = postfixes.get(cursor.token.kind);
    if (read === undefined) break;
    cursor.descend(1);
    levels++;
    expr = read(cursor, expr);
  }
  cursor.descend(-levels);
  return expr;
}

const postfixes: ReadonlyMap<string, (cursor: Cursor, expr: Expr) => Expr> = new Map([
  ['[', parseBrackets],
  ['offset', parseOffset],
  ['@', parseAt],
  ['anchored', parseExtended],
  ['smoothed', parseExtended],
]);

function parseBrackets(cursor: Cursor, expr: Expr): Expr {
  const open = cursor.take();
  const wished = 'number, duration, step(), or range()';
  const range = cursor.expecting('subquery or range selector', wished, () => parsePositiveDuration(cursor));
  const close = cursor.accept(']');
  if (close !== undefined) return assembleMatrix(cursor, expr, range, { start: open.start, end: close.end });
  cursor.expecting('subquery or range', '":" or "]"', () => cursor.expect(':'));
  const step = parseSubqueryStep(cursor);
  cursor.expecting('subquery selector', '"]"', () => cursor.expect(']'));
  return {
    kind: 'subquery',
    expr,
    ...rangeOf(range),
    stepMs: step === undefined ? 0 : msOf(step),
    stepExpr: step?.kind === 'duration' ? step : undefined,
    offsetMs: 0,
    start: expr.start,
    end: cursor.lastEnd,
  };
}

function parseSubqueryStep(cursor: Cursor): DurationTerm | undefined {
  if (cursor.is(']')) return undefined;
  const wished = 'number, duration, step(), range(), or "]"';
  return cursor.expecting('subquery selector', wished, () => parsePositiveDuration(cursor));
}

function parsePositiveDuration(cursor: Cursor): DurationTerm {
  const term = parseDurationTerm(cursor);
  if (term.kind === 'number' && term.value <= 0) cursor.report(term, 'duration must be greater than 0');
  return term;
}

function rangeOf(range: DurationTerm): { rangeMs: number; rangeExpr?: DurationExpr } {
  return { rangeMs: msOf(range), rangeExpr: range.kind === 'duration' ? range : undefined };
}

/** Whole milliseconds: Go keeps nanoseconds and cuts them off at every use. */
function msOf(term: DurationTerm): number {
  return term.kind === 'number' ? Math.trunc(Math.round(term.value * 1e9) / 1e6) : 0;
}

function assembleMatrix(
  cursor: Cursor,
  expr: Expr,
  range: DurationTerm,
  brackets: { start: number; end: number },
): Expr {
  if (expr.kind !== 'vector') {
    cursor.report(brackets, 'ranges only allowed for vector selectors');
    return expr;
  }
  if (expr.offsetMs !== 0 || expr.offsetExpr !== undefined) {
    cursor.report(brackets, 'no offset modifiers allowed before range');
  } else if (expr.at !== undefined) {
    cursor.report(brackets, 'no @ modifiers allowed before range');
  }
  return { kind: 'matrix', selector: expr, ...rangeOf(range), start: expr.start, end: brackets.end };
}

function parseOffset(cursor: Cursor, expr: Expr): Expr {
  cursor.take();
  const wished = 'number, duration, step(), or range()';
  const term = cursor.expecting('offset', wished, () => parseOffsetTerm(cursor));
  const target = timedOf(cursor, expr, 'offset modifier');
  if (target === undefined) return expr;
  if (target.offsetMs !== 0 || target.offsetExpr !== undefined) {
    cursor.report(expr, 'offset may not be set multiple times');
  }
  const offsetExpr = term.kind === 'duration' ? term : undefined;
  return withTiming(expr, { offsetMs: msOf(term), offsetExpr }, cursor.lastEnd);
}

function parseAt(cursor: Cursor, expr: Expr): Expr {
  cursor.take();
  const at = cursor.expecting('@', 'timestamp', () => parseAtTime(cursor, expr));
  const target = timedOf(cursor, expr, '@ modifier');
  if (target === undefined) return expr;
  if (target.at !== undefined) {
    cursor.report(expr, '@ <timestamp> may not be set multiple times');
    return expr;
  }
  return withTiming(expr, { at }, cursor.lastEnd);
}

function parseAtTime(cursor: Cursor, expr: Expr): AtModifier {
  if (cursor.is('start', 'end')) {
    const kind = cursor.take().kind === 'start' ? 'start' : 'end';
    cursor.expect('(');
    cursor.expect(')');
    return { kind };
  }
  const sign = cursor.is('+', '-') ? cursor.take().kind : '+';
  if (!cursor.is('number', 'duration')) cursor.unexpected();
  const { value } = parseNumberLiteral(cursor);
  const seconds = sign === '-' ? -value : value;
  if (!(Math.abs(seconds) < 2 ** 63)) {
    cursor.report(expr, `timestamp out of bounds for @ modifier: ${goFixed6(seconds)}`);
  }
  return { kind: 'time', timeMs: roundHalfAway(seconds * 1000) };
}

/** Go's `%f`. */
function goFixed6(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  return Math.abs(value) < 1e21 ? value.toFixed(6) : `${BigInt(value)}.000000`;
}

function roundHalfAway(value: number): number {
  return value < 0 ? -Math.round(-value) : Math.round(value);
}

function parseExtended(cursor: Cursor, expr: Expr): Expr {
  const token = cursor.take();
  const word = token.kind === 'anchored' ? 'anchored' : 'smoothed';
  if (!cursor.options.experimental) {
    cursor.report(expr, `${word} modifier is experimental and not enabled`);
    return expr;
  }
  if (expr.kind === 'subquery') {
    cursor.report(expr, `${word} modifier is not supported for subqueries`);
    return expr;
  }
  if (expr.kind !== 'vector' && expr.kind !== 'matrix') {
    cursor.report(expr, `${word} modifier not implemented`);
    return expr;
  }
  const selector = expr.kind === 'vector' ? expr : expr.selector;
  if (selector.extended !== undefined && selector.extended !== word) {
    cursor.report(expr, 'anchored and smoothed modifiers cannot be used together');
  }
  if (expr.kind === 'vector') return { ...expr, extended: word };
  return { ...expr, selector: { ...selector, extended: word } };
}

type Timed = Pick<VectorSelector, 'offsetMs' | 'offsetExpr' | 'at'>;

/** The part of an expression that `offset` and `@` belong to; reports when there is none. */
function timedOf(cursor: Cursor, expr: Expr, modifier: string): Timed | undefined {
  if (expr.kind === 'vector' || expr.kind === 'subquery') return expr;
  if (expr.kind === 'matrix') return expr.selector;
  const places = 'an instant vector selector or range vector selector or a subquery';
  cursor.report(expr, `${modifier} must be preceded by ${places}`);
  return undefined;
}

function withTiming(expr: Expr, timing: Partial<Timed>, end: number): Expr {
  switch (expr.kind) {
    case 'vector':
      return { ...expr, ...timing, end } satisfies VectorSelector;
    case 'matrix':
      return { ...expr, selector: { ...expr.selector, ...timing }, end } satisfies MatrixSelector;
    case 'subquery':
      return { ...expr, ...timing, end } satisfies SubqueryExpr;
    default:
      return expr;
  }
}
