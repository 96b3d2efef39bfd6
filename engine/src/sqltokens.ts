/**
 * ClickHouse SQL as tokens, by the rules of its own lexer (src/Parsers/Lexer.cpp): nested comments, `//` and `#` comments,
 * backslash and doubled quotes, here-documents. Works on demand, so that the data behind an INSERT is never looked at.
 */
import { failure } from './failure.ts';

export interface Token {
  /** `quoted` is an identifier in backticks or double quotes; `other` is what this lexer does not know. */
  readonly kind: 'space' | 'comment' | 'word' | 'quoted' | 'string' | 'number' | 'mark' | 'other';
  readonly start: number;
  readonly end: number;
}

const space = /[ \t\n\r\f\v]+/y;
const word = /[A-Za-z_$][A-Za-z0-9_$]*/y;
const number = /(?:[0-9][0-9A-Za-z_$]*(?:\.[0-9A-Za-z_]*)?|\.[0-9][0-9A-Za-z_]*)/y;
const exponentSign = /(?<=[eEpP])[+-][0-9]+/y;
const afterDot = /[0-9A-Za-z_$]+/y;
const mark = /[()[\]{},;.+\-*/=!<>?^:|@%&~]/y;
const quotedBits = /[xXbB]'[0-9a-fA-F]*'/y;

export function* tokensOf(text: string, start = 0): Generator<Token> {
  let at = start;
  let last = '';
  while (at < text.length) {
    const token = tokenAt(text, at, last);
    yield token;
    at = token.end;
    if (token.kind === 'space' || token.kind === 'comment') continue;
    last = token.kind === 'mark' ? text.slice(token.start, token.end) : token.kind;
  }
}

/** The tokens that mean something. */
export function* wordsOf(text: string, start = 0): Generator<Token> {
  for (const token of tokensOf(text, start)) if (token.kind !== 'space' && token.kind !== 'comment') yield token;
}

function tokenAt(text: string, at: number, last: string): Token {
  const head = text.charAt(at);
  const two = text.slice(at, at + 2);
  if (two === '--' || two === '//' || two === '# ' || two === '#!') return lineComment(text, at);
  if (two === '/*') return blockComment(text, at);
  if (head === "'") return quote(text, at, 'string');
  if (head === '"' || head === '`') return quote(text, at, 'quoted');
  if (head === '$') {
    const document = hereDocument(text, at);
    if (document) return document;
  }
  // After a dot only a plain integer may follow (`tuple.1.2`), so the number rule must not swallow the second dot.
  if (last === '.' && /[0-9]/.test(head)) return match(text, at, afterDot, 'number') ?? other(at);
  // `t.1` is an access, ` .1` is a number.
  if (head === '.' && /^(?:word|quoted|number|\)|\])$/.test(last)) return { kind: 'mark', start: at, end: at + 1 };
  return (
    match(text, at, space, 'space') ??
    match(text, at, quotedBits, 'string') ??
    match(text, at, word, 'word') ??
    numberAt(text, at) ??
    match(text, at, mark, 'mark') ??
    other(at)
  );
}

function match(text: string, at: number, pattern: RegExp, kind: Token['kind']): Token | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? { kind, start: at, end: pattern.lastIndex } : undefined;
}

function other(at: number): Token {
  return { kind: 'other', start: at, end: at + 1 };
}

function numberAt(text: string, at: number): Token | undefined {
  const digits = match(text, at, number, 'number');
  return digits && { ...digits, end: match(text, digits.end, exponentSign, 'number')?.end ?? digits.end };
}

function lineComment(text: string, at: number): Token {
  const end = text.indexOf('\n', at);
  return { kind: 'comment', start: at, end: end < 0 ? text.length : end };
}

function blockComment(text: string, at: number): Token {
  let depth = 1;
  let end = at + 2;
  while (depth > 0) {
    if (end >= text.length) throw failure('SYNTAX_ERROR', 'Syntax error: a multi-line comment is not closed');
    const two = text.slice(end, end + 2);
    if (two === '/*') depth++;
    if (two === '*/') depth--;
    end += two === '/*' || two === '*/' ? 2 : 1;
  }
  return { kind: 'comment', start: at, end };
}

function quote(text: string, at: number, kind: 'string' | 'quoted'): Token {
  const mark = text.charAt(at);
  for (let end = at + 1; end < text.length; end++) {
    if (text[end] === '\\') end++;
    else if (text[end] === mark && text[end + 1] === mark) end++;
    else if (text[end] === mark) return { kind, start: at, end: end + 1 };
  }
  throw failure('SYNTAX_ERROR', `Syntax error: a quote (${mark}) is not closed`);
}

function hereDocument(text: string, at: number): Token | undefined {
  const tagEnd = text.indexOf('$', at + 1) + 1;
  if (tagEnd === 0) return undefined;
  const tag = text.slice(at, tagEnd);
  const end = text.indexOf(tag, tagEnd);
  return end < 0 ? undefined : { kind: 'string', start: at, end: end + tag.length };
}

/** What stands between the quotes of a `quoted` or `string` token, unescaped. */
export function insideQuotes(quoted: string): string {
  const mark = quoted.charAt(0);
  return unescapeText(quoted.slice(1, -1).replaceAll(mark + mark, `\\${mark}`));
}

const escapes: Record<string, string> = {
  ...{ a: '\x07', b: '\b', e: '\x1b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', 0: '\0', N: '' },
  ...{ '\\': '\\', "'": "'", '"': '"', '`': '`', '/': '/', '=': '=' },
};

/** ClickHouse's escape sequences (src/IO/ReadHelpers.cpp); an unknown one keeps its backslash, as `\%` must for LIKE. */
export function unescapeText(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\(x[0-9a-fA-F]{2}|[\s\S])/g, (whole, code: string) =>
    code.length === 3 ? String.fromCharCode(Number.parseInt(code.slice(1), 16)) : (escapes[code] ?? whole),
  );
}
