/** A request's parameters: the form of a POST before the URL, as Go's `FormValue` reads them, and their types. */
import { parseDurationMs } from '@farol/promql';
import { Refusal } from '#model';
import type { Params } from '../form.ts';

export { type Params, paramsOf } from '../form.ts';

export function badParam(name: string, problem: string): Refusal {
  return new Refusal(`invalid parameter "${name}": ${problem}`, { code: 'BAD_REQUEST' });
}

/** Milliseconds, from RFC 3339 or seconds since the epoch; `fallbackMs` when the parameter is absent. */
export function timeParam(params: Params, name: string, fallbackMs?: number): number {
  const text = params.first(name);
  if (text === '' && fallbackMs !== undefined) return fallbackMs;
  const timeMs = parseTimeMs(text);
  if (timeMs === undefined) throw badParam(name, `cannot parse "${text}" to a valid timestamp`);
  return timeMs;
}

/** Milliseconds, from seconds or a Prometheus duration; undefined when the parameter is absent. */
export function durationParam(params: Params, name: string): number | undefined {
  const text = params.first(name);
  if (text === '') return undefined;
  const ms = parseSpanMs(text);
  if (ms === undefined) throw badParam(name, `cannot parse "${text}" to a valid duration`);
  return ms;
}

/** 0: no limit. */
export function limitParam(params: Params, name = 'limit'): number {
  const text = params.first(name);
  if (text === '') return 0;
  if (!/^[+-]?\d{1,15}$/.test(text)) throw badParam(name, `"${text}" is not a whole number`);
  const limit = Number(text);
  if (limit < 0) throw badParam(name, 'limit must be non-negative');
  return limit;
}

/** As the limits of metadata are read: absent or negative means none. */
export function countParam(params: Params, name: string): number | undefined {
  const text = params.first(name);
  if (text === '') return undefined;
  if (!/^[+-]?\d{1,15}$/.test(text)) throw new Refusal(`${name} must be a number`, { code: 'BAD_REQUEST' });
  return Number(text) < 0 ? undefined : Number(text);
}

/** Undefined unless the text is a time whose milliseconds are exact. */
export function parseTimeMs(text: string): number | undefined {
  const special = boundaryTimesMs.get(text);
  if (special !== undefined) return special;
  const timeMs = floatPattern.test(text) ? secondsToMs(Number(text)) : rfc3339ToMs(text);
  return timeMs !== undefined && Math.abs(timeMs) <= Number.MAX_SAFE_INTEGER ? timeMs : undefined;
}

export function parseSpanMs(text: string): number | undefined {
  if (!floatPattern.test(text)) return parseDurationMs(text);
  const ms = Number(text) * 1000;
  return Math.abs(ms) <= Number.MAX_SAFE_INTEGER ? ms : undefined;
}

/** What "everything" means: the years 1900 to 2299, which any store can hold. Clients ask for millions of years around. */
const earliestMs = Date.UTC(1900, 0, 1);
const latestMs = Date.UTC(2299, 0, 1);

/** The optional window of a question about labels or exemplars, cut to what can exist; `isReversed` as it was given. */
export function windowParams(params: Params): { startMs: number; endMs: number; isReversed: boolean } {
  const startMs = timeParam(params, 'start', earliestMs);
  const endMs = timeParam(params, 'end', latestMs);
  return { startMs: cut(startMs), endMs: cut(endMs), isReversed: endMs < startMs };
}

function cut(timeMs: number): number {
  return Math.min(Math.max(timeMs, earliestMs), latestMs);
}

const boundaryTimesMs = new Map([
  ['-292273086-05-16T16:47:06Z', earliestMs],
  ['292277025-08-18T07:12:54.999999999Z', latestMs],
]);

const floatPattern = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

function secondsToMs(seconds: number): number {
  const whole = Math.trunc(seconds);
  return whole * 1000 + Math.round((seconds - whole) * 1000);
}

const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9})\d*)?(Z|[+-]\d\d:\d\d)$/;

function rfc3339ToMs(text: string): number | undefined {
  const found = rfc3339.exec(text);
  if (!found) return undefined;
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second, Number((found[7] ?? '0').padEnd(3, '0').slice(0, 3)));
  const exists =
    date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  return exists ? date.getTime() - zoneMs(found[8] ?? 'Z') : undefined;
}

function zoneMs(zone: string): number {
  if (zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}
