import type { ExemplarRow, HistogramRow, MetadataRow, ResetHint } from '#model';
import { writeLabels } from './attributes.ts';
import type { ByteWriter } from './byte-writer.ts';

/** A series as its rows name it. */
export interface SeriesKey {
  readonly tenant: string;
  readonly metric: string;
  readonly id: number;
}

export const histogramColumns = `tenant, metric, id, time, schema, count, sum, zero_threshold, zero_count, \
positive_spans, positive_counts, negative_spans, negative_counts, custom_bounds, reset_hint`;

const resetHints: Record<ResetHint, number> = { unknown: 0, reset: 1, not_reset: 2, gauge: 3 };

export function writeHistogram(out: ByteWriter, key: SeriesKey, row: HistogramRow): void {
  const { histogram } = row;
  writeKey(out, key, row.timeMs);
  out.uint8(histogram.schema & 255);
  out.float64(histogram.count);
  out.float64(histogram.sum);
  out.float64(histogram.zeroThreshold);
  out.float64(histogram.zeroCount);
  writeInts(out, histogram.positiveSpans);
  writeFloats(out, histogram.positiveCounts);
  writeInts(out, histogram.negativeSpans);
  writeFloats(out, histogram.negativeCounts);
  writeFloats(out, histogram.customBounds);
  out.uint8(resetHints[histogram.resetHint]);
}

export const exemplarColumns = 'tenant, metric, id, time, value, trace_id, span_id, labels';

export function writeExemplar(out: ByteWriter, key: SeriesKey, row: ExemplarRow): void {
  writeKey(out, key, row.timeMs);
  out.float64(row.value);
  out.text(row.traceId);
  out.text(row.spanId);
  writeLabels(out, row.labels);
}

export const metadataColumns = 'tenant, metric, type, unit, help, seen';

export function writeMetadata(out: ByteWriter, tenant: string, row: MetadataRow, seenSeconds: number): void {
  out.text(tenant);
  out.text(row.metric);
  out.text(row.type);
  out.text(row.unit);
  out.text(row.help);
  out.uint32(seenSeconds);
}

function writeKey(out: ByteWriter, key: SeriesKey, timeMs: number): void {
  out.text(key.tenant);
  out.text(key.metric);
  out.integer64(key.id);
  out.integer64(timeMs);
}

function writeInts(out: ByteWriter, values: readonly number[]): void {
  out.varint(values.length);
  for (let i = 0; i < values.length; i++) out.uint32((values[i] as number) >>> 0);
}

function writeFloats(out: ByteWriter, values: readonly number[]): void {
  out.varint(values.length);
  for (let i = 0; i < values.length; i++) out.float64(values[i] as number);
}
