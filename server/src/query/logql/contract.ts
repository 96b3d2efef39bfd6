/** What the LogQL evaluator asks of whoever keeps the log lines. It reads batches of columns, never an object per line. */
import type { Labels, Matcher } from '#model';

export interface EntryQuestion {
  readonly tenant: string;
  readonly matchers: readonly Matcher[];
  /** startNs <= time < endNs. */
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly direction: 'forward' | 'backward';
  /** Filters that every wanted line passes, whatever the pipeline does later. The keeper may use them, or not. */
  readonly lineFilters: readonly LineFilter[];
  /** What every wanted line's labels are. The keeper may use them, or not. */
  readonly labelFilters: readonly StoredLabelFilter[];
  /** The only labels that will be looked at: entries may come with these alone. Absent: all of them. */
  readonly needs?: ReadonlySet<string>;
  /** Past this many entries the evaluator stops reading: a hint for the first batches' size. */
  readonly limit?: number;
  readonly signal: AbortSignal;
}

export interface LineFilter {
  readonly kind: '|=' | '!=' | '|~' | '!~' | '|>' | '!>';
  /** Any of these (`|= "a" or "b"`); for the negative kinds, none of them. */
  readonly values: readonly string[];
}

/** What a label is, as it is stored. `inLine`: or it is not stored, and a parser finds it in a line that holds this. */
export interface StoredLabelFilter {
  readonly matcher: Matcher;
  readonly inLine?: InLine;
}

export interface InLine {
  /** The line is a JSON object, and what is sought in it a text of JSON's; else of JSON's or Go's. */
  readonly isObject: boolean;
  /** Letters and digits of the label's key: as they are, or with an escape among them. */
  readonly key?: string;
  /** The same of the label's value. */
  readonly value?: string;
}

/** Entries in time order (in the question's direction). Entry i is timesNs[i], lines[i], streams[streamOf[i]], metadata[i]. */
export interface EntryBatch {
  readonly count: number;
  readonly timesNs: BigInt64Array;
  readonly lines: readonly string[];
  readonly streamOf: Uint32Array;
  /** Grows from batch to batch; the same stream is the same index, and the same object, in the whole answer. */
  readonly streams: readonly Labels[];
  /** Structured metadata, sorted by name. One shared empty array where there is none. */
  readonly metadata: readonly Labels[];
}

/** Ends early when the caller stops reading or the signal aborts. Refuses with the store's refusals. */
export type ReadEntries = (question: EntryQuestion) => AsyncGenerator<EntryBatch>;

export interface CountQuestion extends Omit<EntryQuestion, 'direction' | 'limit' | 'needs'> {
  /** Windows (end − rangeNs, end] for each end = firstEndNs + k · stepNs, k < steps. */
  readonly firstEndNs: bigint;
  readonly stepNs: bigint;
  readonly steps: number;
  readonly rangeNs: bigint;
  readonly measure: 'lines' | 'bytes';
  /** What the answer is summed by: each label is the stream's, else the structured metadata's, else ''. */
  readonly by: readonly string[];
}

export interface CountedGroup {
  /** Without the labels that are ''. */
  readonly labels: Labels;
  /** One per step; NaN where the window holds no line. */
  readonly values: Float64Array;
}

/**
 * Counts lines (or their bytes) per group and window inside the store. Only asked when nothing but filters of what
 * is stored stands between the selector and the range aggregation, and a `sum by` around it (so that no label is missed).
 * Here every filter counts: no pipeline looks at the lines afterwards.
 * `undefined`: these filters cannot be computed there, read the entries.
 */
export type CountEntries = (question: CountQuestion) => Promise<readonly CountedGroup[] | undefined>;
