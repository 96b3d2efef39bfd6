import type { LabelMatcher } from './ast.ts';
import { parseDurationMs } from './duration.ts';
import { parseNumber } from './number.ts';
import { parseSelector } from './parser.ts';

/**
 * The series notation of Prometheus' tests (`up{job="x"} 1+1x4 _ stale {{schema:0 count:2}}`), see
 * https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/#series.
 */
export interface SeriesDescription {
  readonly labels: readonly LabelMatcher[];
  readonly values: readonly SeriesValue[];
}

/** One or several steps of a series. A `histogram` repeats `times` + 1 times, growing by `step` each time. */
export type SeriesValue =
  | { readonly kind: 'omitted' }
  | { readonly kind: 'stale' }
  | { readonly kind: 'float'; readonly value: number }
  | {
      readonly kind: 'histogram';
      readonly histogram: HistogramLiteral;
      readonly op: '+' | '-';
      readonly step?: HistogramLiteral;
      readonly times: number;
    };

export interface HistogramLiteral {
  readonly schema: number;
  readonly sum: number;
  readonly count: number;
  readonly zeroCount: number;
  readonly zeroThreshold: number;
  readonly offset: number;
  readonly buckets: readonly number[];
  readonly negativeOffset: number;
  readonly negativeBuckets: readonly number[];
  readonly customBounds: readonly number[];
  /** Absent when the text does not say it. */
  readonly resetHint?: 'unknown' | 'reset' | 'not_reset' | 'gauge';
}

/** Throws an Error that quotes the item it cannot read. Repetitions are bounded by 1,000,000 values a series. */
export function parseSeries(text: string): SeriesDescription {
  const headEnd = endOfMetric(text);
  const head = text.slice(0, headEnd).trim();
  const labels = head === '' || head === '{}' ? [] : parseSelector(head);
  if (labels.some(({ kind }) => kind !== '=')) throw new Error(`series takes only "=": ${head}`);
  const values: SeriesValue[] = [];
  for (const item of itemsOf(text.slice(headEnd))) appendItem(values, item);
  return { labels, values };
}

function endOfMetric(text: string): number {
  let quote = '';
  let at = 0;
  let depth = 0;
  for (; at < text.length; at++) {
    const char = text[at] ?? '';
    if (quote !== '') {
      if (char === '\\' && quote !== '`') at++;
      else if (char === quote) quote = '';
    } else if ('"\'`'.includes(char)) quote = char;
    else if (char === '{') depth++;
    else if (char === '}') depth--;
    else if (depth === 0 && /\s/.test(char)) break;
  }
  return at;
}

function itemsOf(text: string): string[] {
  return text.match(/(?:\{\{.*?\}\}|\S)+/g) ?? [];
}

const valuesMax = 1_000_000;
const number = String.raw`(?:0|\d+(?:[.\d]*)(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?|inf|nan|\d+[a-z]+)`;
const floatItem = new RegExp(`^([+-]?${number})(?:([+-])(${number}))?(?:x(\\d+))?$`, 'i');
const histogramItem = /^\{\{(.*?)\}\}(?:([+-])\{\{(.*?)\}\})?(?:x(\d+))?$/;

function appendItem(values: SeriesValue[], item: string): void {
  const gap = /^(_|stale)(?:x(\d+))?$/.exec(item);
  if (gap !== null) {
    const kind = gap[1] === '_' ? 'omitted' : 'stale';
    const copies = gap[2] === undefined ? 1 : Number(gap[2]) + (kind === 'stale' ? 1 : 0);
    repeat(values, copies, () => ({ kind }));
    return;
  }
  const histogram = histogramItem.exec(item);
  if (histogram !== null) {
    const [, base = '', op = '+', step, times = '0'] = histogram;
    values.push({
      kind: 'histogram',
      histogram: parseHistogram(base),
      op: op === '-' ? '-' : '+',
      step: step === undefined ? undefined : parseHistogram(step),
      times: boundedTimes(values, Number(times)),
    });
    return;
  }
  const float = floatItem.exec(item);
  if (float === null) throw new Error(`not a series value: "${item}"`);
  let value = signedNumber(float[1] ?? '');
  const step = float[3] === undefined ? 0 : signedNumber(`${float[2]}${float[3]}`);
  repeat(values, Number(float[4] ?? 0) + 1, () => {
    const now: SeriesValue = { kind: 'float', value };
    value += step;
    return now;
  });
}

function repeat(values: SeriesValue[], copies: number, next: () => SeriesValue): void {
  boundedTimes(values, copies);
  for (let i = 0; i < copies; i++) values.push(next());
}

function boundedTimes(values: readonly SeriesValue[], copies: number): number {
  if (values.length + copies <= valuesMax) return copies;
  throw new Error(`a series has at most ${valuesMax} values`);
}

function signedNumber(text: string): number {
  const sign = text.startsWith('-') ? -1 : 1;
  const digits = text.replace(/^[+-]/, '');
  const ms = /[smhdwy]$/i.test(digits) ? parseDurationMs(digits) : undefined;
  const value = ms === undefined ? parseNumber(digits) : ms / 1000;
  if (typeof value !== 'number') throw new Error(`not a number: "${text}"`);
  return sign * value;
}

function parseHistogram(text: string): HistogramLiteral {
  const parts = new Map<string, string>();
  for (const [, key = '', value = ''] of text.matchAll(/([a-z_]+):(\[[^\]]*\]|\S+)/gi)) {
    if (parts.has(key)) throw new Error(`duplicate key "${key}" in histogram`);
    parts.set(key, value);
  }
  const numberAt = (key: string) => signedNumber(parts.get(key) ?? '0');
  const listAt = (key: string) => (parts.get(key)?.slice(1, -1).match(/\S+/g) ?? []).map(signedNumber);
  const resetHint = parts.get('counter_reset_hint') as HistogramLiteral['resetHint'];
  return {
    schema: numberAt('schema'),
    sum: numberAt('sum'),
    count: numberAt('count'),
    zeroCount: numberAt('z_bucket'),
    zeroThreshold: numberAt('z_bucket_w'),
    offset: numberAt('offset'),
    buckets: listAt('buckets'),
    negativeOffset: numberAt('n_offset'),
    negativeBuckets: listAt('n_buckets'),
    customBounds: listAt('custom_values'),
    resetHint,
  };
}
