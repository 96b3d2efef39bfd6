/**
 * What remote write 1 and 2 have in common below a series: samples, native histograms and exemplars, each judged alone,
 * counted, and kept or refused. Hot: bench/receive.ts.
 */

import type { ProtoCursor } from '#kit';
import type { ExemplarRow, HistogramRow, Limits, MetadataRow, SeriesRef } from '#model';
import { emptied, type Lives, outsideWindow, SampleBuffer, type Tally, type Window, windowFault } from '#normalise';
import { histogramFault } from '../nativehistograms.ts';
import { exemplarRow, type ReadExemplar } from './exemplars.ts';
import { readHistogram } from './histograms.ts';

/** What a request held that may be stored. */
export interface Scanned {
  readonly samples: SampleBuffer;
  readonly histograms: HistogramRow[];
  readonly exemplars: ExemplarRow[];
  readonly metadata: MetadataRow[];
  /** Of series that began: no items of the sender's. */
  readonly zeros: SampleBuffer;
  readonly emptyHistograms: HistogramRow[];
  /** What the sender may count as written once the batch is durable: what is kept, and what was said twice. */
  readonly written: Written;
}

/** A request half read. */
export interface Scan {
  /** What has been read so far; complete when `read` said so. */
  readonly found: Scanned;
  /** Reads on for at most `stepsMax` series or symbols. True when all is read. */
  read(stepsMax: number): boolean;
}

export interface Written {
  samples: number;
  histograms: number;
  exemplars: number;
}

export interface ItemsAbout {
  readonly window: Window;
  readonly tally: Tally;
  readonly limits: Limits['receive'];
  /** Undefined where samples tell no starts. */
  readonly lives?: Lives;
}

export const nothing: Readonly<Written> = { samples: 0, histograms: 0, exemplars: 0 };

export class Items implements Scanned {
  readonly samples = new SampleBuffer(2048);
  readonly histograms: HistogramRow[] = [];
  readonly exemplars: ExemplarRow[] = [];
  readonly metadata: MetadataRow[] = [];
  readonly zeros = new SampleBuffer(16);
  readonly emptyHistograms: HistogramRow[] = [];
  readonly written: Written = { ...nothing };
  private readonly cursor: ProtoCursor;
  private readonly about: ItemsAbout;
  /** Time and value of the last sample of the series at hand. */
  private lastMs = Number.NaN;
  private lastLow = 0;
  private lastHigh = 0;

  constructor(cursor: ProtoCursor, about: ItemsAbout) {
    this.cursor = cursor;
    this.about = about;
  }

  /** Call before the first item of each series. */
  beginSeries(): void {
    this.lastMs = Number.NaN;
  }

  /** A `Sample` of either version. */
  sample(ref: SeriesRef, end: number): void {
    const { cursor } = this;
    let low = 0;
    let high = 0;
    let timeMs = 0;
    let startMs = 0;
    while (cursor.at < end) {
      const tag = cursor.varint(end);
      if (tag === 0x09) {
        cursor.fixed64(end);
        low = cursor.low;
        high = cursor.high;
      } else if (tag === 0x10) timeMs = cursor.int64(end);
      else if (tag === 0x18) startMs = cursor.int64(end);
      else cursor.skip(tag, end);
    }
    const { tally, window } = this.about;
    tally.received++;
    if (outsideWindow(timeMs, window)) {
      const fault = windowFault(timeMs, window, 'a sample');
      tally.reject(fault.reason, 1, fault.example);
    } else if (timeMs === this.lastMs && low === this.lastLow && high === this.lastHigh) {
      tally.repeated++;
      this.written.samples++;
    } else if (timeMs === this.lastMs) {
      tally.reject(
        'duplicate_timestamp',
        1,
        () => `a series has two values at ${timeMs} ms in one request, the first is kept; send each once`,
      );
    } else {
      this.lastMs = timeMs;
      this.lastLow = low;
      this.lastHigh = high;
      this.written.samples++;
      this.samples.pushWords(ref, timeMs, low, high);
      const zeroMs = startMs === 0 ? undefined : this.zeroStart(ref, { startMs, timeMs });
      if (zeroMs !== undefined) this.zeros.push(ref, zeroMs, 0);
    }
  }

  private zeroStart(ref: SeriesRef, point: { startMs: number; timeMs: number }): number | undefined {
    return this.about.lives?.zeroStart(ref, point, this.about.window.oldestMs);
  }

  exemplar(ref: SeriesRef, read: ReadExemplar): void {
    const { tally, window, limits } = this.about;
    tally.received++;
    const sampleMs = Number.isNaN(this.lastMs) ? window.nowMs : this.lastMs;
    const row = exemplarRow(read, { ref, sampleMs, window, limits }, tally);
    if (!row) return;
    this.written.exemplars++;
    this.exemplars.push(row);
  }

  /** A `Histogram` of either version. */
  histogram(ref: SeriesRef, end: number): void {
    const { tally, window, limits } = this.about;
    tally.received++;
    const { timeMs, startMs, histogram, isStale } = readHistogram(this.cursor, end);
    if (outsideWindow(timeMs, window)) {
      const fault = windowFault(timeMs, window, 'a histogram');
      tally.reject(fault.reason, 1, fault.example);
      return;
    }
    if (isStale) {
      // A float marker ends the series all the same, and keeps its bits.
      this.samples.pushStale(ref, timeMs);
      this.written.histograms++;
      return;
    }
    const fault = histogramFault(histogram, limits.histogramBucketsMax);
    if (fault) tally.reject('malformed_histogram', 1, () => `a native histogram ${fault}; send a consistent one`);
    else {
      this.histograms.push({ ref, timeMs, histogram });
      this.written.histograms++;
      const zeroMs = startMs === 0 ? undefined : this.zeroStart(ref, { startMs, timeMs });
      if (zeroMs !== undefined) this.emptyHistograms.push({ ref, timeMs: zeroMs, histogram: emptied(histogram) });
    }
  }
}
