/** Whether a label's value passes a matcher. Patterns are RE2, anchored at both ends; `.` also matches a newline. */
import { RE2JS } from 're2js';
import { type Matcher, Refusal } from '#model';

export interface ValueTest {
  /** The values that pass, when the matcher names them one by one. */
  readonly values?: readonly string[];
  test(value: string): boolean;
}

/** Questions that are asked again bring the same matchers, and to compile a pattern takes longer than many an answer. */
const known = new WeakMap<Matcher, ValueTest>();

export function valueTest(matcher: Matcher): ValueTest {
  const test = known.get(matcher) ?? newTest(matcher);
  known.set(matcher, test);
  return test;
}

function newTest(matcher: Matcher): ValueTest {
  const { kind, value } = matcher;
  if (kind === '=') return { values: [value], test: (text) => text === value };
  if (kind === '!=') return { test: (text) => text !== value };
  const positive = patternTest(matcher);
  return kind === '=~' ? positive : { test: (text) => !positive.test(text) };
}

/** Patterns that people write most need no regular expression at all, and many need it for few values only. */
function patternTest(matcher: Matcher): ValueTest {
  const pattern = matcher.value;
  if (pattern === '.*') return { test: () => true };
  if (pattern === '.+') return { test: (text) => text !== '' };
  const words = pattern.split('|');
  if (words.every(isLiteral)) return oneOf(words);
  const start = literalStart(pattern);
  const rest = pattern.slice(start.length);
  if (rest === '.*') return { test: (text) => text.startsWith(start) };
  if (rest === '.+') return { test: (text) => text.length > start.length && text.startsWith(start) };
  const regex = compile(matcher);
  return { test: (text) => text.startsWith(start) && regex.matches(text) };
}

function oneOf(words: readonly string[]): ValueTest {
  const set = new Set(words);
  return { values: [...set], test: (text) => set.has(text) };
}

/** Letters, digits and signs that mean only themselves in RE2. */
const isLiteral = (text: string): boolean => /^[^\\.+*?()|[\]{}^$]*$/s.test(text);

/** What every match begins with: the literals that no repetition follows, where there is no choice. */
function literalStart(pattern: string): string {
  if (pattern.includes('|')) return '';
  const literals = /^[^\\.+*?()|[\]{}^$]*/s.exec(pattern)?.[0] ?? '';
  return /^[*?{+]/.test(pattern.slice(literals.length)) ? withoutLast(literals) : literals;
}

/** Without the last character, which may be two code units. */
const withoutLast = (text: string): string => [...text].slice(0, -1).join('');

function compile({ name, kind, value }: Matcher): RE2JS {
  try {
    return RE2JS.compile(value, RE2JS.DOTALL);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Refusal(`the pattern of ${name}${kind}${JSON.stringify(value)} is not valid RE2: ${why}`, {
      code: 'BAD_REQUEST',
      cause,
    });
  }
}
