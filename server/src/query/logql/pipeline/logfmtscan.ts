import { unquoteLiteral } from '@farol/logql';

const EQUALS = 61;
const QUOTE = 34;
const BACKSLASH = 92;
const BLANK = 32;

/** Reads `key=value` pairs one by one, as go-logfmt does, and goes on behind a bad one. */
export class LogfmtScanner {
  key = '';
  value = '';
  /** The last thing that was wrong with the line; `''` when nothing was. */
  problem = '';
  private line = '';
  private at = 0;

  reset(line: string): void {
    this.line = line;
    this.at = 0;
    this.problem = '';
  }

  get isAtEnd(): boolean {
    return this.at >= this.line.length;
  }

  /** Reads a pair. False at the line's end and for a bad pair. */
  next(): boolean {
    const { line } = this;
    this.key = '';
    this.value = '';
    while (this.at < line.length && line.charCodeAt(this.at) <= BLANK) this.at++;
    if (this.at >= line.length) return false;
    const start = this.at;
    for (; this.at < line.length; this.at++) {
      const code = line.charCodeAt(this.at);
      if (code > QUOTE && code !== EQUALS) continue;
      if (code === QUOTE) return this.skipBad(`unexpected '"'`);
      if (code !== EQUALS && code > BLANK) continue;
      if (code === EQUALS && this.at === start) return this.skipBad(`unexpected '='`);
      this.key = line.slice(start, this.at);
      return code === EQUALS ? this.readValue() : true;
    }
    this.key = line.slice(start);
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
    this.value = line.slice(start, this.at);
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
          this.value = line.slice(start + 1, i);
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
    this.value = value;
    return true;
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
