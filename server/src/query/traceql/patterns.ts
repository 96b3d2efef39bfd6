import { RE2JS } from 're2js';
import type { Matcher } from './value.ts';

/** TraceQL's patterns: RE2, anchored at both ends, `.` matches newlines. */
const compiled = (pattern: string): RE2JS => RE2JS.compile(`^(?s:${pattern})$`);

/** Why a pattern is not RE2, or undefined when it is. */
export function patternProblem(pattern: string): string | undefined {
  try {
    compiled(pattern);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

export function matcherOf(pattern: string): Matcher {
  const expression = compiled(pattern);
  return (text) => expression.matcher(text).find();
}
