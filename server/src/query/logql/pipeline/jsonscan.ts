/**
 * JSON as Loki's scanner reads it: forward, forgiving, no further than asked. It hands over what it finds before it
 * meets the first fault, and does not look behind the end of the object.
 */

export type JsonKind = 'string' | 'number' | 'boolean' | 'null' | 'object' | 'array';

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

/** Past so many members their keys are no longer expected. */
const expectedMax = 64;

/**
 * The members of an object, one after another. Lines of one shape have their keys in the same places: used again for the
 * next object, this knows the key that stood there last without cutting it out.
 */
export class Members {
  key = '';
  kind: JsonKind = 'null';
  /** The bounds of the value, without the quotes of a string. */
  start = 0;
  end = 0;
  private text = '';
  private at = 0;
  private count = 0;
  /** From a key's quote through its colon, and the key; by place. */
  private readonly heads: string[] = [];
  private readonly keys: string[] = [];

  /** The object that starts at `from`. */
  open(text: string, from: number): void {
    const at = skipBlanks(text, from);
    if (!isObjectAt(text, at)) throw new JsonProblem(notAnObject);
    this.text = text;
    this.at = at + 1;
    this.count = 0;
  }

  /** False at the object's end. A fault behind a member is met when the next one is asked for. */
  next(): boolean {
    const { text } = this;
    let at = skipBlanks(text, this.at);
    const code = text.charCodeAt(at);
    if (code === CLOSE_BRACE) return false;
    if (this.count > 0) {
      if (code !== COMMA) throw new JsonProblem(notAnObject);
      at = skipBlanks(text, at + 1);
    }
    at = skipBlanks(text, this.readKey(at));
    const kind = kindAt(text, at);
    const end = endOfValue(text, at, kind);
    const isString = kind === 'string';
    this.kind = kind;
    this.start = isString ? at + 1 : at;
    this.end = isString ? end - 1 : end;
    this.at = end;
    return true;
  }

  /** Returns where the colon ends. */
  private readKey(from: number): number {
    const { text } = this;
    const place = this.count++;
    const head = this.heads[place];
    if (head !== undefined && text.startsWith(head, from)) {
      this.key = this.keys[place] ?? '';
      return from + head.length;
    }
    if (text.charCodeAt(from) !== QUOTE) throw new JsonProblem(notAnObject);
    const end = endOfString(text, from);
    const colon = skipBlanks(text, end);
    if (text.charCodeAt(colon) !== COLON) throw new JsonProblem('Malformed JSON error');
    this.key = unescapeJson(text.slice(from + 1, end - 1));
    if (place < expectedMax) {
      this.heads[place] = text.slice(from, colon + 1);
      this.keys[place] = this.key;
    }
    return colon + 1;
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
