/** Whether a label's value passes a matcher. Patterns are RE2, anchored at both ends; `.` also matches a newline. */
import { RE2JS } from 're2js';
import { type Matcher, Refusal } from '#model';

export interface ValueTest {
  /** The values that pass, when the matcher names them one by one. */
  readonly values?: readonly string[];
  test(value: string): boolean;
}

export function valueTest(matcher: Matcher): ValueTest {
  const { kind, value } = matcher;
  if (kind === '=') return { values: [value], test: (text) => text === value };
  if (kind === '!=') return { test: (text) => text !== value };
  const positive = patternTest(matcher);
  return kind === '=~' ? positive : { test: (text) => !positive.test(text) };
}

/** Patterns that people write most need no regular expression at all. */
function patternTest(matcher: Matcher): ValueTest {
  const pattern = matcher.value;
  if (pattern === '.*') return { test: () => true };
  if (pattern === '.+') return { test: (text) => text !== '' };
  const words = pattern.split('|');
  if (words.every(isLiteral)) return oneOf(words);
  if (pattern.endsWith('.*') && isLiteral(pattern.slice(0, -2))) {
    const start = pattern.slice(0, -2);
    return { test: (text) => text.startsWith(start) };
  }
  if (pattern.endsWith('.+') && isLiteral(pattern.slice(0, -2))) {
    const start = pattern.slice(0, -2);
    return { test: (text) => text.length > start.length && text.startsWith(start) };
  }
  return regexTest(matcher);
}

function oneOf(words: readonly string[]): ValueTest {
  const set = new Set(words);
  return { values: [...set], test: (text) => set.has(text) };
}

/** Letters, digits and signs that mean only themselves in RE2. */
const isLiteral = (text: string): boolean => /^[^\\.+*?()|[\]{}^$]*$/s.test(text);

/** Answers are kept for this many values of a label, so that a hostile label set cannot fill the memory. */
const answersMax = 100_000;

function regexTest(matcher: Matcher): ValueTest {
  const regex = compile(matcher);
  const answers = new Map<string, boolean>();
  return {
    test(text) {
      const known = answers.get(text);
      if (known !== undefined) return known;
      const answer = regex.matches(text);
      if (answers.size < answersMax) answers.set(text, answer);
      return answer;
    },
  };
}

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
