/**
 * What the rest of Farol may ask of the store. The store knows nobody: it is told rows, it answers questions.
 * Every read takes a signal; every write resolves only when the rows are durable.
 */
import type {
  ExemplarRow,
  HistogramRow,
  Labels,
  LogRow,
  LogShapeRow,
  Matcher,
  MetadataRow,
  SampleColumns,
  SeriesColumns,
  SeriesRef,
  SpanRow,
} from '#model';
import type { ByteReader } from './read/rowbinary-reader.ts';
import type { Sql } from './sql.ts';

/** Reads a row of an answer, column by column. Past its end it gives nothing, and the row is read again. */
export type RowReader = ByteReader;

export interface Store extends AsyncDisposable {
  readonly series: SeriesCatalogue;
  readonly metrics: MetricReader;
  /**
   * Takes a batch and resolves when every row of it is fsynced (group commit; at most limits.store.smallGroupMs).
   * Refuses with STORE_BUSY (queue full), STORE_FULL (disk), STORE_DOWN; then nothing of the batch counts as taken.
   * Retries inside with the same deduplication token. Rows are owned by the store from here on.
   */
  write(batch: WriteBatch): Promise<WriteReceipt>;
  /** Rows of a reader query (readonly session, capped), as objects by column name; UInt64 and Int64 as strings. */
  ask<Row>(query: Sql, options: AskOptions): Promise<Row[]>;
  /** The same as `ask`, block by block; ends early when the signal aborts. */
  stream<Row>(query: Sql, options: AskOptions): AsyncGenerator<Row[]>;
  /** The same as `stream`, for very many rows: `readRow` reads the query's columns from bytes, in their order. */
  scan<Row>(query: Sql, readRow: (reader: RowReader) => Row, options: AskOptions): AsyncGenerator<Row[]>;
  /**
   * A person's own SELECT over the rows of their tenant; it may name the tables of the schema and nothing else. Refuses
   * with BAD_REQUEST, in ClickHouse's words, what is no SELECT, reaches further, or cannot be run.
   */
  selectOwn(asked: OwnSelect): Promise<OwnTable>;
  /** Live facts for `/-/ready`, `/api/status` and the UI's banner. */
  health(): StoreHealth;
  /** Rows, bytes on disk, oldest and newest time, and the TTL in force, per signal, read from the tables themselves. */
  sizes(signal: AbortSignal): Promise<readonly SignalSize[]>;
}

export interface WriteBatch {
  readonly tenant: string;
  readonly samples?: SampleColumns;
  readonly histograms?: readonly HistogramRow[];
  readonly exemplars?: readonly ExemplarRow[];
  readonly metadata?: readonly MetadataRow[];
  readonly logs?: readonly LogRow[];
  readonly logShapes?: readonly LogShapeRow[];
  readonly spans?: readonly SpanRow[];
  /**
   * Identity of the client's request (16 hex digits over its decoded body). Log and span rows of a request that is
   * already durable are not written again: a client that retries after a crash or a timeout makes no duplicates.
   */
  readonly requestId?: string;
}

export interface WriteReceipt {
  /** Rows not written because the same request had been written before. */
  readonly duplicateRows: number;
}

export interface SeriesCatalogue {
  /** The series' ref, known or new. Refuses with SERIES_LIMIT past limits.store.seriesMax of the tenant. */
  intern(tenant: string, labels: Labels): SeriesRef;
  labelsOf(ref: SeriesRef): Labels;
  /**
   * Changes when series were forgotten because nothing of them is within the retention. A ref from before may be of one:
   * whoever remembers refs interns their labels again. No ref is ever used for another series.
   */
  readonly forgets: number;
}

export interface MetricQuestion {
  readonly tenant: string;
  readonly matchers: readonly Matcher[];
  /** Samples with startMs <= time <= endMs are returned; the evaluator cuts its own windows out of them. */
  readonly startMs: number;
  readonly endMs: number;
  readonly signal: AbortSignal;
  /** Of the samples between startMs and endMs only those in these windows matter; the others may be left out. */
  readonly windows?: Windows;
  /** Refuses with QUERY_TOO_LARGE past these; samples count where the answer holds them all at once. */
  readonly samplesMax: number;
  readonly seriesMax: number;
}

/** Windows of one length at even distances: each is open to the left, and the last ends at lastMs. Whole milliseconds. */
export interface Windows {
  readonly lastMs: number;
  readonly everyMs: number;
  readonly reachMs: number;
  /** Of the samples in a window only the last one matters, be it a stale marker. */
  readonly lastOnly?: true;
}

export interface LabelQuestion {
  readonly tenant: string;
  /** Any of these sets of matchers; none means every series. */
  readonly matcherSets: readonly (readonly Matcher[])[];
  readonly startMs: number;
  readonly endMs: number;
  /** 0: no limit. */
  readonly limit: number;
  readonly signal: AbortSignal;
}

export interface MetricReader {
  /** Series without samples in the window are left out. Duplicate times are already merged (the last write wins). */
  select(question: MetricQuestion): Promise<SeriesColumns[]>;
  /** The same in the order of the labels, for answers too large to hold: a batch has about a million samples; so the limits are of a batch. */
  walk(question: MetricQuestion): AsyncGenerator<SeriesColumns[]>;
  /** What `select` would answer, at once and without an object for each series, where all of it lies plain in memory. */
  glance(question: MetricQuestion): PlainSeries | undefined;
  /** Sorted, as the values are. Answered by the index of series, by days: no sample is read. */
  labelNames(question: LabelQuestion): Promise<string[]>;
  labelValues(name: string, question: LabelQuestion): Promise<string[]>;
  seriesOf(question: LabelQuestion): Promise<Labels[]>;
  /** The same for very many series. */
  listSeries(question: LabelQuestion): Promise<SeriesFound>;
  /** Of all series the tenant has; each list has at most `limit` entries, the largest first. */
  cardinality(question: { readonly tenant: string; readonly limit: number }): Cardinality;
  exemplars(question: MetricQuestion): Promise<readonly ExemplarsOfSeries[]>;
  metadata(question: { tenant: string; metric?: string; limit: number; signal: AbortSignal }): Promise<MetadataRow[]>;
  /**
   * How far back has been written since an earlier answer's `mark` (0: none). A writer is acknowledged after its samples
   * are counted here, so an answer that was read after a mark still holds for all times before `leastMs`.
   */
  writtenSince(tenant: string, mark: number): Written;
}

/** Series of floats whose samples lie in long arrays: the i-th has the cells [from[i], to[i]) of slabs[i]. */
export interface PlainSeries {
  readonly count: number;
  readonly refs: Int32Array;
  /** The cells of the series that are named here never change. */
  readonly slabs: readonly { readonly timesMs: Float64Array; readonly values: Float64Array }[];
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** Of all series. */
  readonly samples: number;
  labelsOf(ref: SeriesRef): Labels;
  /** The same as `select` says it. */
  columns(): SeriesColumns[];
}

export interface Written {
  /** For the next time. */
  readonly mark: number;
  /** The least time of a sample written since: Infinity when there is none, -Infinity when nobody can say. */
  readonly leastMs: number;
}

export interface SeriesFound {
  readonly count: number;
  /** Made as they are read; to be read once. */
  readonly labels: Iterable<Labels>;
}

/** What makes a tenant's series so many. */
export interface Cardinality {
  readonly series: number;
  readonly labelPairs: number;
  readonly seriesByMetric: readonly Counted[];
  readonly valuesByLabel: readonly Counted[];
  /** Bytes of all values of a label, each once. */
  readonly bytesByLabel: readonly Counted[];
  /** Pairs as `name=value`. */
  readonly seriesByPair: readonly Counted[];
}

export interface Counted {
  readonly name: string;
  readonly count: number;
}

export interface ExemplarsOfSeries {
  readonly labels: Labels;
  readonly exemplars: readonly Omit<ExemplarRow, 'ref'>[];
}

export interface AskOptions {
  readonly signal: AbortSignal;
  /** At most limits.query.msMax; the query is killed past it (QUERY_TIMEOUT). */
  readonly msMax?: number;
}

export interface OwnSelect extends AskOptions {
  readonly tenant: string;
  readonly text: string;
  readonly rowsMax: number;
}

export interface OwnTable {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** UInt64 and Int64 as strings, NaN as null. */
  readonly rows: readonly (readonly unknown[])[];
  /** There are more rows than rowsMax. */
  readonly more: boolean;
}

export type StoreState = 'starting' | 'ready' | 'read-only' | 'down';

export interface StoreHealth {
  readonly state: StoreState;
  /** A sentence for a person, when state is not `ready`. */
  readonly reason?: string;
  readonly engineVersion: string;
  /** Parts that ClickHouse set aside at start because they were broken: data that was lost, to be shown. */
  readonly detachedParts: number;
  readonly queuedRows: number;
}

export interface SignalSize {
  readonly signal: 'metrics' | 'logs' | 'traces';
  readonly rows: number;
  readonly bytesOnDisk: number;
  readonly oldestMs?: number;
  readonly newestMs?: number;
  /** As the tables say it, not as the configuration says it. */
  readonly retentionDays: number;
}
