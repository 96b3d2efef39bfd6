/** The label text of Loki's protobuf form: `{job="a", level="b"}`, with Go's string escapes. */
import { Refusal } from '#model';

/** Pairs in arrival order. Refuses anything that is not a plain list of `name="value"`. */
export function parseStreamLabels(text: string): [string, string][] {
  const pairs: [string, string][] = [];
  let at = skipSpace(text, 0);
  if (text[at] !== '{') throw broken(text, at, 'expected "{"');
  at = skipSpace(text, at + 1);
  while (text[at] !== '}') {
    const name = nameAt(text, at);
    at = skipSpace(text, at + name.length);
    if (text[at] !== '=') throw broken(text, at, 'expected "="');
    at = skipSpace(text, at + 1);
    const { value, end } = quotedAt(text, at);
    pairs.push([name, value]);
    at = skipSpace(text, end);
    if (text[at] === ',') at = skipSpace(text, at + 1);
    else if (text[at] !== '}') throw broken(text, at, 'expected "," or "}"');
  }
  if (skipSpace(text, at + 1) !== text.length) throw broken(text, at + 1, 'nothing may follow "}"');
  return pairs;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ' || text[at] === '\t' || text[at] === '\n') at++;
  return at;
}

function nameAt(text: string, at: number): string {
  let end = at;
  while (end < text.length && isNameChar(text.charCodeAt(end), end === at)) end++;
  if (end === at) throw broken(text, at, 'expected a label name');
  return text.slice(at, end);
}

function isNameChar(code: number, isFirst: boolean): boolean {
  const isLetter = (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
  return isLetter || (!isFirst && code >= 48 && code <= 57);
}

function quotedAt(text: string, at: number): { value: string; end: number } {
  const quote = text[at];
  if (quote === '`') {
    const end = text.indexOf('`', at + 1);
    if (end < 0) throw broken(text, at, 'a string has no end');
    return { value: text.slice(at + 1, end), end: end + 1 };
  }
  if (quote !== '"') throw broken(text, at, 'expected a quoted value');
  let value = '';
  for (let i = at + 1; i < text.length; i++) {
    const char = text[i] as string;
    if (char === '"') return { value, end: i + 1 };
    if (char !== '\\') value += char;
    else {
      const unescaped = escapeAt(text, i + 1);
      value += unescaped.value;
      i = unescaped.end - 1;
    }
  }
  throw broken(text, at, 'a string has no end');
}

const simple: ReadonlyMap<string, string> = new Map([
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
  ['\\', '\\'],
  ['"', '"'],
  ["'", "'"],
]);

const hexLengths: ReadonlyMap<string, number> = new Map([
  ['x', 2],
  ['u', 4],
  ['U', 8],
]);

function escapeAt(text: string, at: number): { value: string; end: number } {
  const letter = text[at] ?? '';
  const plain = simple.get(letter);
  if (plain !== undefined) return { value: plain, end: at + 1 };
  const length = hexLengths.get(letter) ?? 0;
  const digits = text.slice(at + 1, at + 1 + length);
  const code = Number.parseInt(digits, 16);
  const isWhole = length > 0 && digits.length === length && /^[0-9a-fA-F]+$/.test(digits);
  const isScalar = code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  if (!isWhole || !isScalar) throw broken(text, at, `unknown escape \\${letter}`);
  return { value: String.fromCodePoint(code), end: at + 1 + length };
}

function broken(text: string, at: number, what: string): Refusal {
  return new Refusal(
    `stream labels ${JSON.stringify(text.slice(0, 80))} cannot be read at character ${at + 1}: ${what}; write {name="value"}`,
    { code: 'BAD_REQUEST' },
  );
}
