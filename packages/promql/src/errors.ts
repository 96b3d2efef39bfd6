import type { Span } from './ast.ts';

/** One thing wrong with a text, where. `line` and `column` count from 1, the column in UTF-8 bytes, as Prometheus does. */
export interface SyntaxProblem extends Span {
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

/** What is wrong with a query. The message is what Prometheus prints: the first problem, with its position. */
export class PromqlSyntaxError extends Error {
  readonly errors: readonly SyntaxProblem[];

  constructor(errors: readonly SyntaxProblem[], query: string) {
    const first = errors[0];
    const where = query === '' ? 'unknown position' : `${first?.line}:${first?.column}`;
    super(`${where}: parse error: ${first?.text ?? 'error contains no error message'}`);
    this.name = 'PromqlSyntaxError';
    this.errors = errors;
  }
}

/** The line and column of an offset, both from 1; the column counts UTF-8 bytes. */
export function positionOf(query: string, offset: number): { line: number; column: number } {
  const before = query.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  let line = 1;
  for (const char of before) if (char === '\n') line++;
  return { line, column: utf8Length(before.slice(lineStart)) + 1 };
}

const encoder = new TextEncoder();

function utf8Length(text: string): number {
  return encoder.encode(text).length;
}
