import { goQuote, goQuoteRune } from './quote.ts';
import { type Token, type TokenKind, wordKind } from './tokens.ts';

/**
 * Splits a query into tokens, comments left out. The list ends with `eof`, or with an `error` token that says, in
 * Prometheus' words, why the rest cannot be read.
 */
export function tokenize(text: string): Token[] {
  const lexer = new Lexer(text);
  while (lexer.step()) {
    // Each step appends what it reads.
  }
  return lexer.tokens;
}

const eof = '';
const isSpace = (char: string): boolean => char === ' ' || char === '\t' || char === '\n' || char === '\r';
const isDigit = (char: string): boolean => char >= '0' && char <= '9' && char.length === 1;
const isAlpha = (char: string): boolean => /^[A-Za-z_]$/.test(char);
const isAlphaNumeric = (char: string): boolean => isAlpha(char) || isDigit(char);
const singles: ReadonlySet<string> = new Set([',', '*', '/', '%', '+', '-', '^', '@']);
const durationWords: ReadonlySet<string> = new Set(['step', 'range', 'max_of', 'min_of']);

class Lexer {
  readonly tokens: Token[] = [];
  private readonly text: string;
  private at = 0;
  private start = 0;
  private parenDepth = 0;
  private inBraces = false;
  private inBrackets = false;
  /** Right after `[`, and until a number has been read, the text is a duration expression. */
  private inDuration = false;
  private gotColon = false;
  private gotDuration = false;

  constructor(text: string) {
    this.text = text;
  }

  /** Reads one token or one run of blanks. False when there is no more to read. */
  step(): boolean {
    this.start = this.at;
    if (this.inDuration) return this.durationStep();
    if (this.peek() === '#') return this.comment();
    return this.inBraces ? this.braceStep() : this.statementStep();
  }

  private statementStep(): boolean {
    const char = this.next();
    if (char === eof) return this.end();
    if (isSpace(char)) return this.blanks();
    if (singles.has(char)) return this.emit(char as TokenKind);
    if (isDigit(char) || (char === '.' && isDigit(this.peek()))) return this.numberOrDuration();
    if (isAlpha(char) || char === ':') return this.inBrackets ? this.wordInBrackets(char) : this.word();
    switch (char) {
      case '=':
        if (this.peek() === '~') return this.fail(`unexpected character after '=': '~'`);
        return this.emit(this.accept('=') ? '==' : '=');
      case '!': {
        const after = this.next();
        return after === '=' ? this.emit('!=') : this.fail(`unexpected character after '!': ${quoteRune(after)}`);
      }
      case '<':
      case '>':
        return this.emit(this.accept('=') ? `${char}=` : this.accept('/') ? `${char}/` : char);
      case '"':
      case "'":
      case '`':
        return this.quoted(char);
      case '(':
        this.parenDepth++;
        return this.emit('(');
      case ')':
        return this.closeParen();
      case '{':
        this.inBraces = true;
        return this.emit('{');
      case '[':
        return this.openBracket();
      case ']':
        if (!this.inBrackets) return this.fail(`unexpected right bracket ']'`);
        this.inBrackets = false;
        return this.emit(']');
      default:
        return this.fail(`unexpected character: ${quoteRune(char)}`);
    }
  }

  private end(): boolean {
    if (this.parenDepth !== 0) return this.fail('unclosed left parenthesis');
    if (this.inBrackets) return this.fail('unclosed left bracket');
    this.emit('eof');
    return false;
  }

  private closeParen(): boolean {
    this.parenDepth--;
    if (this.parenDepth >= 0) return this.emit(')');
    this.start = this.at;
    return this.fail(`unexpected right parenthesis ')'`);
  }

  private openBracket(): boolean {
    if (this.inBrackets) return this.fail(`unexpected left bracket '['`);
    this.inBrackets = true;
    this.inDuration = true;
    this.gotColon = false;
    return this.emit('[');
  }

  private wordInBrackets(char: string): boolean {
    if (char === ':') {
      if (this.gotColon) return this.fail(`unexpected colon ':'`);
      this.gotColon = true;
      return this.emit(':');
    }
    if (isDurationWordStart(char) && this.durationWord()) return true;
    return this.fail(`unexpected character: ${quoteRune(char)}, expected ':'`);
  }

  private braceStep(): boolean {
    const char = this.next();
    if (char === eof) return this.fail('unexpected end of input inside braces');
    if (isSpace(char)) return this.blanks();
    if (isAlpha(char)) {
      while (isAlphaNumeric(this.peek())) this.next();
      return this.emit('identifier');
    }
    switch (char) {
      case ',':
        return this.emit(',');
      case '"':
      case "'":
      case '`':
        return this.quoted(char);
      case '=':
        return this.emit(this.accept('~') ? '=~' : '=');
      case '!': {
        const after = this.next();
        if (after === '~' || after === '=') return this.emit(`!${after}`);
        return this.fail(`unexpected character after '!' inside braces: ${quoteRune(after)}`);
      }
      case '{':
        return this.fail(`unexpected left brace '{'`);
      case '}':
        this.inBraces = false;
        return this.emit('}');
      default:
        return this.fail(`unexpected character inside braces: ${quoteRune(char)}`);
    }
  }

  private durationStep(): boolean {
    const char = this.next();
    if (char === eof) return this.fail('unexpected end of input in duration expression');
    if (isSpace(char)) return this.blanks();
    if (isDigit(char) || (char === '.' && isDigit(this.peek()))) {
      this.gotDuration = true;
      this.inDuration = false;
      return this.numberOrDuration();
    }
    if (isDurationWordStart(char)) {
      return this.durationWord() || this.fail(`unexpected character in duration expression: ${quoteRune(char)}`);
    }
    switch (char) {
      case ']':
        this.inBrackets = false;
        this.inDuration = false;
        return this.emit(']');
      case ':':
        return this.durationColon();
      case '(':
        this.parenDepth++;
        return this.emit('(');
      case ')':
        return this.closeParen();
      case '+':
      case '-':
      case '*':
      case '/':
      case '%':
      case '^':
      case ',':
        return this.emit(char);
      default:
        return this.fail(`unexpected character in duration expression: ${quoteRune(char)}`);
    }
  }

  private durationColon(): boolean {
    this.start = this.at;
    if (!this.gotDuration) return this.fail('unexpected colon before duration in duration expression');
    if (this.gotColon) return this.fail('unexpected repeated colon in duration expression');
    this.start = this.at - 1;
    this.gotColon = true;
    return this.emit(':');
  }

  private durationWord(): boolean {
    while (isAlpha(this.peek())) this.next();
    const word = this.text.slice(this.start, this.at).toLowerCase();
    return durationWords.has(word) && this.emit(word as TokenKind);
  }

  private word(): boolean {
    while (isAlphaNumeric(this.peek()) || this.peek() === ':') this.next();
    const kind = wordKind(this.text.slice(this.start, this.at));
    // `fill` and its sisters are keywords only where a value follows, so that older queries keep their metric names.
    if (kind.startsWith('fill') && !this.parenFollows()) return this.emit('identifier');
    return this.emit(kind);
  }

  private parenFollows(): boolean {
    let at = this.at;
    while (isSpace(this.text[at] ?? eof)) at++;
    return this.text[at] === '(';
  }

  private numberOrDuration(): boolean {
    this.at = this.start;
    if (this.scanNumber()) return this.emit('number');
    if (this.scanDurationRest()) return this.emit('duration');
    return this.fail(`bad number or duration syntax: ${goQuote(this.text.slice(this.start, this.at))}`);
  }

  /** After the digits of a duration: its unit, then any number of counts with units, then no word character. */
  private scanDurationRest(): boolean {
    if (!this.acceptOf('smhdwy')) return false;
    this.accept('s');
    while (this.acceptOf('0123456789')) {
      while (this.acceptOf('0123456789')) {
        // All digits.
      }
      if (!this.acceptOf('smhdw')) return false;
      this.accept('s');
    }
    if (!isAlphaNumeric(this.peek())) return true;
    this.next();
    return false;
  }

  /** Accepts what looks like a number; whether it is one is the parser's question. */
  private scanNumber(): boolean {
    const first = this.at;
    let digits = '0123456789';
    if (this.accept('0') && this.acceptOf('xX')) {
      this.accept('_');
      digits = '0123456789abcdefABCDEF';
    }
    this.accept('.');
    this.acceptOf(digits);
    let sawDot = false;
    let sawExponent = false;
    while (this.peek() !== eof && `${digits}._eE`.includes(this.peek())) {
      if (this.peek() === '.' && sawDot) return this.consumeAndReject();
      if ('eE'.includes(this.peek()) && sawExponent) return this.consumeAndReject();
      if (this.accept('.')) {
        sawDot = true;
        if (this.acceptOf('_.') || digits.length > 10) return false;
      } else if (this.acceptOf('eE')) {
        // Hexadecimal digits come here too: `e` is both, as in Prometheus.
        sawExponent = true;
        this.acceptOf('+-');
        if (this.acceptOf('._eE') || this.peek() === eof) return false;
      } else if (this.accept('_')) {
        if (this.acceptOf('._eE') || this.peek() === eof) return false;
      } else {
        while (this.acceptOf(digits)) {
          // All digits.
        }
      }
    }
    return this.at > first && !isAlphaNumeric(this.peek());
  }

  private consumeAndReject(): false {
    this.next();
    return false;
  }

  private quoted(quote: string): boolean {
    const raw = quote === '`';
    for (;;) {
      const char = this.next();
      if (char === quote) return this.emit('string');
      if (char === eof) return this.fail(raw ? 'unterminated raw string' : 'unterminated quoted string');
      if (char === '\ufffd') return this.fail('invalid UTF-8 rune');
      if (raw) continue;
      if (char === '\n') return this.fail('unterminated quoted string');
      if (char === '\\') {
        const problem = this.escapeProblem(quote);
        if (problem !== undefined) return this.fail(problem);
      }
    }
  }

  private escapeProblem(quote: string): string | undefined {
    const char = this.next();
    if (char === eof) return 'escape sequence not terminated';
    if (char === quote || 'abfnrtv\\'.includes(char)) return undefined;
    if (/^[0-7]$/.test(char)) {
      this.at--;
      return this.digitsProblem({ count: 3, base: 8, codeMax: 255 });
    }
    if (char === 'x') return this.digitsProblem({ count: 2, base: 16, codeMax: 255 });
    if (char === 'u') return this.digitsProblem({ count: 4, base: 16, codeMax: 0x10ffff });
    if (char === 'U') return this.digitsProblem({ count: 8, base: 16, codeMax: 0x10ffff });
    return `unknown escape sequence ${unicodeName(char)}`;
  }

  private digitsProblem({
    count,
    base,
    codeMax,
  }: {
    count: number;
    base: 8 | 16;
    codeMax: number;
  }): string | undefined {
    let code = 0;
    for (let i = 0; i < count; i++) {
      const char = this.next();
      if (char === eof) return 'escape sequence not terminated';
      const digit = /^[0-9a-fA-F]$/.test(char) ? Number.parseInt(char, 16) : 16;
      if (digit >= base) return `illegal character ${unicodeName(char)} in escape sequence`;
      code = code * base + digit;
    }
    const isSurrogate = code >= 0xd800 && code < 0xe000;
    return code > codeMax || isSurrogate ? 'escape sequence is an invalid Unicode code point' : undefined;
  }

  private comment(): boolean {
    while (this.peek() !== eof && this.peek() !== '\n' && this.peek() !== '\r') this.next();
    return true;
  }

  private blanks(): boolean {
    while (isSpace(this.peek())) this.next();
    return true;
  }

  private peek(): string {
    const code = this.text.codePointAt(this.at);
    return code === undefined ? eof : String.fromCodePoint(code);
  }

  private next(): string {
    const char = this.peek();
    this.at += char.length;
    return char;
  }

  private accept(char: string): boolean {
    if (this.peek() !== char) return false;
    this.next();
    return true;
  }

  private acceptOf(chars: string): boolean {
    const char = this.peek();
    return char !== eof && chars.includes(char) && this.accept(char);
  }

  private emit(kind: TokenKind): true {
    this.tokens.push({ kind, text: this.text.slice(this.start, this.at), start: this.start, end: this.at });
    return true;
  }

  private fail(text: string): false {
    this.tokens.push({ kind: 'error', text, start: this.start, end: this.text.length });
    return false;
  }
}

function isDurationWordStart(char: string): boolean {
  return 'srmSRM'.includes(char) && char.length === 1;
}

/** `%q` of a rune; Go prints its end-of-input marker (-1) as U+FFFD. */
function quoteRune(char: string): string {
  return goQuoteRune(char === eof ? '\ufffd' : char);
}

/** `%#U`: the code point and, when it prints, the character. */
function unicodeName(char: string): string {
  const code = (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `U+${code} '${char}'`;
}
