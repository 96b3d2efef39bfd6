import type { Span } from './ast.ts';

/**
 * What is wrong with a query. The message is what Loki prints. `line` and `column` count from 1; both are 0 where Loki
 * gives no position, and the line alone is 0 where its scanner has lost it (after tokens of two characters).
 */
export class LogqlSyntaxError extends Error {
  readonly problem: string;
  readonly line: number;
  readonly column: number;
  /** Where in the text, when known. */
  readonly span?: Span;

  constructor(problem: string, at: { line: number; column: number; span?: Span } = { line: 0, column: 0 }) {
    const where =
      at.line === 0 && at.column === 0 ? 'parse error :' : `parse error at line ${at.line}, col ${at.column}:`;
    super(`${where} ${problem}`);
    this.name = 'LogqlSyntaxError';
    this.problem = problem;
    this.line = at.line;
    this.column = at.column;
    if (at.span !== undefined) this.span = at.span;
  }
}
