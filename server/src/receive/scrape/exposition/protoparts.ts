/** The small messages of the protobuf exposition, and series and numbers as the text formats write them. */
import type { ProtoCursor } from '#kit';
import { readLabelPair } from '../../labelpair.ts';
import type { ExemplarText } from './sink.ts';

/** A metric's name and labels, names and values by turns. */
export interface Labelled {
  readonly name: string;
  readonly pairs: string[];
}

export function readExemplar(cursor: ProtoCursor, end: number): ExemplarText {
  const pairs: string[] = [];
  let value = 0;
  let timeMs: number | undefined;
  while (cursor.at < end) {
    const tag = cursor.varint(end);
    if (tag === 0x0a) readLabelPair(cursor, cursor.message(end), pairs);
    else if (tag === 0x11) value = cursor.double(end);
    else if (tag === 0x1a) timeMs = readTimestampMs(cursor, cursor.message(end));
    else cursor.skip(tag, end);
  }
  return { labels: `{${pairsText(pairs)}}`, value, ...(timeMs !== undefined && { timeMs }) };
}

export function readTimestampMs(cursor: ProtoCursor, end: number): number {
  let seconds = 0;
  let nanos = 0;
  while (cursor.at < end) {
    const tag = cursor.varint(end);
    if (tag === 0x08) seconds = cursor.int64(end);
    else if (tag === 0x10) nanos = cursor.int32(end);
    else cursor.skip(tag, end);
  }
  return seconds * 1000 + Math.floor(nanos / 1e6);
}

/** Hot: once per sample. `{"name","label"="value"}`, which any name can be written in. */
export function seriesText(metric: Labelled, name = metric.name, extra?: readonly [string, string]): string {
  let text = `{${quoted(name)}`;
  const pairs = pairsText(metric.pairs);
  if (pairs !== '') text += `,${pairs}`;
  if (extra) text += `,"${extra[0]}"="${extra[1]}"`;
  return `${text}}`;
}

function pairsText(pairs: readonly string[]): string {
  let text = '';
  for (let i = 0; i < pairs.length; i += 2) {
    text += `${i === 0 ? '' : ','}${quoted(pairs[i] ?? '')}=${quoted(pairs[i + 1] ?? '')}`;
  }
  return text;
}

function quoted(text: string): string {
  if (!/["\\\n]/.test(text)) return `"${text}"`;
  return `"${text.replace(/["\\\n]/g, (letter) => (letter === '\n' ? '\\n' : `\\${letter}`))}"`;
}

/** A bound or a quantile as OpenMetrics writes it, by Go's `%v`: `1.0`, `0.5`, `1e-05`, `+Inf`. */
export function boundText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e21)) {
    return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
  }
  const text = Object.is(value, -0) ? '-0' : String(value);
  return text.includes('.') ? text : `${text}.0`;
}
