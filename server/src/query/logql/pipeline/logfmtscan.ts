import { unquoteLiteral } from '@farol/logql';

const EQUALS = 61;
const QUOTE = 34;
const BACKSLASH = 92;
const BLANK = 32;

/** Past so many pairs their keys are no longer expected. */
const expectedMax = 64;

/**
 * Reads `key=value` pairs one by one, as go-logfmt does, and goes on behind a bad one. Lines of one shape have their keys
 * in the same places: the key that stood there last is known without cutting it out.
 */
export class LogfmtScanner {
  /** The last thing that was wrong with the line; `''` when nothing was. */
  problem = '';
  private line = '';
  private at = 0;
  private count = 0;
  private knownKey: string | undefined;
  private keyStart = 0;
  private keyEnd = 0;
  private unescaped: string | undefined;
  /** The bounds of a value without escapes. */
  private start = 0;
  private end = 0;
  /** Keys with their signs of equality, and without; by place. */
  private readonly heads: string[] = [];
  private readonly keys: string[] = [];

  reset(line: string): void {
    this.line = line;
    this.at = 0;
    this.count = 0;
    this.problem = '';
  }

  /** Keys and values are cut out of the line when they are asked for. */
  get key(): string {
    return this.knownKey ?? this.line.slice(this.keyStart, this.keyEnd);
  }

  get value(): string {
    return this.unescaped ?? this.line.slice(this.start, this.end);
  }

  get hasValue(): boolean {
    return this.unescaped === undefined ? this.start < this.end : this.unescaped !== '';
  }

  get isAtEnd(): boolean {
    return this.at >= this.line.length;
  }

  /** Reads a pair. False at the line's end and for a bad pair. */
  next(): boolean {
    const { line } = this;
    this.clear();
    while (this.at < line.length && line.charCodeAt(this.at) <= BLANK) this.at++;
    if (this.at >= line.length) return false;
    const start = this.at;
    const place = this.count++;
    const head = this.heads[place];
    if (head !== undefined && line.startsWith(head, start)) {
      this.knownKey = this.keys[place];
      this.at += head.length - 1;
      return this.readValue();
    }
    for (; this.at < line.length; this.at++) {
      const code = line.charCodeAt(this.at);
      if (code > QUOTE && code !== EQUALS) continue;
      if (code === QUOTE) return this.skipBad(`unexpected '"'`);
      if (code !== EQUALS && code > BLANK) continue;
      if (code === EQUALS && this.at === start) return this.skipBad(`unexpected '='`);
      this.keyStart = start;
      this.keyEnd = this.at;
      if (code !== EQUALS) return true;
      if (place < expectedMax) {
        this.knownKey = line.slice(start, this.at);
        this.keys[place] = this.knownKey;
        this.heads[place] = line.slice(start, this.at + 1);
      }
      return this.readValue();
    }
    this.keyStart = start;
    this.keyEnd = line.length;
    return true;
  }

  private readValue(): boolean {
    const { line } = this;
    this.at++;
    const start = this.at;
    if (start >= line.length) return true;
    if (line.charCodeAt(start) === QUOTE) return this.readQuoted();
    for (; this.at < line.length; this.at++) {
      const code = line.charCodeAt(this.at);
      if (code <= BLANK) break;
      if (code === EQUALS) return this.skipBad(`unexpected '='`);
      if (code === QUOTE) return this.skipBad(`unexpected '"'`);
    }
    this.start = start;
    this.end = this.at;
    return true;
  }

  private readQuoted(): boolean {
    const { line } = this;
    const start = this.at;
    let hasEscapes = false;
    for (let i = start + 1; i < line.length; i++) {
      const code = line.charCodeAt(i);
      if (code === BACKSLASH) {
        hasEscapes = true;
        i++;
      } else if (code === QUOTE) {
        this.at = i + 1;
        if (!hasEscapes) {
          this.start = start + 1;
          this.end = i;
          return true;
        }
        return this.unquoted(line.slice(start, i + 1));
      }
    }
    this.at = line.length;
    return this.bad('unterminated quoted value');
  }

  private unquoted(literal: string): boolean {
    // JSON's escapes, which Go's string literals have too but for `\/`.
    const value = unquoteLiteral(literal.replaceAll('\\/', '/'));
    if (value === undefined) return this.bad('invalid quoted value');
    this.unescaped = value;
    return true;
  }

  private clear(): void {
    this.knownKey = undefined;
    this.keyStart = 0;
    this.keyEnd = 0;
    this.unescaped = undefined;
    this.start = 0;
    this.end = 0;
  }

  private skipBad(problem: string): false {
    this.bad(problem);
    while (this.at < this.line.length && this.line.charCodeAt(this.at) > BLANK) this.at++;
    return false;
  }

  private bad(problem: string): false {
    this.problem = `logfmt syntax error at pos ${this.at + 1} : ${problem}`;
    return false;
  }
}
