/** Parameters of the API, each read once at the border: what is wrong, what was given, and what would do. */
import { Refusal } from '#model';
import type { AttributeFilter, TimeRange } from '#query/stored';

const hourMs = 3_600_000;
const textCharsMax = 4096;

function bad(name: string, given: string, wanted: string): Refusal {
  return new Refusal(`${name} is ${JSON.stringify(given.slice(0, 120))}; ${wanted}`, { code: 'BAD_REQUEST' });
}

/** '' means absent, as an emptied field of a form sends it. */
export function textParam(params: URLSearchParams, name: string): string | undefined {
  const [value] = textsParam(params, name);
  return value;
}

export function textsParam(params: URLSearchParams, name: string): string[] {
  const values = params.getAll(name).filter((value) => value !== '');
  for (const value of values) {
    if (value.length > textCharsMax) {
      throw new Refusal(`${name} is ${value.length} characters long, at most ${textCharsMax} are read; shorten it`, {
        code: 'BAD_REQUEST',
      });
    }
  }
  if (values.length > 100) {
    throw new Refusal(`${name} is given ${values.length} times, at most 100 are read; drop some`, {
      code: 'BAD_REQUEST',
    });
  }
  return values;
}

export function numberParam(params: URLSearchParams, name: string): number | undefined {
  const text = textParam(params, name);
  if (text === undefined) return undefined;
  const value = /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(value)) throw bad(name, text, 'it must be a number');
  return value;
}

export function wholeParam(params: URLSearchParams, name: string, bounds: { max: number; fallback: number }): number {
  const text = textParam(params, name);
  if (text === undefined) return bounds.fallback;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > bounds.max) throw bad(name, text, `it must be a whole number from 1 to ${bounds.max}`);
  return value;
}

export function wordParam<W extends string>(params: URLSearchParams, name: string, words: readonly W[]): W | undefined {
  const text = textParam(params, name);
  if (text === undefined) return undefined;
  const word = words.find((known) => known === text);
  if (word === undefined) throw bad(name, text, `it must be one of ${words.join(', ')}`);
  return word;
}

/** The years 1970 to 2262: what a nanosecond timestamp can say. */
const latestMs = 9_223_372_036_854;

/** The last hour, unless the question says otherwise. */
export function rangeParam(params: URLSearchParams, nowMs: number): TimeRange {
  const endMs = momentParam(params, 'end') ?? nowMs;
  const startMs = momentParam(params, 'start') ?? Math.max(0, endMs - hourMs);
  if (startMs >= endMs) {
    throw new Refusal(`start (${startMs}) must lie before end (${endMs}); both are milliseconds since the epoch`, {
      code: 'BAD_REQUEST',
    });
  }
  return { startMs, endMs };
}

function momentParam(params: URLSearchParams, name: string): number | undefined {
  const ms = numberParam(params, name);
  if (ms !== undefined && (ms < 0 || ms > latestMs)) {
    throw bad(name, String(ms), `it must be milliseconds since the epoch, 0 to ${latestMs} (the year 2262)`);
  }
  return ms;
}

/** Hex of so many digits, in lower case; '' is absent. Shorter ids are padded, as old tracers cut leading zeros. */
export function idParam(text: string, name: string, digits: number): string {
  const id = text.toLowerCase();
  if (!/^[0-9a-f]+$/.test(id) || id.length > digits || /^0+$/.test(id)) {
    throw bad(name, text, `it must be up to ${digits} hexadecimal digits, not all zero`);
  }
  return id.padStart(digits, '0');
}

/** `k=v`, `k!=v`, `k` (has it), `!k` (has it not). Only the first `=` separates, so values may hold any character. */
export function attributeParam(text: string): AttributeFilter {
  const equals = text.indexOf('=');
  if (equals > 0 && text[equals - 1] === '!') return pair(text, equals - 1, equals + 1, 'differs');
  if (equals > 0) return pair(text, equals, equals + 1, 'equals');
  if (equals === 0) throw bad('attr', text, 'write it as key=value, key!=value, key or !key');
  const absent = text.startsWith('!');
  const key = absent ? text.slice(1) : text;
  if (key === '') throw bad('attr', text, 'write it as key=value, key!=value, key or !key');
  return { key, kind: absent ? 'absent' : 'exists', value: '' };
}

function pair(text: string, keyEnd: number, valueStart: number, kind: 'equals' | 'differs'): AttributeFilter {
  if (keyEnd === 0) throw bad('attr', text, 'write it as key=value, key!=value, key or !key');
  return { key: text.slice(0, keyEnd), kind, value: text.slice(valueStart) };
}
