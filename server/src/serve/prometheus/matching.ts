/** Label matchers applied to values at hand; patterns are RE2, anchored at both ends. */
import { RE2JS } from 're2js';
import { type Labels, labelValue, type Matcher } from '#model';

export function matcherTest({ kind, value }: Matcher): (text: string) => boolean {
  if (kind === '=') return (text) => text === value;
  if (kind === '!=') return (text) => text !== value;
  const pattern = RE2JS.compile(value, RE2JS.DOTALL);
  return kind === '=~' ? (text) => pattern.matches(text) : (text) => !pattern.matches(text);
}

/** Whether a label set has what every matcher asks for; an absent label has the value `''`. */
export function labelsTest(matchers: readonly Matcher[]): (labels: Labels) => boolean {
  const tests = matchers.map((matcher) => ({ name: matcher.name, holds: matcherTest(matcher) }));
  return (labels) => tests.every(({ name, holds }) => holds(labelValue(labels, name)));
}
