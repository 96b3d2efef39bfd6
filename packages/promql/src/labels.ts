import type { LabelMatcher, MatchKind, VectorSelector } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { unquoteAt } from './literals.ts';
import { goQuote } from './quote.ts';
import { canNameLabel, type Token } from './tokens.ts';

/** Reads `name`, `name{…}` or `{…}`. The cursor stands on the name or the brace. */
export function parseVectorSelector(cursor: Cursor): VectorSelector {
  const start = cursor.token.start;
  const name = cursor.is('{') ? '' : cursor.take().text;
  const matchers = cursor.is('{') ? parseMatchers(cursor) : [];
  if (name !== '') matchers.push({ name: '__name__', kind: '=', value: name });
  return { kind: 'vector', name, matchers, offsetMs: 0, start, end: cursor.lastEnd };
}

function parseMatchers(cursor: Cursor): LabelMatcher[] {
  cursor.expect('{');
  const matchers: LabelMatcher[] = [];
  while (!cursor.accept('}')) {
    matchers.push(parseMatcher(cursor));
    if (cursor.is('}')) continue;
    cursor.expecting('label matching', '"," or "}"', () => cursor.expect(','));
  }
  return matchers;
}

const matchKinds: ReadonlySet<string> = new Set(['=', '!=', '=~', '!~']);

function parseMatcher(cursor: Cursor): LabelMatcher {
  const token = cursor.expecting('label matching', 'identifier or "}"', () =>
    cursor.is('identifier', 'string') ? cursor.take() : cursor.unexpected(),
  );
  const quoted = token.kind === 'string';
  const name = quoted ? unquoteAt(cursor, token) : token.text;
  if (!matchKinds.has(cursor.token.kind)) {
    if (quoted) return { name: '__name__', kind: '=', value: name };
    cursor.expecting('label matching', 'label matching operator', () => cursor.unexpected());
  }
  const kind = cursor.take().kind as MatchKind;
  const literal = cursor.expecting('label matching', 'string', () => cursor.expect('string'));
  const value = unquoteAt(cursor, literal);
  if (kind === '=~' || kind === '!~') checkPattern(cursor, token, literal, value);
  return { name, kind, value };
}

function checkPattern(cursor: Cursor, label: Token, literal: Token, pattern: string): void {
  const problem = cursor.options.patterns?.problemOf(pattern);
  if (problem !== undefined) cursor.report({ start: label.start, end: literal.end }, problem);
}

/** Reads `(label, "quoted label", …)`, as after `by`, `on` and `group_left`. */
export function parseGrouping(cursor: Cursor): string[] {
  cursor.expecting('grouping opts', '"("', () => cursor.expect('('));
  const names: string[] = [];
  while (!cursor.accept(')')) {
    names.push(cursor.expecting('grouping opts', 'label', () => parseGroupingLabel(cursor)));
    if (cursor.is(')')) continue;
    cursor.expecting('grouping opts', '"," or ")"', () => cursor.expect(','));
  }
  return names;
}

function parseGroupingLabel(cursor: Cursor): string {
  if (canNameLabel(cursor.token.kind)) return cursor.take().text;
  const token = cursor.expect('string');
  const name = unquoteAt(cursor, token);
  if (name === '') cursor.report(token, `invalid label name for grouping: ${goQuote(name)}`);
  return name;
}
