import type { Span } from './ast.ts';
import { LogqlSyntaxError } from './errors.ts';
import { tokenize } from './lexer.ts';
import type { Token, TokenKind } from './tokens.ts';

/** RE2, handed in by whoever has it. */
export interface PatternSupport {
  /** Why the pattern is not RE2, or undefined when it is. */
  problemOf(pattern: string): string | undefined;
  /** Whether the pattern, anchored at both ends, matches the empty string. */
  matchesEmpty(pattern: string): boolean;
}

export interface ParseOptions {
  /** How deep an expression may nest (limits.query.depthMax). Default 500. */
  readonly depthMax?: number;
  /** Checks patterns. Without it, patterns are taken as they are. */
  readonly patterns?: PatternSupport;
}

/** Walks the tokens. A token that fits nowhere ends the walk; what is wrong in meaning is kept until the end. */
export class Cursor {
  readonly text: string;
  readonly options: ParseOptions;
  private readonly tokens: readonly Token[];
  private index = 0;
  private depth = 0;
  private meaningless: LogqlSyntaxError | undefined;

  constructor(text: string, options: ParseOptions) {
    this.text = text;
    this.options = options;
    this.tokens = tokenize(text);
  }

  get token(): Token {
    const token = this.tokens[this.index];
    if (token === undefined) throw new Error('the lexer ends every list with $end or error, and neither is consumed');
    return token;
  }

  /** The end of the last token taken. */
  get lastEnd(): number {
    return this.tokens[this.index - 1]?.end ?? 0;
  }

  is(...kinds: readonly TokenKind[]): boolean {
    return kinds.includes(this.token.kind);
  }

  peekKind(): TokenKind | undefined {
    return this.tokens[this.index + 1]?.kind;
  }

  take(): Token {
    const { token } = this;
    if (token.kind === 'error' || token.kind === '$end') this.unexpected();
    this.index++;
    return token;
  }

  accept(kind: TokenKind): Token | undefined {
    return this.token.kind === kind ? this.take() : undefined;
  }

  /** Takes a token of this kind. `expected` is Loki's list of what may stand here, in its order. */
  expect(kind: TokenKind, expected: readonly string[] = [kind]): Token {
    return this.accept(kind) ?? this.unexpected(expected);
  }

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
    throw new LogqlSyntaxError(`the expression nests deeper than limits.query.depthMax (${depthMax}); simplify it`);
  }

  /** Gives up: the current token fits nowhere. */
  unexpected(expected: readonly string[] = []): never {
    const { token } = this;
    if (token.kind === 'error') throw this.errorAt(token, token.text);
    const wish = expected.length === 0 ? '' : `, expecting ${expected.join(' or ')}`;
    throw this.errorAt(token, `syntax error: unexpected ${token.kind}${wish}`);
  }

  /** Notes what no position explains. The first one is thrown, unless the text turns out to be no LogQL at all. */
  report(problem: string, span: Span): void {
    this.meaningless ??= new LogqlSyntaxError(problem, { line: 0, column: 0, span });
  }

  finish(): void {
    if (!this.is('$end')) this.unexpected();
    if (this.meaningless !== undefined) throw this.meaningless;
  }

  private errorAt(token: Token, problem: string): LogqlSyntaxError {
    const before = this.text.slice(0, token.start);
    const lineStart = before.lastIndexOf('\n') + 1;
    const line = token.hasLine ? before.split('\n').length : 0;
    const column = [...before.slice(lineStart)].length + 1;
    return new LogqlSyntaxError(problem, { line, column, span: { start: token.start, end: token.end } });
  }
}
