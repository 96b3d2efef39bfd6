import { unquote } from '@farol/promql';
import type { AttributeScope, IntrinsicName } from './ast.ts';
import { parseDurationNs } from './duration.ts';
import { attributeScopes, scopedIntrinsics, shortIntrinsics, signs, type Token, wordLiterals } from './tokens.ts';

/** The text as tokens; the last is `end`, or `error` where reading had to stop. */
export function tokenize(text: string): Token[] {
  const lexer = new Lexer(text);
  while (lexer.step()) {
    // Each step takes one token.
  }
  return lexer.tokens;
}

class Lexer {
  readonly tokens: Token[] = [];
  private readonly text: string;
  private at = 0;
  private start = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** False when there is nothing more to take. */
  step(): boolean {
    this.skipBlanks();
    this.start = this.at;
    const char = this.text[this.at];
    if (char === undefined) return this.push({ kind: 'end', ...this.span() }) && false;
    if (char === '"' || char === '`') return this.string(char);
    if (isDigit(char) || (char === '.' && isDigit(this.text[this.at + 1]))) return this.number();
    if (char === '.') return this.attribute({ skip: 1, parent: false });
    if (wordStart.test(char)) return this.word();
    const sign = signs.find((candidate) => this.text.startsWith(candidate, this.at));
    if (sign === undefined) return this.fail('syntax error: unexpected IDENTIFIER', 1);
    this.at += sign.length;
    return this.push({ kind: 'sign', text: sign, ...this.span() });
  }

  /** Spaces, and comments as Go has them. */
  private skipBlanks(): void {
    for (;;) {
      const length = blank.exec(this.text.slice(this.at, this.at + blankWindow))?.[0].length ?? 0;
      if (length > 0) this.at += length;
      else if (this.text.startsWith('//', this.at)) this.at = endOf(this.text, '\n', this.at);
      else if (this.text.startsWith('/*', this.at)) this.at = endOf(this.text, '*/', this.at + 2);
      else return;
    }
  }

  private string(quote: string): boolean {
    let end = this.at + 1;
    while (end < this.text.length && this.text[end] !== quote) {
      if (quote === '"' && this.text[end] === '\n') break;
      end += quote === '"' && this.text[end] === '\\' ? 2 : 1;
    }
    if (this.text[end] !== quote) return this.fail('literal not terminated', this.text.length - this.at);
    this.at = end + 1;
    const written = this.text.slice(this.start, this.at);
    const value = unquote(written);
    if (value === undefined) return this.fail('invalid syntax', 0);
    return this.push({ kind: 'literal', literal: { type: 'string', value }, text: written, ...this.span() });
  }

  private number(): boolean {
    const digits = numberForm.exec(this.text.slice(this.at, this.at + numberCharsMax))?.[0] ?? '';
    const tail = durationTail.exec(this.text.slice(this.at + digits.length, this.at + numberCharsMax))?.[0] ?? '';
    const ns = tail === '' ? undefined : parseDurationNs(digits + tail);
    this.at += digits.length + (ns === undefined ? 0 : tail.length);
    const text = this.text.slice(this.start, this.at);
    if (ns !== undefined)
      return this.push({ kind: 'literal', literal: { type: 'duration', value: ns }, text, ...this.span() });
    if (/[.eE]/.test(digits)) {
      return this.push({ kind: 'literal', literal: { type: 'float', value: Number(digits) }, text, ...this.span() });
    }
    const value = BigInt(digits);
    if (value > 2n ** 63n - 1n) return this.fail(`strconv.Atoi: parsing "${digits}": value out of range`, 0);
    return this.push({ kind: 'literal', literal: { type: 'int', value }, text, ...this.span() });
  }

  private word(): boolean {
    const word = this.identifierAt(this.at);
    const next = this.text[this.at + word.length];
    if (next === '.' && word === 'parent') return this.attribute({ skip: word.length + 1, parent: true });
    if (next === '.' && attributeScopes.has(word)) {
      return this.attribute({ skip: word.length + 1, parent: false, scope: word as AttributeScope });
    }
    if (next === ':' && word !== '') return this.scopedIntrinsic(word);
    this.at += word.length;
    const text = word;
    const literal = wordLiterals.get(word);
    if (literal !== undefined) return this.push({ kind: 'literal', literal, text, ...this.span() });
    const intrinsic = shortIntrinsics.get(word);
    if (intrinsic !== undefined) return this.push({ kind: 'intrinsic', name: intrinsic, text, ...this.span() });
    return this.push({ kind: 'word', text, ...this.span() });
  }

  private scopedIntrinsic(scope: string): boolean {
    const field = this.identifierAt(this.at + scope.length + 1);
    const name = `${scope}:${field}`;
    if (!scopedIntrinsics.has(name)) return this.fail(`syntax error: unexpected ${field || ':'}`, name.length);
    this.at += name.length;
    return this.push({ kind: 'intrinsic', name: name as IntrinsicName, text: name, ...this.span() });
  }

  private identifierAt(at: number): string {
    let end = at;
    while (end < this.text.length && wordPart.test(this.text[end] ?? '')) end++;
    return this.text.slice(at, end);
  }

  /** After `parent.`, a scope may follow once more. */
  private attribute(about: { skip: number; parent: boolean; scope?: AttributeScope }): boolean {
    this.at += about.skip;
    let scope = about.scope;
    if (about.parent) {
      const further = ['span.', 'resource.'].find((prefix) => this.text.startsWith(prefix, this.at));
      if (further !== undefined) {
        scope = further.slice(0, -1) as AttributeScope;
        this.at += further.length;
      }
    }
    const name = this.attributeName();
    if (name === undefined) return false;
    if (name === '' && this.text[this.at - 1] !== '"') return this.fail('syntax error: unexpected END_ATTRIBUTE', 0);
    return this.push({ kind: 'attribute', name, parent: about.parent, ...(scope && { scope }), ...this.span() });
  }

  /** Anything up to a sign or a space; what is quoted may hold those, too. */
  private attributeName(): string | undefined {
    let name = '';
    for (let char = this.text[this.at]; char !== undefined; char = this.text[this.at]) {
      if (char === '"') {
        const quoted = this.quotedPart();
        if (quoted === undefined) return undefined;
        name += quoted;
      } else if (attributeEnd.test(char)) break;
      else {
        name += char;
        this.at++;
      }
    }
    return name;
  }

  private quotedPart(): string | undefined {
    let part = '';
    this.at++;
    for (let char = this.text[this.at]; char !== undefined; char = this.text[this.at]) {
      this.at++;
      if (char === '"') return part;
      if (char !== '\\') {
        part += char;
        continue;
      }
      const escaped = this.text[this.at++];
      if (escaped !== '"' && escaped !== '\\') {
        this.fail('invalid escape sequence', 0);
        return undefined;
      }
      part += escaped;
    }
    this.fail('unexpected EOF, expecting "', 0);
    return undefined;
  }

  private span(): { start: number; end: number } {
    return { start: this.start, end: this.at };
  }

  private push(token: Token): true {
    this.tokens.push(token);
    return true;
  }

  private fail(text: string, length: number): false {
    this.tokens.push({ kind: 'error', text, start: this.start, end: Math.max(this.at, this.start + length) });
    return false;
  }
}

/** Numbers and blanks are looked for in a window, so that a text of a megabyte is not copied for each. */
const numberCharsMax = 400;
const blankWindow = 64;
const blank = /^\s+/;
const numberForm = /^(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/;
const durationTail = /^[\dnsumhµμdwy.]+/;
const wordStart = /[\p{L}_]/u;
const wordPart = /[\p{L}\p{Nd}_]/u;
const attributeEnd = /[\s{}()=~!<>&|^,]/;

function isDigit(char: string | undefined): boolean {
  return char !== undefined && char >= '0' && char <= '9';
}

function endOf(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  return at < 0 ? text.length : at + mark.length;
}
