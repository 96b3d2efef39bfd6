/** What is wrong with a query's text. The message is Tempo's: `parse error at line 1, col 3: …`, both counted from 1. */
export class TraceqlSyntaxError extends Error {
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly column: number;
  readonly problem: string;

  constructor(problem: string, text: string, at: { readonly start: number; readonly end: number }) {
    const { line, column } = positionOf(text, at.start);
    super(`parse error at line ${line}, col ${column}: ${problem}`);
    this.name = 'TraceqlSyntaxError';
    this.problem = problem;
    this.start = at.start;
    this.end = at.end;
    this.line = line;
    this.column = column;
  }
}

function positionOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const lines = before.split('\n');
  return { line: lines.length, column: [...(lines.at(-1) ?? '')].length + 1 };
}

/** A query that reads well and means nothing, or that TraceQL itself does not answer yet. */
export interface QueryProblem {
  readonly kind: 'invalid' | 'unsupported';
  readonly text: string;
  readonly start: number;
  readonly end: number;
}
