/**
 * The recent past of every series, in memory: what alert rules and most panels ask for. Fed with samples once they are
 * durable. It answers for times from `validFromMs` on, and only then; when it would grow past its budget it answers for
 * less of the past, and never fails.
 */
import type { Clock } from '#kit';
import type { SampleColumns, SeriesRef } from '#model';
import type { Columns } from '../read/sample-runs.ts';
import { headBytes, headOutOfOrder, headSamples, headWindowSeconds } from '../selfmetrics.ts';
import { RecentSeries } from './recent-series.ts';

export interface HeadOptions {
  readonly recentMs: number;
  readonly recentBytesMax: number;
  readonly clock: Clock;
}

/** A shrink aims below the budget, so that the next one is a while away. */
const shrinkTo = 0.7;
/** Series looked at before others get their turn. */
const sweepSlice = 2_000;

export class Head {
  /** An integer; Infinity until the head has been warmed. */
  validFromMs = Number.POSITIVE_INFINITY;
  /** Older samples are not taken. Whole milliseconds, never falls. */
  keepFromMs: number;
  private bytes = 0;
  private samples = 0;
  private readonly series: (RecentSeries | undefined)[] = [];
  private readonly options: HeadOptions;
  private sweeping: Promise<void> | undefined;

  constructor(options: HeadOptions) {
    this.options = options;
    this.keepFromMs = Math.floor(options.clock.nowMs() - options.recentMs);
  }

  /** From now on it answers for everything from `fromMs` on. */
  isWarm(fromMs: number): void {
    this.validFromMs = Math.max(fromMs, this.keepFromMs);
  }

  /** Takes samples that have become durable. Hot. */
  append({ count, refs, timesMs, values }: SampleColumns): void {
    const words = new Uint32Array(values.buffer, values.byteOffset, 2 * count);
    const { keepFromMs } = this;
    let late = 0;
    for (let i = 0; i < count; i++) {
      const timeMs = timesMs[i] as number;
      if (timeMs < keepFromMs) continue;
      const series = this.seriesOf(refs[i] as number);
      const bytes = series.bytes;
      const length = series.length;
      if (!series.push(timeMs, words[2 * i] as number, words[2 * i + 1] as number, keepFromMs)) late++;
      this.bytes += series.bytes - bytes;
      this.samples += series.length - length;
    }
    headOutOfOrder.inc(late);
    if (this.bytes > this.options.recentBytesMax) this.shrink();
  }

  /** Takes samples that the tables had before this process began to feed the head. */
  addOlder({ ref, timesMs, values }: Columns): void {
    const series = this.seriesOf(ref);
    const bytes = series.bytes;
    const length = series.length;
    series.addOlder(timesMs, values);
    this.bytes += series.bytes - bytes;
    this.samples += series.length - length;
    if (this.bytes > this.options.recentBytesMax) this.shrink();
  }

  /** Views of the samples between the two times; the caller must not write to them. Hot. */
  read(ref: SeriesRef, startMs: number, endMs: number): { timesMs: Float64Array; values: Float64Array } | undefined {
    return this.series[ref]?.between(startMs, endMs);
  }

  /** Lets go of what is older than the window. Call it now and then. */
  async sweep(): Promise<void> {
    this.dropBefore(Math.floor(this.options.clock.nowMs() - this.options.recentMs));
    await this.sweepOnce();
  }

  size(): { bytes: number; samples: number } {
    return { bytes: this.bytes, samples: this.samples };
  }

  report(): void {
    headBytes.set(this.bytes);
    headSamples.set(this.samples);
    const windowMs = this.options.clock.nowMs() - this.validFromMs;
    headWindowSeconds.set(Number.isFinite(windowMs) ? Math.max(0, windowMs / 1000) : 0);
  }

  private seriesOf(ref: SeriesRef): RecentSeries {
    const known = this.series[ref];
    if (known !== undefined) return known;
    const created = new RecentSeries();
    // The array is filled without holes, else it would turn into a dictionary.
    while (this.series.length < ref) this.series.push(undefined);
    this.series[ref] = created;
    this.bytes += created.bytes;
    return created;
  }

  private dropBefore(fromMs: number): void {
    this.keepFromMs = Math.max(this.keepFromMs, fromMs);
    this.validFromMs = Math.max(this.validFromMs, this.keepFromMs);
  }

  private shrink(): void {
    if (this.sweeping !== undefined) return;
    const { clock, recentBytesMax } = this.options;
    const nowMs = clock.nowMs();
    const windowMs = Math.max(0, nowMs - this.keepFromMs);
    this.dropBefore(Math.ceil(nowMs - (windowMs * shrinkTo * recentBytesMax) / this.bytes));
    void this.sweepOnce();
  }

  private sweepOnce(): Promise<void> {
    this.sweeping ??= this.sweepAll().finally(() => {
      this.sweeping = undefined;
    });
    return this.sweeping;
  }

  private async sweepAll(): Promise<void> {
    for (let from = 0; from < this.series.length; from += sweepSlice) {
      const to = Math.min(from + sweepSlice, this.series.length);
      for (let ref = from; ref < to; ref++) this.trim(ref);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  private trim(ref: SeriesRef): void {
    const series = this.series[ref];
    if (series === undefined) return;
    const bytes = series.bytes;
    const length = series.length;
    if (series.newestMs < this.keepFromMs) {
      this.series[ref] = undefined;
      this.bytes -= bytes;
      this.samples -= length;
      return;
    }
    series.trim(this.keepFromMs);
    this.bytes += series.bytes - bytes;
    this.samples += series.length - length;
  }
}
