/** Native histograms of some series between two times, from the tables. */
import type { HistogramSample, ResetHint, SeriesRef } from '#model';
import { sql } from '../sql.ts';
import { type ByteReader, rowBinaryRows } from './rowbinary-reader.ts';
import { tooMany } from './sample-runs.ts';
import { type SampleDeps, type SampleQuestion, windowCondition } from './sample-sql.ts';

export async function histogramsFromTables(
  question: SampleQuestion,
  deps: SampleDeps,
): Promise<Map<SeriesRef, HistogramSample[]>> {
  const found = new Map<SeriesRef, HistogramSample[]>();
  if (question.refs.length === 0) return found;
  const { wire, catalogue, msMax } = deps;
  const asked = new Set<SeriesRef>(question.refs);
  const query = sql`
    SELECT id, time, schema, count, sum, zero_threshold, zero_count, positive_spans, positive_counts,
      negative_spans, negative_counts, custom_bounds, reset_hint
    FROM histograms
    WHERE ${windowCondition(question, catalogue)}`;
  const answer = await wire.read(query, 'RowBinary', { signal: question.signal, msMax });
  let samples = 0;
  for await (const rows of rowBinaryRows(answer, readHistogram)) {
    samples += rows.length;
    if (samples > question.limits.samplesMax) throw tooMany('samples', question.limits.samplesMax);
    for (const { id, sample } of rows) {
      const ref = catalogue.refOfId(question.tenant, id);
      if (!asked.has(ref)) continue;
      const list = found.get(ref);
      if (list === undefined) found.set(ref, [sample]);
      else list.push(sample);
    }
  }
  for (const [ref, list] of found) found.set(ref, ascending(list));
  return found;
}

function readHistogram(reader: ByteReader): { id: number; sample: HistogramSample } {
  const id = reader.integer64();
  const timeMs = reader.integer64();
  const float = (): number => reader.float64();
  const int32 = (): number => reader.int32();
  const histogram = {
    schema: reader.int8(),
    count: reader.float64(),
    sum: reader.float64(),
    zeroThreshold: reader.float64(),
    zeroCount: reader.float64(),
    positiveSpans: reader.list(int32),
    positiveCounts: reader.list(float),
    negativeSpans: reader.list(int32),
    negativeCounts: reader.list(float),
    customBounds: reader.list(float),
    resetHint: resetHints[reader.int8()] ?? 'unknown',
  };
  return { id, sample: { timeMs, histogram } };
}

const resetHints: readonly ResetHint[] = ['unknown', 'reset', 'not_reset', 'gauge'];

function ascending(samples: HistogramSample[]): HistogramSample[] {
  const sorted = samples.toSorted((a, b) => a.timeMs - b.timeMs);
  return sorted.filter((sample, index) => sample.timeMs !== sorted[index + 1]?.timeMs);
}
