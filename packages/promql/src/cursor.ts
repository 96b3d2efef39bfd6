import type { Span } from './ast.ts';
import { PromqlSyntaxError, positionOf, type SyntaxProblem } from './errors.ts';
import { tokenize } from './lexer.ts';
import { describeToken, type Token, type TokenKind } from './tokens.ts';

export interface ParseOptions {
  /** Accepts experimental functions, aggregations and syntax. Default false. */
  readonly experimental?: boolean;
  /** How deep an expression may nest (limits.query.depthMax). Default 500. */
  readonly depthMax?: number;
  /** Checks patterns. Without it, patterns are taken as they are. */
  readonly patterns?: PatternSupport;
}

/** RE2, handed in by whoever has it. */
export interface PatternSupport {
  /** Why the pattern is not RE2, or undefined when it is. */
  problemOf(pattern: string): string | undefined;
  /** Whether the pattern, anchored at both ends, matches the empty string. */
  matchesEmpty(pattern: string): boolean;
}

const problemsMax = 20;

/** What an unexpected token is reported against: the innermost construct that says what it expects. */
interface Expectation {
  readonly context: string;
  readonly expected: string;
}

/** Walks the tokens and collects problems. The first problem is the one people see. */
export class Cursor {
  readonly text: string;
  readonly options: ParseOptions;
  readonly problems: SyntaxProblem[] = [];
  private readonly tokens: readonly Token[];
  private index = 0;
  private depth = 0;
  private expectation: Expectation = { context: '', expected: '' };

  constructor(text: string, options: ParseOptions) {
    this.text = text;
    this.options = options;
    this.tokens = tokenize(text);
  }

  get token(): Token {
    const token = this.tokens[this.index];
    if (token === undefined) throw new Error('the lexer ends every list with eof or error, and neither is consumed');
    return token;
  }

  /** The end of the last token taken. */
  get lastEnd(): number {
    return this.tokens[this.index - 1]?.end ?? 0;
  }

  is(...kinds: readonly TokenKind[]): boolean {
    return kinds.includes(this.token.kind);
  }

  /** The kind of the token after the current one. */
  peekKind(): TokenKind | undefined {
    return this.tokens[this.index + 1]?.kind;
  }

  take(): Token {
    const token = this.token;
    if (token.kind === 'error' || token.kind === 'eof') this.unexpected();
    this.index++;
    return token;
  }

  accept(kind: TokenKind): Token | undefined {
    return this.token.kind === kind ? this.take() : undefined;
  }

  expect(kind: TokenKind): Token {
    return this.accept(kind) ?? this.unexpected();
  }

  /** Runs `read`; an unexpected token inside is reported against this expectation, unless a narrower one applies. */
  expecting<T>(context: string, expected: string, read: () => T): T {
    const outer = this.expectation;
    this.expectation = { context, expected };
    const result = read();
    this.expectation = outer;
    return result;
  }

  /** Runs `read` one level deeper, and gives up past the limit. */
  deeper<T>(read: () => T): T {
    this.descend(1);
    const result = read();
    this.descend(-1);
    return result;
  }

  /** Counts levels that do not recurse while parsing but do in the tree (chains of operators). */
  descend(levels: number): void {
    this.depth += levels;
    const depthMax = this.options.depthMax ?? 500;
    if (this.depth <= depthMax) return;
    this.fail(this.token, `the expression nests deeper than limits.query.depthMax (${depthMax}); simplify it`);
  }

  /** Gives up: the current token fits nowhere. */
  unexpected(): never {
    const token = this.token;
    if (token.kind === 'error') this.fail(token, token.text);
    const { context, expected } = this.expectation;
    const where = context === '' ? '' : ` in ${context}`;
    const wish = expected === '' ? '' : `, expected ${expected}`;
    this.fail(token, `unexpected ${describeToken(token)}${where}${wish}`);
  }

  fail(span: Span, text: string): never {
    this.report(span, text);
    this.giveUp();
  }

  /** Notes a problem and goes on, unless there are so many already that more would help nobody. */
  report(span: Span, text: string): void {
    if (this.problems.length === problemsMax) this.giveUp();
    this.problems.push({ text, start: span.start, end: span.end, ...positionOf(this.text, span.start) });
  }

  giveUp(): never {
    throw new PromqlSyntaxError(this.problems, this.text);
  }
}
