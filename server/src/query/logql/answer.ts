import type { Labels } from '#model';

/** A line as a log query answers it. The label sets are shared between entries: do not change them. */
export interface LogEntry {
  readonly timeNs: bigint;
  readonly line: string;
  readonly labels: EntryLabels;
}

/** What a line's labels come from, each sorted by name; together they are disjoint. Values may be empty. */
export interface EntryLabels {
  /** Stream labels that the pipeline left. */
  readonly stream: Labels;
  readonly metadata: Labels;
  /** What parsers and formatters made, `__error__` and `__error_details__` included. */
  readonly parsed: Labels;
}

export interface MetricSeries {
  readonly labels: Labels;
  /** Ascending; only the steps that have a value. */
  readonly timesMs: readonly number[];
  readonly values: readonly number[];
}

interface MetricSample {
  readonly labels: Labels;
  readonly value: number;
}

export type LogqlValue =
  /** In the question's direction, at most its limit. */
  | { readonly kind: 'streams'; readonly entries: readonly LogEntry[] }
  /** Sorted by labels. */
  | { readonly kind: 'matrix'; readonly series: readonly MetricSeries[] }
  /** Sorted by labels, or by value when the query sorts (`sort`, `topk`, …). */
  | { readonly kind: 'vector'; readonly timeMs: number; readonly samples: readonly MetricSample[] }
  | { readonly kind: 'scalar'; readonly timeMs: number; readonly value: number };

export interface LogqlStats {
  /** Lines that the keeper handed over (0 where it counted them itself). */
  readonly linesRead: number;
  /** UTF-16 units of those lines, which are bytes for ASCII. */
  readonly bytesRead: number;
  /** Lines or samples that came through the pipelines. */
  readonly linesKept: number;
  readonly totalMs: number;
}

export interface LogqlAnswer {
  readonly value: LogqlValue;
  readonly stats: LogqlStats;
}

/** A stream as Loki's wire has it. */
export interface LogStream {
  readonly labels: Labels;
  readonly entries: readonly LogEntry[];
}
