import { unquote } from '@farol/promql';

/** The text of a Go string literal, or undefined when it is none. Most have no escape, or only such as JSON has. */
export function unquoteLiteral(literal: string): string | undefined {
  if (!literal.includes('\\')) return literal.slice(1, -1);
  const isJson = literal.startsWith('"') && !/\\\/|\\u[dD]/.test(literal);
  return (isJson ? parsedJson(literal) : undefined) ?? unquote(literal);
}

function parsedJson(literal: string): string | undefined {
  try {
    return JSON.parse(literal);
  } catch {
    // Go has escapes that JSON has not; the slow way knows them.
    return undefined;
  }
}
