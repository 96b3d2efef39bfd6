import type { LabelMatcher, MatchKind } from './ast.ts';
import type { Cursor } from './cursor.ts';

const matchKinds = ['=', '=~', '!~', '!='];

/** Reads `{a="b", …}`. The cursor stands on the brace. */
export function parseSelectorBraces(cursor: Cursor): LabelMatcher[] {
  cursor.expect('{');
  const matchers: LabelMatcher[] = [];
  if (cursor.accept('}')) return matchers;
  for (;;) {
    const name = cursor.expect('IDENTIFIER', matchers.length === 0 ? ['IDENTIFIER', '}'] : ['IDENTIFIER']).text;
    if (!cursor.is(...matchKinds)) cursor.unexpected(matchKinds);
    matchers.push(parseMatcherRest(cursor, name));
    if (cursor.accept('}')) return matchers;
    cursor.expect(',', ['}', ',']);
  }
}

/** Reads the operator and the value after a label's name. */
export function parseMatcherRest(cursor: Cursor, name: string): LabelMatcher {
  const kind = cursor.take().kind as MatchKind;
  const literal = cursor.expect('STRING');
  if (kind === '=~' || kind === '!~') {
    const problem = cursor.options.patterns?.problemOf(literal.text);
    if (problem !== undefined) cursor.report(problem, literal);
  }
  return { name, kind, value: literal.text };
}

const atLeastOne =
  'queries require at least one regexp or equality matcher that does not have an empty-compatible value. ' +
  'For instance, app=~".*" does not meet this requirement, but app=~".+" will';

/** Reports a selector that would touch every stream there is. */
export function requireNonEmptyMatcher(
  cursor: Cursor,
  matchers: readonly LabelMatcher[],
  span: { start: number },
): void {
  const { patterns } = cursor.options;
  const matchesEmpty = ({ kind, value }: LabelMatcher): boolean => {
    if (kind === '=') return value === '';
    if (kind === '!=') return value !== '';
    return patterns !== undefined && patterns.matchesEmpty(value) === (kind === '=~');
  };
  if (matchers.every(matchesEmpty)) cursor.report(atLeastOne, { start: span.start, end: cursor.lastEnd });
}
