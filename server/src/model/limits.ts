/**
 * Every bound in one place, on by default. `config.ts` may override each (`limits.receive.bodyBytesMax` in `farol.yaml`).
 * Units are last in the name. A refusal names the limit by its path here.
 */
export const limits = {
  receive: {
    /** Compressed body, as read from the socket. */
    bodyBytesMax: 20 * 1024 * 1024,
    /** After decompression; checked from the snappy header before decoding, and while inflating. */
    decodedBytesMax: 64 * 1024 * 1024,
    /** Decoded bytes of all requests being handled at once; over it, new requests get a retryable refusal. */
    inFlightBytesMax: 192 * 1024 * 1024,
    requestMsMax: 60_000,
    /** Spans, log records or data points of one request, and the resources, scopes and metrics around them. */
    itemsMax: 500_000,
    /** One of them in a large body; what is larger is refused unread. */
    itemBytesMax: 2 * 1024 * 1024,
    nestingMax: 64,
    labelsMax: 128,
    labelNameBytesMax: 1024,
    labelValueBytesMax: 16 * 1024,
    attributesMax: 256,
    attributeBytesMax: 64 * 1024,
    logLineBytesMax: 256 * 1024,
    spanEventsMax: 1024,
    futureMsMax: 10 * 60_000,
    exemplarLabelsCharsMax: 128,
    histogramBucketsMax: 1000,
  },
  store: {
    seriesMax: 1_000_000,
    /** Between two group commits of a signal. */
    flushMs: 250,
    /** A smaller group waits up to smallGroupMs for company: every insert costs a part, and merges to be rid of it. */
    smallGroupRows: 1000,
    smallGroupMs: 1000,
    flushRowsMax: 200_000,
    queueRowsMax: 2_000_000,
    /** How long writes are retried while the store is away; after that each gets one try and a retryable refusal. */
    retryMsMax: 8_000,
    queueBytesMax: 128 * 1024 * 1024,
    freeDiskBytesMin: 512 * 1024 * 1024,
    /** What memory answers for at most: a day, and what a range or the lookback reaches back from its start. */
    recentMs: 26 * 3_600_000,
    /** At least; see limitsFor. */
    recentBytesMax: 256 * 1024 * 1024,
  },
  query: {
    msMax: 120_000,
    concurrencyMax: 20,
    /** Of them, questions in SQL of one's own. */
    sqlConcurrencyMax: 2,
    queueMsMax: 10_000,
    samplesMax: 50_000_000,
    pointsPerSeriesMax: 11_000,
    seriesMax: 300_000,
    /** Finished steps of range queries, kept for who asks again. */
    finishedBytesMax: 32 * 1024 * 1024,
    textBytesMax: 128 * 1024,
    depthMax: 500,
    logRowsMax: 5_000,
    /** Series in the answer of a metric query over logs, as many as Loki allows by default. */
    logSeriesMax: 500,
    /** Characters that one execution of a template may make, and nodes that it may visit. */
    templateTextMax: 256 * 1024,
    templateStepsMax: 10_000,
    tracesMax: 1_000,
    spansPerTraceMax: 100_000,
    /** Spans that a TraceQL question may look at one by one, past what SQL decides. */
    traceSpansMax: 500_000,
    /** Spans that are joined to tell who calls whom; past them the service graph tells. */
    dependencySpansMax: 4_000_000,
    /** Series that a TraceQL metrics query may make. */
    traceSeriesMax: 20_000,
    answerBytesMax: 256 * 1024 * 1024,
  },
  tail: {
    perTenantMax: 10,
    /** Lines that wait to be sent to one tail; past it they are dropped, and the tail is told. */
    bufferBytesMax: 4 * 1024 * 1024,
    /** Sent, but not yet taken by the client: while there is more, lines wait. */
    unsentBytesMax: 1024 * 1024,
    /** Dropped lines that are named in one message. */
    droppedMax: 100,
    delaySecondsMax: 5,
    /** A tail ends after so long, as Loki's do. */
    msMax: 3_600_000,
  },
  scrape: {
    bodyBytesMax: 64 * 1024 * 1024,
    targetsMax: 10_000,
  },
  logShapes: {
    /** Between two writes of the counts. */
    everyMs: 15_000,
    /** Kept in memory, of all tenants together; past them counting begins anew. */
    shapesMax: 50_000,
    /** Lines between two writes that are looked at word by word; the further ones of unknown shape are not counted. */
    linesReadMax: 20_000,
  },
  spanMetrics: {
    /** Between two writes of the sums. */
    everyMs: 15_000,
    /** Of all tenants together; spans past them are counted under `metric_overflow="true"`. */
    seriesMax: 100_000,
    /** A label set that no span has come for in so long goes stale. */
    idleMs: 15 * 60_000,
    /** How long a span waits for the other side of its request, and how many may. */
    pairMsMax: 60_000,
    pairsMax: 100_000,
    pairBytesMax: 40 * 1024 * 1024,
  },
  rules: {
    /** Rules of all files together. */
    rulesMax: 50_000,
    /** Alerts, or recorded series, that one evaluation of one rule may make. */
    resultsMax: 100_000,
    /** Rules that are evaluated side by side; the groups that are due wait for one another. */
    concurrencyMax: 4,
    /** One evaluation of one rule, with the queries of its templates. */
    msMax: 60_000,
    /** Queries that one template may ask. */
    templateQueriesMax: 10,
  },
} as const;

type Widen<T> = { readonly [K in keyof T]: T[K] extends number ? number : Widen<T[K]> };
export type Limits = Widen<typeof limits>;

/** Of the machine's memory, or of what Farol is allowed of it, for recent samples. */
const recentShare = 1 / 16;
/** A day of 100,000 series at 30 s, with its last hour plain. */
const recentBytesLargest = 1024 * 1024 * 1024;

/** The limits where none is configured, on a machine with so much memory. */
export function limitsFor(memoryBytes: number): Limits {
  const fitting = Math.min(Math.floor(memoryBytes * recentShare), recentBytesLargest);
  return { ...limits, store: { ...limits.store, recentBytesMax: Math.max(limits.store.recentBytesMax, fitting) } };
}
