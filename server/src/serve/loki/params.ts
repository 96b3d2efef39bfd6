/** The parameters of Loki's API and what they mean when they are absent. Times are nanoseconds. */
import { type Limits, type Matcher, Refusal } from '#model';
import type { Logql } from '#query/logql';
import type { Params } from '../form.ts';
import { parseSpanMs, parseTimeMs } from '../prometheus/params.ts';

export { type Params, paramsOf } from '../form.ts';

export interface Range {
  readonly startNs: bigint;
  readonly endNs: bigint;
}

const hourMs = 3_600_000;

/** `start`, `end` and `since`; without them the last hour (`sinceMs` says otherwise), until now. */
export function rangeParam(params: Params, nowMs: number, sinceMs = hourMs): Range {
  const nowNs = BigInt(Math.floor(nowMs)) * 1_000_000n;
  const endNs = timeParam(params, 'end', nowNs);
  const since = spanParam(params, 'since') ?? sinceMs;
  const anchorNs = endNs > nowNs ? nowNs : endNs;
  const startNs = timeParam(params, 'start', anchorNs - nanoseconds(since));
  if (endNs < startNs) {
    throw bad(`end timestamp must not be before start time: ${endNs} is before ${startNs}`);
  }
  return { startNs, endNs };
}

export function nanoseconds(ms: number): bigint {
  return BigInt(Math.round(ms * 1e6));
}

/** Nanoseconds; seconds when it is no longer than ten digits or has a fraction; RFC 3339. As Loki tells them apart. */
export function timeParam(params: Params, name: string, fallbackNs: bigint): bigint {
  const text = params.first(name);
  if (text === '') return fallbackNs;
  const timeNs = parseTimeNs(text);
  if (timeNs === undefined) {
    throw bad(`could not parse '${name}' parameter: ${JSON.stringify(text.slice(0, 80))} is not a time`);
  }
  return timeNs;
}

function parseTimeNs(text: string): bigint | undefined {
  if (/^-?\d{1,19}$/.test(text)) return text.length <= 10 ? BigInt(text) * 1_000_000_000n : BigInt(text);
  const fraction = /^([^.,]*)[.,](\d{1,9})\d*(.*)$/.exec(text);
  const wholeMs = parseTimeMs(fraction === null ? text : `${fraction[1]}${fraction[3]}`);
  if (wholeMs === undefined) return undefined;
  const wholeNs = BigInt(Math.trunc(wholeMs)) * 1_000_000n;
  const restNs = BigInt((fraction?.[2] ?? '0').padEnd(9, '0'));
  return text.startsWith('-') ? wholeNs - restNs : wholeNs + restNs;
}

/** Milliseconds, from seconds or a Prometheus duration. */
export function spanParam(params: Params, name: string): number | undefined {
  const text = params.first(name);
  if (text === '') return undefined;
  const ms = parseSpanMs(text);
  if (ms === undefined) throw bad(`cannot parse ${JSON.stringify(text.slice(0, 80))} to a valid duration (${name})`);
  return ms;
}

/** Milliseconds. Default: a 250th of the range in whole seconds, at least one. */
export function stepParam(params: Params, { startNs, endNs }: Range, limits: Limits['query']): number {
  const seconds = Number((endNs - startNs) / 1_000_000_000n);
  const stepMs = spanParam(params, 'step') ?? Math.max(Math.floor(seconds / 250), 1) * 1000;
  if (stepMs <= 0) {
    throw bad('zero or negative query resolution step widths are not accepted. Try a positive integer');
  }
  if ((seconds * 1000) / stepMs > limits.pointsPerSeriesMax) {
    throw bad(
      `exceeded maximum resolution of ${limits.pointsPerSeriesMax.toLocaleString('en-US')} points per time series. ` +
        'Try increasing the value of the step parameter',
    );
  }
  return Math.max(1, Math.trunc(stepMs));
}

export function limitParam(params: Params, name = 'limit', fallback = 100): number {
  const text = params.first(name);
  if (text === '') return fallback;
  if (!/^[+-]?\d{1,9}$/.test(text)) throw bad(`${name} ${JSON.stringify(text.slice(0, 80))} is not a whole number`);
  if (Number(text) <= 0) throw bad(`${name} must be a positive value`);
  return Number(text);
}

export function directionParam(params: Params): 'forward' | 'backward' {
  const text = params.first('direction');
  const direction = text.toLowerCase();
  if (direction === '') return 'backward';
  if (direction !== 'forward' && direction !== 'backward') throw bad(`invalid direction '${text.slice(0, 80)}'`);
  return direction;
}

/** The streams that a selector such as `{app="a"}` selects; `{}` and nothing at all select every stream. */
export function selectorOf(logql: Logql, text: string): readonly Matcher[] {
  return /^\s*(\{\s*\})?\s*$/.test(text) ? [] : logql.parseSelector(text);
}

export function bad(message: string): Refusal {
  return new Refusal(message, { code: 'BAD_REQUEST' });
}
