import type { PatternSupport } from '@farol/promql';
import { RE2JS } from 're2js';

/** Prometheus' patterns: RE2, `.` matches newlines, anchored at both ends. */
export function compilePattern(pattern: string): RE2JS {
  return RE2JS.compile(`^(?s:${pattern})$`);
}

export const re2Patterns: PatternSupport = {
  problemOf(pattern) {
    try {
      compilePattern(pattern);
      return undefined;
    } catch (error) {
      return goProblem(error, pattern);
    }
  },
  matchesEmpty(pattern) {
    try {
      return compilePattern(pattern).matcher('').find();
    } catch {
      // An invalid pattern is reported by problemOf; whether it matches is nobody's question any more.
      return false;
    }
  },
};

function goProblem(error: unknown, pattern: string): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.startsWith('error parsing regexp') ? text : `error parsing regexp: ${text}: \`${pattern}\``;
}
