/** Go's string quoting, which Prometheus' texts are written in. */

const shortEscapes: ReadonlyMap<string, string> = new Map([
  ['\u0007', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
  ['\\', '\\\\'],
]);

/** `%q` of a string (Go's strconv.Quote). */
export function goQuote(text: string): string {
  return quoteWith(text, '"');
}

/** `%q` of a character (Go's strconv.QuoteRune). */
export function goQuoteRune(char: string): string {
  return quoteWith(char, "'");
}

function quoteWith(text: string, quote: string): string {
  let out = quote;
  for (const char of text) {
    if (char === quote) out += `\\${quote}`;
    else out += shortEscapes.get(char) ?? (isPrintable(char) ? char : numericEscape(char));
  }
  return out + quote;
}

const unprintable = /^[\p{C}\p{Z}]$/u;

function isPrintable(char: string): boolean {
  return char === ' ' || !unprintable.test(char);
}

function numericEscape(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  if (code >= 0xdc80 && code <= 0xdcff) return `\\x${(code - 0xdc00).toString(16)}`;
  if (code >= 0xd800 && code <= 0xdfff) return '\ufffd';
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, '0')}`;
  if (code < 0x10000) return `\\u${code.toString(16).padStart(4, '0')}`;
  return `\\U${code.toString(16).padStart(8, '0')}`;
}

const simpleEscapes: ReadonlyMap<string, number> = new Map([
  ['a', 7],
  ['b', 8],
  ['f', 12],
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['v', 11],
  ['\\', 92],
]);

/**
 * The string a PromQL literal stands for: "…" and '…' with Go's escapes, `…` raw. Undefined when the text is no
 * literal. Byte escapes (`\x80`, `\377`) that do not add up to UTF-8 become lone surrogates, which goQuote knows.
 */
export function unquote(literal: string): string | undefined {
  const quote = literal[0];
  if (literal.length < 2 || quote !== literal.at(-1)) return undefined;
  const body = literal.slice(1, -1);
  if (quote === '`') return body.includes('`') ? undefined : body;
  if (quote !== '"' && quote !== "'") return undefined;
  if (body.includes('\n')) return undefined;
  if (!body.includes('\\')) return body.includes(quote) ? undefined : body;
  return decodeEscapes(body, quote);
}

function decodeEscapes(body: string, quote: string): string | undefined {
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  let at = 0;
  while (at < body.length) {
    const char = String.fromCodePoint(body.codePointAt(at) ?? 0);
    if (char === quote) return undefined;
    if (char !== '\\') {
      bytes.push(...encoder.encode(char));
      at += char.length;
      continue;
    }
    const escaped = readEscape(body, at + 1, quote);
    if (escaped === undefined) return undefined;
    if (escaped.isByte) bytes.push(escaped.code);
    else bytes.push(...encoder.encode(String.fromCodePoint(escaped.code)));
    at = escaped.next;
  }
  return textOf(new Uint8Array(bytes));
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of UTF-8 bytes. A byte that belongs to no character becomes a lone surrogate, U+DC00 + byte. */
function textOf(bytes: Uint8Array): string {
  const whole = decoded(bytes);
  if (whole !== undefined) return whole;
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const length = [1, 2, 3, 4].find((count) => decoded(bytes.subarray(at, at + count)) !== undefined);
    text +=
      length === undefined ? String.fromCharCode(0xdc00 + (bytes[at] ?? 0)) : decoded(bytes.subarray(at, at + length));
    at += length ?? 1;
  }
  return text;
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes);
  } catch {
    // The decoder's only way to say that these bytes are not UTF-8.
    return undefined;
  }
}

function readEscape(
  body: string,
  at: number,
  quote: string,
): { code: number; isByte: boolean; next: number } | undefined {
  const char = body[at];
  if (char === undefined) return undefined;
  const simple = char === quote ? quote.charCodeAt(0) : simpleEscapes.get(char);
  if (simple !== undefined) return { code: simple, isByte: true, next: at + 1 };
  const digits = char === 'x' ? 2 : char === 'u' ? 4 : char === 'U' ? 8 : 0;
  if (digits > 0) {
    const hex = body.slice(at + 1, at + 1 + digits);
    if (hex.length < digits || !/^[0-9a-fA-F]+$/.test(hex)) return undefined;
    const code = Number.parseInt(hex, 16);
    if (code > 0x10ffff) return undefined;
    return { code, isByte: char === 'x', next: at + 1 + digits };
  }
  const octal = body.slice(at, at + 3);
  if (!/^[0-7]{3}$/.test(octal)) return undefined;
  const code = Number.parseInt(octal, 8);
  return code > 255 ? undefined : { code, isByte: true, next: at + 3 };
}
