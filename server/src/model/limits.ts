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
    /** An hour, and what a range or the lookback reaches back from its start. */
    recentMs: 80 * 60_000,
    recentBytesMax: 128 * 1024 * 1024,
  },
  query: {
    msMax: 120_000,
    concurrencyMax: 20,
    queueMsMax: 10_000,
    samplesMax: 50_000_000,
    pointsPerSeriesMax: 11_000,
    seriesMax: 300_000,
    textBytesMax: 128 * 1024,
    depthMax: 500,
    logRowsMax: 5_000,
    tracesMax: 1_000,
    spansPerTraceMax: 100_000,
    answerBytesMax: 256 * 1024 * 1024,
  },
  scrape: {
    bodyBytesMax: 64 * 1024 * 1024,
    targetsMax: 10_000,
  },
} as const;

type Widen<T> = { readonly [K in keyof T]: T[K] extends number ? number : Widen<T[K]> };
export type Limits = Widen<typeof limits>;
