import type { Labels } from './labels.ts';

/** A dense number (0, 1, 2 …) that names a series for the life of this process. Never stored. */
export type SeriesRef = number;

/** The stale marker, bit for bit (Prometheus `model/value.StaleNaN`). Compare bits, never the number. */
export const STALE_NAN_HIGH = 0x7ff00000;
export const STALE_NAN_LOW = 0x00000002;

/** A Float64Array cell as its two 32-bit words; `bits` is a Uint32Array over the same buffer (little-endian). */
export function isStaleAt(bits: Uint32Array, index: number): boolean {
  return bits[2 * index + 1] === STALE_NAN_HIGH && bits[2 * index] === STALE_NAN_LOW;
}

/** Writes a stale marker without passing through a JavaScript number, which could lose the NaN's payload. */
export function setStaleAt(bits: Uint32Array, index: number): void {
  bits[2 * index] = STALE_NAN_LOW;
  bits[2 * index + 1] = STALE_NAN_HIGH;
}

/** Samples on their way in, by column; only the first `count` cells count. Values keep their NaN payloads. */
export interface SampleColumns {
  readonly count: number;
  readonly refs: Int32Array;
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
}

/** Samples [from, to) of arrays that may have others around them. */
export interface SampleCells {
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
  readonly from: number;
  readonly to: number;
}

/** One series on its way out: times ascend, one cell per sample; stale markers are present, bit for bit. */
export interface SeriesColumns {
  readonly labels: Labels;
  /** What has the same has the same labels; absent where the samples are not a stored series' own. */
  readonly ref?: SeriesRef;
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
  /**
   * Set where `timesMs` and `values` are unpacked when they are read, and let go of when another series' are: about how
   * many they are, at least one. Read each once for as long as it is needed; the arrays themselves never change.
   */
  readonly sampleCount?: number;
  /**
   * The same samples for who is done with them before any series is looked at again: no arrays are made for it. Absent
   * where the arrays are there anyway.
   */
  readonly look?: () => SampleCells;
  /** When each float's count began, 0 where nobody said. Absent when nobody said for any. */
  readonly startsMs?: Float64Array;
  /** Native histogram samples, ascending. Absent when the series has floats only. */
  readonly histograms?: readonly HistogramSample[];
}

/** For one look: the cells may be others' with the next. */
export function cellsOf(columns: Pick<SeriesColumns, 'timesMs' | 'values' | 'look'>): SampleCells {
  if (columns.look !== undefined) return columns.look();
  const { timesMs, values } = columns;
  return { timesMs, values, from: 0, to: timesMs.length };
}

/** Why a native histogram's counts may have fallen (Prometheus `histogram.CounterResetHint`). */
export type ResetHint = 'unknown' | 'reset' | 'not_reset' | 'gauge';

/** A native histogram in Prometheus' terms. Bucket counts are absolute, one per bucket that the spans name. */
export interface NativeHistogram {
  /** -4 … 8 for exponential buckets, -53 for custom bounds. */
  readonly schema: number;
  readonly count: number;
  readonly sum: number;
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  /** Offset and length by turns, as on the wire. */
  readonly positiveSpans: readonly number[];
  readonly positiveCounts: readonly number[];
  readonly negativeSpans: readonly number[];
  readonly negativeCounts: readonly number[];
  readonly customBounds: readonly number[];
  readonly resetHint: ResetHint;
}

export interface HistogramSample {
  readonly timeMs: number;
  readonly histogram: NativeHistogram;
  /** When its count began, where the sender said so. */
  readonly startMs?: number;
}

export interface HistogramRow extends HistogramSample {
  readonly ref: SeriesRef;
}

export interface ExemplarRow {
  readonly ref: SeriesRef;
  readonly timeMs: number;
  readonly value: number;
  /** Lower-case hex, `''` when the exemplar names no trace. */
  readonly traceId: string;
  readonly spanId: string;
  /** The exemplar's own labels, without the ids. */
  readonly labels: Labels;
}

export type MetricType =
  | 'counter'
  | 'gauge'
  | 'histogram'
  | 'gaugehistogram'
  | 'summary'
  | 'info'
  | 'stateset'
  | 'unknown';

export interface MetadataRow {
  readonly metric: string;
  readonly type: MetricType;
  readonly unit: string;
  readonly help: string;
}

export type MatchKind = '=' | '!=' | '=~' | '!~';

/** A label matcher. Patterns are RE2, anchored at both ends. */
export interface Matcher {
  readonly name: string;
  readonly kind: MatchKind;
  readonly value: string;
}
