/**
 * JSON as Loki's scanner reads it: forward, forgiving, no further than asked. It hands over what it finds before it
 * meets the first fault, and does not look behind the end of the object.
 */

export type JsonKind = 'string' | 'number' | 'boolean' | 'null' | 'object' | 'array';

/** Called per member. `start` and `end` bound the value (without the quotes of a string). True stops the scan. */
export type OnMember = (key: string, kind: JsonKind, start: number, end: number) => boolean;

/** Why a line could not be scanned, in the words of Loki's scanner. */
export class JsonProblem extends Error {}

const QUOTE = 34;
const BACKSLASH = 92;
const COMMA = 44;
const COLON = 58;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;

export const notAnObject = `Value looks like object, but can't find closing '}' symbol`;

export const isObjectAt = (text: string, at: number): boolean => text.charCodeAt(at) === OPEN_BRACE;

/** Walks the members of the object that starts at `from`. Returns true when `onMember` stopped it. */
export function eachMember(text: string, from: number, onMember: OnMember): boolean {
  let at = skipBlanks(text, from);
  if (!isObjectAt(text, at)) throw new JsonProblem(notAnObject);
  at = skipBlanks(text, at + 1);
  if (text.charCodeAt(at) === CLOSE_BRACE) return false;
  for (;;) {
    if (text.charCodeAt(at) !== QUOTE) throw new JsonProblem(notAnObject);
    const keyEnd = endOfString(text, at);
    const key = unescapeJson(text.slice(at + 1, keyEnd - 1));
    at = skipBlanks(text, keyEnd);
    if (text.charCodeAt(at) !== COLON) throw new JsonProblem('Malformed JSON error');
    at = skipBlanks(text, at + 1);
    const kind = kindAt(text, at);
    const end = endOfValue(text, at, kind);
    const isString = kind === 'string';
    if (onMember(key, kind, isString ? at + 1 : at, isString ? end - 1 : end)) return true;
    at = skipBlanks(text, end);
    const next = text.charCodeAt(at);
    if (next === CLOSE_BRACE) return false;
    if (next !== COMMA) throw new JsonProblem(notAnObject);
    at = skipBlanks(text, at + 1);
  }
}

/** The bounds of an array's element, or undefined when there are fewer. */
export function elementAt(
  text: string,
  from: number,
  index: number,
): { kind: JsonKind; start: number; end: number } | undefined {
  let at = skipBlanks(text, from + 1);
  for (let i = 0; text.charCodeAt(at) !== CLOSE_BRACKET; i++) {
    const kind = kindAt(text, at);
    const end = endOfValue(text, at, kind);
    if (i === index) return kind === 'string' ? { kind, start: at + 1, end: end - 1 } : { kind, start: at, end };
    at = skipBlanks(text, end);
    if (text.charCodeAt(at) !== COMMA) return undefined;
    at = skipBlanks(text, at + 1);
  }
  return undefined;
}

export function skipBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) <= 32) at++;
  return at;
}

export function kindAt(text: string, at: number): JsonKind {
  switch (text.charCodeAt(at)) {
    case QUOTE:
      return 'string';
    case OPEN_BRACE:
      return 'object';
    case OPEN_BRACKET:
      return 'array';
    case 116: // t
    case 102: // f
      return 'boolean';
    case 110: // n
      return 'null';
    default:
      return 'number';
  }
}

/** Just behind the value that starts at `at`. */
export function endOfValue(text: string, at: number, kind: JsonKind): number {
  if (kind === 'string') return endOfString(text, at);
  if (kind === 'object') return endOfBlock(text, at, OPEN_BRACE, CLOSE_BRACE);
  if (kind === 'array') return endOfBlock(text, at, OPEN_BRACKET, CLOSE_BRACKET);
  const end = endOfWord(text, at);
  if (!(kind === 'number' ? isNumberStart(text.charCodeAt(at)) : isLiteral(text.slice(at, end)))) {
    throw new JsonProblem('Unknown value type');
  }
  return end;
}

const isLiteral = (word: string): boolean => word === 'true' || word === 'false' || word === 'null';

/** A digit, or one of `+ - .`; past the text's end there is none. */
const isNumberStart = (code: number): boolean =>
  (code >= 48 && code <= 57) || code === 43 || code === 45 || code === 46;

function endOfWord(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code <= 32 || code === COMMA || code === CLOSE_BRACE || code === CLOSE_BRACKET) return at;
  }
  return text.length;
}

function endOfString(text: string, open: number): number {
  let from = open + 1;
  for (;;) {
    const close = text.indexOf('"', from);
    if (close < 0) throw new JsonProblem(`Value is string, but can't find closing '"' symbol`);
    let slashes = 0;
    while (text.charCodeAt(close - 1 - slashes) === BACKSLASH && close - 1 - slashes > open) slashes++;
    if (slashes % 2 === 0) return close + 1;
    from = close + 1;
  }
}

function endOfBlock(text: string, from: number, open: number, close: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at) - 1;
    else if (code === open) depth++;
    else if (code === close && --depth === 0) return at + 1;
  }
  const what = open === OPEN_BRACE ? 'object' : 'array';
  const sign = open === OPEN_BRACE ? '}' : ']';
  throw new JsonProblem(`Value looks like ${what}, but can't find closing '${sign}' symbol`);
}

const simpleEscapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' };

/** The text of a string literal's inside; `''` when an escape makes no sense. */
export function unescapeJson(raw: string): string {
  if (!raw.includes('\\')) return raw;
  const isSound = /^(?:[^\\]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*$/.test(raw);
  if (!isSound) return '';
  return raw
    .replace(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_, hex: string | undefined, char: string) =>
      hex === undefined ? (simpleEscapes[char] ?? char) : String.fromCharCode(Number.parseInt(hex, 16)),
    )
    .toWellFormed();
}
