import type { NumberLiteral } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { durationProblem, parseDurationMs } from './duration.ts';
import { parseNumber } from './number.ts';
import { goQuote, unquote } from './quote.ts';
import type { Token } from './tokens.ts';

/** Reads a number or a duration (as seconds). The cursor stands on one. */
export function parseNumberLiteral(cursor: Cursor): NumberLiteral {
  const token = cursor.take();
  const span = { start: token.start, end: token.end };
  if (token.kind === 'duration') {
    const ms = parseDurationMs(token.text);
    if (ms === undefined) cursor.report(token, durationProblem(token.text));
    return { kind: 'number', value: (ms ?? 0) / 1000, duration: true, ...span };
  }
  const number = parseNumber(token.text);
  if (typeof number === 'number') return { kind: 'number', value: number, duration: false, ...span };
  cursor.report(token, `error parsing number: ${number.problem}`);
  return { kind: 'number', value: 0, duration: false, ...span };
}

export function unquoteAt(cursor: Cursor, token: Token): string {
  const value = unquote(token.text);
  if (value === undefined) {
    cursor.report(token, `error unquoting string ${goQuote(token.text)}: invalid syntax`);
  }
  return value ?? '';
}
