/** Jaeger's query parameters: microseconds since the epoch, Go durations, tags as `key:value` or as a JSON map of texts. */
import { Refusal } from '#model';
import type { SpanTag } from '#query/traces';

const bad = (message: string): Refusal => new Refusal(message, { code: 'BAD_REQUEST' });

/** The year 2262: the last that a nanosecond timestamp can say. */
const microsMax = 9_223_372_036_854_000;

/** Milliseconds with their fraction; Jaeger's clients send microseconds. */
export function microsParam(params: URLSearchParams, name: string, fallbackMs: number): number {
  const given = params.get(name);
  if (given === null || given === '') return fallbackMs;
  const micros = /^\d{1,16}$/.test(given) ? Number(given) : Number.NaN;
  if (Number.isNaN(micros) || micros > microsMax) {
    throw bad(`unable to parse param '${name}': ${JSON.stringify(given.slice(0, 80))} is not a time in microseconds`);
  }
  return micros / 1000;
}

/** A time or a duration in whole milliseconds. */
export function millisParam(params: URLSearchParams, name: string, fallbackMs: number): number {
  const given = params.get(name);
  if (given === null || given === '') return fallbackMs;
  if (/^\d{1,13}$/.test(given)) return Number(given);
  throw bad(`unable to parse param '${name}': ${JSON.stringify(given.slice(0, 80))} is not milliseconds`);
}

/** As Go's `strconv.ParseBool` reads it; absent is false. */
export function boolParam(params: URLSearchParams, name: string): boolean {
  const given = params.get(name) ?? '';
  if (given === '' || /^(?:0|f|F|false|False|FALSE)$/.test(given)) return false;
  if (/^(?:1|t|T|true|True|TRUE)$/.test(given)) return true;
  throw bad(`unable to parse param '${name}': ${JSON.stringify(given.slice(0, 80))} is neither true nor false`);
}

export function limitParam(params: URLSearchParams, bounds: { fallback: number; max: number }): number {
  const given = params.get('limit');
  if (given === null || given === '') return bounds.fallback;
  const limit = /^\d{1,9}$/.test(given) ? Number(given) : 0;
  if (limit < 1)
    throw bad(`unable to parse param 'limit': ${JSON.stringify(given.slice(0, 80))} is not a whole number above 0`);
  return Math.min(limit, bounds.max);
}

const unitNs: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/** A Go duration (`1h2m3.5s`, `100ms`, `4500ns`) in nanoseconds; undefined when the parameter is absent. */
export function durationParam(params: URLSearchParams, name: string): bigint | undefined {
  const given = params.get(name);
  if (given === null || given === '') return undefined;
  const ns = goDurationNs(given);
  if (ns === undefined || ns > 9.2e18) {
    throw bad(`unable to parse param '${name}': time: invalid duration ${JSON.stringify(given.slice(0, 80))}`);
  }
  return BigInt(Math.round(ns));
}

export function goDurationNs(text: string): number | undefined {
  if (text === '0') return 0;
  if (text.length > 64 || !/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(text)) return undefined;
  let ns = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g)) {
    ns += Number(amount) * (unitNs[unit ?? ''] ?? 0);
  }
  return ns;
}

export function tagsParam(params: URLSearchParams): SpanTag[] {
  return [...params.getAll('tag').map(pairOf), ...params.getAll('tags').flatMap(mapOf)];
}

function pairOf(text: string): SpanTag {
  const at = text.indexOf(':');
  if (at <= 0) throw bad(`malformed 'tag' parameter, expecting key:value, received: ${text.slice(0, 200)}`);
  return { key: text.slice(0, at), value: text.slice(at + 1) };
}

function mapOf(json: string): SpanTag[] {
  if (json === '') return [];
  const map = parsed(json);
  if (typeof map !== 'object' || map === null || Array.isArray(map)) throw malformed(json);
  return Object.entries(map).map(([key, value]) => {
    if (typeof value === 'object') throw malformed(json);
    return { key, value: String(value) };
  });
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new Refusal(`malformed 'tags' parameter, cannot unmarshal JSON: ${(cause as Error).message}`, {
      code: 'BAD_REQUEST',
      cause,
    });
  }
}

const malformed = (json: string): Refusal =>
  bad(`malformed 'tags' parameter, expecting a JSON map of texts, received: ${json.slice(0, 200)}`);

/** Jaeger's ids come in 16 or 32 digits, of any case. */
export function traceIdParam(text: string): string {
  const id = text.toLowerCase();
  if (!/^[0-9a-f]{1,32}$/.test(id) || /^0+$/.test(id)) {
    throw bad(`cannot parse trace ID ${JSON.stringify(text.slice(0, 80))}: it must be 1 to 32 hexadecimal digits`);
  }
  return id.padStart(32, '0');
}
