import type { CompareOp, LabelFilter } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { parseGoFloat } from './gonumber.ts';
import { parseMatcherRest } from './matchers.ts';

/**
 * Reads `a="b" and (c > 5 or d=ip("…")), e <= 1KB`. `and` binds tighter than `or`; a comma, or nothing at all, is an
 * `and` whose right side is all that follows, as Loki's grammar has it.
 */
export function parseLabelFilter(cursor: Cursor, precedenceMin = 0): LabelFilter {
  let left = cursor.deeper(() => parseOperand(cursor));
  for (;;) {
    if (cursor.is('or')) {
      if (precedenceMin > 1) return left;
      cursor.take();
      left = { kind: 'or', left, right: parseLabelFilter(cursor, 2) };
    } else if (cursor.is('and')) {
      if (precedenceMin > 2) return left;
      cursor.take();
      left = { kind: 'and', left, right: parseLabelFilter(cursor, 3) };
    } else if (cursor.is(',', 'IDENTIFIER', '(')) {
      cursor.accept(',');
      left = { kind: 'and', left, right: parseLabelFilter(cursor) };
    } else {
      return left;
    }
  }
}

function parseOperand(cursor: Cursor): LabelFilter {
  if (cursor.accept('(')) {
    const inner = parseLabelFilter(cursor);
    cursor.expect(')', []);
    return inner;
  }
  const name = cursor.expect('IDENTIFIER', ['IDENTIFIER', '(']).text;
  if (cursor.is('=~', '!~')) return { kind: 'match', matcher: parseMatcherRest(cursor, name) };
  if (!cursor.is('=', '!=')) return parseComparison(cursor, name);
  if (cursor.peekKind() === 'STRING') return { kind: 'match', matcher: parseMatcherRest(cursor, name) };
  if (cursor.peekKind() !== 'ip') return parseComparison(cursor, name);
  const op = cursor.take().kind as '=' | '!=';
  return { kind: 'ip', name, op, pattern: parseIpCall(cursor) };
}

/** Reads `ip("…")`. */
export function parseIpCall(cursor: Cursor): string {
  cursor.expect('ip');
  cursor.expect('(');
  const pattern = cursor.expect('STRING').text;
  cursor.expect(')');
  return pattern;
}

const comparisons = ['=', '==', '!=', '>', '>=', '<', '<='];

function parseComparison(cursor: Cursor, name: string): LabelFilter {
  if (!cursor.is(...comparisons)) cursor.unexpected();
  const { kind } = cursor.take();
  const op = (kind === '=' ? '==' : kind) as CompareOp;
  if (cursor.is('DURATION')) return { kind: 'duration', name, op, value: cursor.take().amount ?? 0 };
  if (cursor.is('BYTES')) return { kind: 'bytes', name, op, value: cursor.take().amount ?? 0 };
  if (!cursor.is('NUMBER', '+', '-')) cursor.unexpected();
  return { kind: 'number', name, op, value: parseSignedNumber(cursor) };
}

/** Reads a number with at most one sign. */
export function parseSignedNumber(cursor: Cursor): number {
  const sign = cursor.accept('-') === undefined ? 1 : -1;
  if (sign === 1) cursor.accept('+');
  const token = cursor.expect('NUMBER');
  const value = parseGoFloat(token.text);
  if (typeof value === 'number') return sign * value;
  cursor.report(`unable to parse literal as a float: ${value.problem}`, token);
  return 0;
}
