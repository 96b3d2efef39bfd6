/**
 * JSON text → plain values, made safe before `JSON.parse` sees it: the bytes must be UTF-8, nesting is bounded, and
 * integers that a double would round are put in quotes (OTLP JSON takes 64-bit integers as strings or numbers alike).
 */
import { isUtf8 } from 'node:buffer';
import { Refusal } from '#model';

const QUOTE = 34;
const BACKSLASH = 92;
const integerDigitsExact = 15;

export function parseJson(body: Buffer, nestingMax: number): unknown {
  if (!isUtf8(body)) throw invalid('is not valid UTF-8');
  const longIntegers = scan(body, nestingMax);
  const text = longIntegers.length === 0 ? body.toString('utf8', 0, body.length) : quoted(body, longIntegers);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(`cannot be read: ${error instanceof Error ? error.message.slice(0, 200) : ''}`);
  }
}

export function invalid(what: string): Refusal {
  return new Refusal(`JSON body ${what}`, { code: 'BAD_REQUEST' });
}

/** Checks the depth; returns start and end by turns of the integers that are too long for a double. Hot. */
function scan(body: Buffer, nestingMax: number): number[] {
  const found: number[] = [];
  let depth = 0;
  for (let at = 0; at < body.length; at++) {
    const byte = body[at] as number;
    if (byte === QUOTE) {
      at = stringEnd(body, at + 1);
    } else if (byte === 123 || byte === 91) {
      if (++depth > nestingMax) {
        throw invalid(`is nested deeper than ${nestingMax} (limits.receive.nestingMax); flatten it`);
      }
    } else if (byte === 125 || byte === 93) {
      depth--;
    } else if (byte >= 48 && byte <= 57) {
      const end = numberEnd(body, at);
      if (end - at > integerDigitsExact && isInteger(body, at, end)) found.push(body[at - 1] === 45 ? at - 1 : at, end);
      at = end - 1;
    }
  }
  return found;
}

function stringEnd(body: Buffer, from: number): number {
  for (let at = from; at < body.length; at++) {
    const byte = body[at] as number;
    if (byte === QUOTE) return at;
    if (byte === BACKSLASH) at++;
  }
  return body.length;
}

function numberEnd(body: Buffer, from: number): number {
  let at = from;
  while (at < body.length && isNumberByte(body[at] as number)) at++;
  return at;
}

/** Digits, sign, point, exponent. */
function isNumberByte(byte: number): boolean {
  return (byte >= 48 && byte <= 57) || byte === 43 || byte === 45 || byte === 46 || byte === 69 || byte === 101;
}

function isInteger(body: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const byte = body[at] as number;
    if (byte < 48 || byte > 57) return false;
  }
  return true;
}

function quoted(body: Buffer, ranges: readonly number[]): string {
  let text = '';
  let done = 0;
  for (let i = 0; i < ranges.length; i += 2) {
    const start = ranges[i] as number;
    const end = ranges[i + 1] as number;
    text += `${body.toString('utf8', done, start)}"${body.toString('latin1', start, end)}"`;
    done = end;
  }
  return text + body.toString('utf8', done, body.length);
}
