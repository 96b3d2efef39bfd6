import type { Matcher } from '#model';
import { compilePattern } from './patterns.ts';

/** A test for label values. The pattern is one that the parser has accepted. */
export function matcherTest({ kind, value }: Pick<Matcher, 'kind' | 'value'>): (text: string) => boolean {
  if (kind === '=') return (text) => text === value;
  if (kind === '!=') return (text) => text !== value;
  const pattern = compilePattern(value);
  return (text) => pattern.matcher(text).find() === (kind === '=~');
}
