import type { DurationExpr, DurationTerm, NumberLiteral } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { parseNumberLiteral } from './literals.ts';
import type { Token } from './tokens.ts';

/** Go's time.Duration in seconds. */
const secondsMax = 2 ** 63 / 1e9;
const precedence: ReadonlyMap<string, number> = new Map([
  ['+', 1],
  ['-', 1],
  ['*', 2],
  ['/', 2],
  ['%', 2],
  ['^', 3],
]);
const powerPrecedence = 3;

/** Reads a duration, or arithmetic over durations (experimental), as inside brackets. */
export function parseDurationTerm(cursor: Cursor): DurationTerm {
  return parseOperations(cursor, 0);
}

/**
 * Reads what follows `offset`. A signed literal ends there, so that `foo offset -2^2` is `(foo offset -2)^2`;
 * parentheses open a whole expression.
 */
export function parseOffsetTerm(cursor: Cursor): DurationTerm {
  const next = cursor.is('+', '-') ? cursor.peekKind() : cursor.token.kind;
  if (next !== '(' || cursor.is('+', '-')) return cursor.deeper(() => parseSigned(cursor, powerPrecedence + 1));
  return parseOperations(cursor, 0);
}

function parseOperations(cursor: Cursor, precedenceMin: number): DurationTerm {
  let left = cursor.deeper(() => parseSigned(cursor, powerPrecedence));
  let levels = 0;
  for (;;) {
    const own = precedence.get(cursor.token.kind);
    if (own === undefined || own < precedenceMin) break;
    cursor.descend(1);
    levels++;
    const operator = cursor.take();
    const op = operator.kind as '+' | '-' | '*' | '/' | '%' | '^';
    const right = parseOperations(cursor, op === '^' ? own : own + 1);
    left = combine(cursor, operator, {
      kind: 'duration',
      op,
      left,
      right,
      wrapped: false,
      start: left.start,
      end: right.end,
    });
  }
  cursor.descend(-levels);
  return left;
}

function combine(cursor: Cursor, operator: Token, expr: DurationExpr): DurationTerm {
  requireExperimental(cursor, expr.left ?? expr);
  if (expr.right?.kind === 'number' && expr.right.value === 0) {
    if (expr.op === '/') cursor.report(operator, 'division by zero');
    if (expr.op === '%') cursor.report(operator, 'modulo by zero');
  }
  return expr;
}

function requireExperimental(cursor: Cursor, span: { start: number; end: number }): void {
  if (!cursor.options.experimental) cursor.report(span, 'experimental duration expression is not enabled');
}

function parseSigned(cursor: Cursor, precedenceMin: number): DurationTerm {
  if (!cursor.is('+', '-')) return parseTerm(cursor);
  const sign = cursor.take();
  const term = precedenceMin > powerPrecedence ? parseTerm(cursor) : parseOperations(cursor, precedenceMin);
  if (term.kind === 'number') {
    const value = sign.kind === '-' ? -term.value : term.value;
    return inRange(cursor, { ...term, value, start: sign.start }, sign);
  }
  if (sign.kind === '+') return term;
  return { kind: 'duration', op: '-', right: term, wrapped: false, start: sign.start, end: term.end };
}

function parseTerm(cursor: Cursor): DurationTerm {
  if (cursor.is('number', 'duration')) {
    const literal = parseNumberLiteral(cursor);
    return inRange(cursor, literal, literal);
  }
  const { kind, start } = cursor.token;
  if (kind === '(') return parseWrapped(cursor);
  if (kind !== 'step' && kind !== 'range' && kind !== 'min_of' && kind !== 'max_of') return cursor.unexpected();
  cursor.take();
  cursor.expect('(');
  let sides: Pick<DurationExpr, 'left' | 'right'> = {};
  if (kind === 'min_of' || kind === 'max_of') {
    const left = parseDurationTerm(cursor);
    cursor.expect(',');
    sides = { left, right: parseDurationTerm(cursor) };
  }
  const end = cursor.expect(')').end;
  requireExperimental(cursor, { start, end });
  return { kind: 'duration', op: kind, ...sides, wrapped: false, start, end };
}

function parseWrapped(cursor: Cursor): DurationTerm {
  const open = cursor.take();
  const inner = parseDurationTerm(cursor);
  const { end } = cursor.expect(')');
  requireExperimental(cursor, inner);
  if (inner.kind === 'duration') return { ...inner, wrapped: true };
  return { kind: 'duration', op: '+', right: inner, wrapped: true, start: open.start, end };
}

function inRange(cursor: Cursor, literal: NumberLiteral, span: { start: number; end: number }): NumberLiteral {
  if (Math.abs(literal.value) <= secondsMax) return literal;
  cursor.report(span, 'duration out of range');
  return { ...literal, value: 0 };
}
