/** Tempo's query parameters: times in seconds (for series also nanoseconds or RFC 3339), Go durations, logfmt tags. */
import { goDurationNs, parseDurationNs } from '@farol/traceql';
import { Refusal } from '#model';

export const bad = (message: string): Refusal => new Refusal(message, { code: 'BAD_REQUEST' });

const shown = (text: string): string => JSON.stringify(text.slice(0, 80));

export function wholeParam(params: URLSearchParams, name: string): number | undefined {
  const given = params.get(name);
  if (given === null || given === '') return undefined;
  if (!/^\d{1,10}$/.test(given)) throw bad(`invalid ${name}: ${shown(given)} is not a whole number`);
  return Number(given);
}

export function limitParam(
  params: URLSearchParams,
  bounds: { readonly fallback: number; readonly max: number },
): number {
  const limit = wholeParam(params, 'limit') ?? bounds.fallback;
  if (limit === 0) throw bad('invalid limit: must be a positive number');
  return Math.min(limit, bounds.max);
}

const dayMs = 86_400_000;

/** `start` and `end` in seconds. Without them, the last day, and a little ahead for clocks that run fast. */
export function secondsRange(params: URLSearchParams, nowMs: number): { startMs: number; endMs: number } {
  const start = wholeParam(params, 'start') ?? 0;
  const end = wholeParam(params, 'end') ?? 0;
  if (start === 0 && end === 0) return { startMs: nowMs - dayMs, endMs: nowMs + dayMs / 24 };
  if (end <= start) throw bad(`http parameter start must be before end. received start=${start} end=${end}`);
  return { startMs: start * 1000, endMs: end * 1000 };
}

export function goDurationParam(params: URLSearchParams, name: string): number | undefined {
  const given = params.get(name);
  if (given === null || given === '') return undefined;
  const ns = goDurationNs(given.slice(0, 64));
  if (ns === undefined || ns > 9.2e18) throw bad(`invalid ${name}: time: invalid duration ${shown(given)}`);
  return ns;
}

const secondNs = 1_000_000_000n;
const hourNs = 3600n * secondNs;

/** For series: the last hour, or `since` before the end. */
export function nanosRange(params: URLSearchParams, nowMs: number): { startNs: bigint; endNs: bigint } {
  const nowNs = BigInt(nowMs) * 1_000_000n;
  const since = params.get('since') ?? '';
  const sinceNs = since === '' ? Number(hourNs) : parseDurationNs(since.slice(0, 64));
  if (sinceNs === undefined)
    throw bad(`could not parse 'since' parameter: not a valid duration string: ${shown(since)}`);
  const endNs = timeNs(params, 'end') ?? nowNs;
  const latest = endNs > nowNs ? nowNs : endNs;
  const startNs = timeNs(params, 'start') ?? latest - BigInt(Math.trunc(sinceNs));
  if (endNs <= startNs) throw bad(`http parameter start must be before end. received start=${startNs} end=${endNs}`);
  return { startNs: startNs < 0n ? 0n : startNs, endNs };
}

function timeNs(params: URLSearchParams, name: string): bigint | undefined {
  const given = params.get(name) ?? '';
  if (given === '') return undefined;
  if (/^\d{1,10}$/.test(given)) return BigInt(given) * secondNs;
  if (/^\d{11,19}$/.test(given)) return BigInt(given);
  if (/^\d{1,10}\.\d{1,9}$/.test(given)) return BigInt(Math.round(Number(given) * 1000)) * 1_000_000n;
  const ms = /^\d{4}-\d\d-\d\dT/.test(given) ? Date.parse(given) : Number.NaN;
  if (Number.isNaN(ms)) throw bad(`could not parse '${name}' parameter: ${shown(given)} is not a time`);
  return BigInt(ms) * 1_000_000n;
}

/** `15s`, or seconds; without it, about 240 steps, of a length that people know. */
export function stepParam(
  params: URLSearchParams,
  range: { readonly startNs: bigint; readonly endNs: bigint },
): bigint {
  const given = params.get('step') ?? '';
  if (given === '') return stepFor(Number(range.endNs - range.startNs));
  const ns = /^\d+(\.\d+)?$/.test(given) ? Number(given) * 1e9 : parseDurationNs(given.slice(0, 64));
  if (ns === undefined || !(ns >= 1e6) || ns > 9e18) {
    throw bad(`cannot parse ${shown(given)} to a valid duration; a step is at least 1ms`);
  }
  return BigInt(Math.round(ns));
}

const grainsNs = [3600e9, 300e9, 60e9, 15e9, 5e9, 1e9];

function stepFor(rangeNs: number): bigint {
  const wished = rangeNs / 240;
  const grain = rangeNs < 60e9 ? 50e6 : (grainsNs.find((one) => wished > one) ?? 1e9);
  return BigInt(Math.max(grain, Math.floor(wished / grain) * grain));
}

/** `a=b c="d e"`: a key without a value has none. */
export function logfmtTags(text: string): Map<string, string> {
  const tags = new Map<string, string>();
  for (const [, key = '', quoted, plain] of text.matchAll(/([^\s=]+)(?:=(?:"((?:[^"\\]|\\.)*)"|([^\s]*)))?/g)) {
    if (tags.has(key)) throw bad(`invalid tags: tag ${key.slice(0, 80)} has been set twice`);
    tags.set(key, quoted === undefined ? (plain ?? '') : quoted.replaceAll(/\\(.)/g, '$1'));
  }
  return tags;
}

/** Of any case, and short ones too: 1 to 32 hexadecimal digits. */
export function traceIdParam(text: string): string {
  const wrong = /[^0-9a-fA-F]/.exec(text);
  if (wrong !== null) {
    throw bad(
      `trace IDs can only contain hex characters: invalid character '${wrong[0]}' at position ${wrong.index + 1}`,
    );
  }
  if (text.length > 32) throw bad("trace IDs can't be larger than 128 bits");
  if (/^0*$/.test(text)) throw bad('please provide a traceID');
  return text.toLowerCase().padStart(32, '0');
}
