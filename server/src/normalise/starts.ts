/**
 * Start times. A counter was 0 when it started, so the first point of a series, or of its next life after a restart, is
 * preceded by a zero sample at its start: without it `rate` and `increase` lose everything that came before the first
 * point. Writing it twice is harmless: same time, same value.
 * Source: Prometheus' `created-timestamp-zero-ingestion` (tsdb/head_append.go, AppendSTZeroSample).
 */
import type { NativeHistogram, SeriesRef } from '#model';

/** What is known of a series, or of several that are always written together; 0 where nothing is. */
export interface Life {
  startMs: number;
  lastMs: number;
}

interface Started {
  readonly timeMs: number;
  /** 0: nobody said. */
  readonly startMs: number;
}

// Further back than this a zero helps no query and only surprises: long-lived processes met for the first time.
const zeroSampleMsMax = 3_600_000;

/** Notes the point's times; returns the start to write zeros at, or undefined. `oldestMs`: nothing before it is kept. */
export function zeroStart({ startMs, timeMs }: Started, life: Life, oldestMs: number): number | undefined {
  const isNew = startMs !== 0 && startMs !== life.startMs;
  const isAfterLast = startMs > life.lastMs;
  if (startMs !== 0) life.startMs = startMs;
  if (timeMs > life.lastMs) life.lastMs = timeMs;
  if (!isNew || !isAfterLast || startMs >= timeMs) return undefined;
  return timeMs - startMs <= zeroSampleMsMax && startMs >= oldestMs ? startMs : undefined;
}

/** The same for series by their refs. Only those whose senders tell starts are noted, up to `seriesMax` of them. */
export class Lives {
  private readonly lives = new Map<SeriesRef, Life>();
  private readonly seriesMax: number;

  constructor(seriesMax: number) {
    this.seriesMax = seriesMax;
  }

  /** Hot: once per sample that tells its start. */
  zeroStart(ref: SeriesRef, point: Started, oldestMs: number): number | undefined {
    let life = this.lives.get(ref);
    if (life === undefined) {
      // What is forgotten gets its zero once more, if it is still young.
      if (this.lives.size >= this.seriesMax) this.lives.clear();
      life = { startMs: 0, lastMs: 0 };
      this.lives.set(ref, life);
    }
    return zeroStart(point, life, oldestMs);
  }

  /** Of a series whose zero could not be written. */
  forget(ref: SeriesRef): void {
    this.lives.delete(ref);
  }
}

/** A native histogram before its first observation, with the same buckets. */
export function emptied({ schema, zeroThreshold, customBounds }: NativeHistogram): NativeHistogram {
  return {
    schema,
    count: 0,
    sum: 0,
    zeroThreshold,
    zeroCount: 0,
    positiveSpans: [],
    positiveCounts: [],
    negativeSpans: [],
    negativeCounts: [],
    customBounds,
    resetHint: 'reset',
  };
}
