import type { Span } from './ast.ts';
import { TraceqlSyntaxError } from './errors.ts';
import { tokenize } from './lexer.ts';
import { describeToken, type Token } from './tokens.ts';

export interface ParseOptions {
  /** How deep a query may nest (limits.query.depthMax). Default 500. */
  readonly depthMax?: number;
}

/** Walks the tokens. The first thing that does not fit ends it with a TraceqlSyntaxError. */
export class Cursor {
  readonly text: string;
  private readonly tokens: readonly Token[];
  private readonly depthMax: number;
  private index = 0;
  private depth = 0;

  constructor(text: string, { depthMax = 500 }: ParseOptions) {
    this.text = text;
    this.depthMax = depthMax;
    this.tokens = tokenize(text);
  }

  get token(): Token {
    const token = this.tokens[this.index];
    if (token === undefined) throw new Error('the lexer ends every list with `end` or `error`, and neither is taken');
    return token;
  }

  /** The end of the last token taken. */
  get lastEnd(): number {
    return this.tokens[this.index - 1]?.end ?? 0;
  }

  take(): Token {
    const token = this.token;
    if (token.kind === 'end' || token.kind === 'error') this.unexpected();
    this.index++;
    return token;
  }

  isSign(...texts: readonly string[]): boolean {
    const { token } = this;
    return token.kind === 'sign' && texts.includes(token.text);
  }

  isWord(...texts: readonly string[]): boolean {
    const { token } = this;
    return token.kind === 'word' && texts.includes(token.text);
  }

  acceptSign(text: string): Token | undefined {
    return this.isSign(text) ? this.take() : undefined;
  }

  acceptWord(text: string): Token | undefined {
    return this.isWord(text) ? this.take() : undefined;
  }

  expectSign(text: string): Token {
    return this.acceptSign(text) ?? this.unexpected();
  }

  /** A whole number without a sign. */
  expectInteger(): bigint {
    const token = this.take();
    if (token.kind === 'literal' && token.literal.type === 'int') return token.literal.value;
    return this.unexpected(token);
  }

  /** Things between commas, one at least. */
  list<T>(item: () => T): T[] {
    const items = [item()];
    while (this.acceptSign(',')) items.push(item());
    return items;
  }

  /** `(…)` */
  inParens<T>(inside: () => T): T {
    this.expectSign('(');
    const result = this.deeper(inside);
    this.expectSign(')');
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
    if (this.depth <= this.depthMax) return;
    this.fail(`the query nests deeper than limits.query.depthMax (${this.depthMax}); simplify it`, this.token);
  }

  unexpected(token: Token = this.token): never {
    if (token.kind === 'error') this.fail(token.text, token);
    this.fail(`syntax error: unexpected ${describeToken(token)}`, token);
  }

  fail(problem: string, at: Span): never {
    throw new TraceqlSyntaxError(problem, this.text, at);
  }
}
