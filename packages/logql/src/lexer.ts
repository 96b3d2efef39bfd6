import { durationProblem, parseDurationMs } from '@farol/promql';
import { parseByteSize } from './bytesize.ts';
import { parseGoDuration } from './goduration.ts';
import { unquoteLiteral } from './literal.ts';
import { functionKinds, keywords, pairs, parserFlags, singles, type Token, type TokenKind } from './tokens.ts';

/**
 * Splits a query into tokens, comments left out. The list ends with `$end`, or with an `error` token that says, in
 * Loki's words, why the rest cannot be read.
 */
export function tokenize(text: string): Token[] {
  const lexer = new Lexer(text);
  while (lexer.step()) {
    // Each step appends what it reads.
  }
  return lexer.tokens;
}

// Go's numbers: an optional fraction and exponent, or a base prefix.
const number = /0[xX][0-9a-fA-F_]*\.?[0-9a-fA-F_]*([pP][+-]?\d+)?|0[bBoO]\d+|(\d[\d_]*\.?\d*|\.\d+)([eE][+-]?\d+)?/y;
const word = /[\p{L}_][\p{L}\p{Nd}_]*/uy;
const durationTail = /[\p{N}nuµmshdwy.]+/uy;
const sizeTail = /[\p{N}BikKMGTP.]+/uy;
const flag = /--[\p{L}-]*/uy;
const callAhead = /\s*(\(|(by|without)\s*\()/iy;
const skipped = /(\s+|#[^\n]*|\/\/[^\n]*)+/y;
const blockComment = /\/\*[\s\S]*?\*\//y;

class Lexer {
  readonly tokens: Token[] = [];
  private readonly text: string;
  private readonly commentsEnd: number;
  private at = 0;
  private start = 0;

  constructor(text: string) {
    this.text = text;
    this.commentsEnd = text.lastIndexOf('*/');
  }

  /** Reads one token. False when there is no more to read. */
  step(): boolean {
    this.skip();
    this.start = this.at;
    if (this.at >= this.text.length) {
      this.emit('$end');
      return false;
    }
    const char = this.text[this.at] ?? '';
    const digits = this.ahead(number);
    if (digits !== '') return this.amount(digits);
    const name = this.ahead(word);
    if (name !== '') return this.word(name);
    if (char === '"' || char === '`') return this.string(char);
    if (char === '[') return this.range();
    if (char === '-') return this.minus();
    return this.operator(char);
  }

  private skip(): void {
    for (;;) {
      const before = this.at;
      this.at += this.ahead(skipped).length;
      // Looked for only where one can end, so that a query of openings is not searched from each of them.
      if (this.at < this.commentsEnd) this.at += this.ahead(blockComment).length;
      if (this.at === before) return;
    }
  }

  private operator(char: string): boolean {
    const pair = this.text.slice(this.at, this.at + 2);
    if (pairs.has(pair)) {
      this.at += 2;
      return this.emit(pair, { hasLine: false });
    }
    this.at += char.length;
    return this.emit(singles.has(char) ? char : 'IDENTIFIER');
  }

  private word(name: string): boolean {
    this.at += name.length;
    const lower = name.toLowerCase();
    const kind = functionKinds.get(lower);
    if (kind !== undefined) return this.emit(this.ahead(callAhead) === '' ? 'IDENTIFIER' : kind);
    return this.emit(keywords.has(lower) ? lower : 'IDENTIFIER');
  }

  /** A number, or with a unit right behind it a duration or a size. */
  private amount(digits: string): boolean {
    this.at += digits.length;
    const duration = `${digits}${this.ahead(durationTail)}`;
    const ns = duration === digits ? undefined : durationNs(duration);
    if (ns !== undefined) return this.amountToken('DURATION', duration, ns);
    const size = `${digits}${this.ahead(sizeTail)}`;
    const bytes = size === digits ? undefined : parseByteSize(size);
    if (typeof bytes === 'number') return this.amountToken('BYTES', size, bytes);
    return this.emit('NUMBER');
  }

  private amountToken(kind: TokenKind, text: string, amount: number): boolean {
    this.at = this.start + text.length;
    return this.emit(kind, { amount, hasLine: false });
  }

  private minus(): boolean {
    const option = this.ahead(flag);
    if (parserFlags.has(option)) {
      this.at += option.length;
      return this.emit('PARSER_FLAG', { hasLine: false });
    }
    this.at++;
    const duration = `-${this.ahead(durationTail)}`;
    const ns = duration === '-' ? undefined : durationNs(duration);
    return ns === undefined ? this.emit('-') : this.amountToken('DURATION', duration, ns);
  }

  private string(quote: string): boolean {
    const end = this.endOfString(quote);
    if (end === undefined) return this.fail('literal not terminated', true);
    this.at = end;
    const value = unquoteLiteral(this.text.slice(this.start, end));
    return value === undefined ? this.fail('invalid syntax', true) : this.emit('STRING', { text: value });
  }

  private endOfString(quote: string): number | undefined {
    for (let i = this.at + 1; i < this.text.length; i++) {
      const char = this.text[i];
      if (char === quote) return i + 1;
      if (quote === '`') continue;
      if (char === '\n') return undefined;
      if (char === '\\') i++;
    }
    return undefined;
  }

  private range(): boolean {
    const close = this.text.indexOf(']', this.at);
    if (close < 0) return this.fail("missing closing ']' in duration", false);
    const inner = this.text.slice(this.at + 1, close);
    const ms = parseDurationMs(inner);
    if (ms === undefined) return this.fail(durationProblem(inner), false);
    this.at = close + 1;
    return this.emit('RANGE', { text: inner, amount: ms, hasLine: false });
  }

  private ahead(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    return pattern.exec(this.text)?.[0] ?? '';
  }

  private emit(kind: TokenKind, extra: Partial<Token> = {}): true {
    const written = this.text.slice(this.start, this.at);
    this.tokens.push({ kind, text: written, start: this.start, end: this.at, hasLine: true, ...extra });
    return true;
  }

  private fail(text: string, hasLine: boolean): false {
    this.tokens.push({ kind: 'error', text, start: this.start, end: this.text.length, hasLine });
    return false;
  }
}

/** Prometheus' durations first, then Go's, as Loki does. */
function durationNs(text: string): number | undefined {
  const ms = parseDurationMs(text);
  if (ms !== undefined) return ms * 1e6;
  const ns = parseGoDuration(text);
  return typeof ns === 'number' ? ns : undefined;
}
