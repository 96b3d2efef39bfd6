import type { LogExpr, LogRange, Unwrap } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { parseSelectorBraces, requireNonEmptyMatcher } from './matchers.ts';
import { parseStages, parseUnwrap } from './stages.ts';

/** Reads `{…}` and its stages, parentheses around it allowed. */
export function parseLog(cursor: Cursor): LogExpr {
  const { start } = cursor.token;
  const matchers = parseSelectorBraces(cursor);
  requireNonEmptyMatcher(cursor, matchers, { start });
  return { kind: 'log', matchers, stages: parseStages(cursor), start, end: cursor.lastEnd };
}

/** A log range whose `[5m]` may still come, after the parenthesis that is open. */
interface Body {
  readonly log: LogExpr;
  readonly unwrap?: Unwrap;
  readonly rangeMs?: number;
  readonly offsetMs?: number;
}

/** Reads `{…} | … | unwrap x [5m] offset 1m`, in any of the orders and parentheses that Loki allows. */
export function parseLogRange(cursor: Cursor, expectedFirst: readonly string[]): LogRange {
  const { start } = cursor.token;
  if (!cursor.is('{', '(')) cursor.unexpected(expectedFirst);
  const { log, unwrap, rangeMs, offsetMs = 0 } = parseBody(cursor);
  if (rangeMs === undefined) return cursor.unexpected();
  return { log, unwrap, rangeMs, offsetMs, start, end: cursor.lastEnd };
}

function parseBody(cursor: Cursor): Body {
  if (cursor.accept('(')) return parseParenthesised(cursor);
  const log = parseLog(cursor);
  const unwrap = parseUnwrap(cursor);
  if (!cursor.is('RANGE')) return { log, unwrap };
  const range = parseRange(cursor);
  if (log.stages.length > 0 || unwrap !== undefined) return { log, unwrap, ...range };
  const stages = parseStages(cursor);
  return { log: { ...log, stages }, unwrap: parseUnwrap(cursor), ...range };
}

function parseParenthesised(cursor: Cursor): Body {
  const inner = cursor.deeper(() => parseBody(cursor));
  cursor.expect(')', []);
  if (inner.rangeMs !== undefined || !cursor.is('RANGE')) return inner;
  const range = parseRange(cursor);
  return { ...inner, unwrap: inner.unwrap ?? parseUnwrap(cursor), ...range };
}

function parseRange(cursor: Cursor): { rangeMs: number; offsetMs: number } {
  const rangeMs = cursor.expect('RANGE').amount ?? 0;
  if (!cursor.accept('offset')) return { rangeMs, offsetMs: 0 };
  return { rangeMs, offsetMs: (cursor.expect('DURATION').amount ?? 0) / 1e6 };
}
