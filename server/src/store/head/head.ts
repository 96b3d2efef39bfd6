/**
 * The recent past of every series, in memory: what alert rules and most panels ask for; the last hour plain, what is
 * older packed (a day of 10,000 series at 30 s is about 100 MB). Fed with samples once they are durable. It answers for times from `validFromMs` on, and only then; when it would grow past its budget it answers for
 * less of the past, and never fails.
 */
import type { Clock } from '#kit';
import type { SampleColumns, SeriesRef } from '#model';
import { CellColumns, type Columns, lazyColumns } from '../read/columns.ts';
import { headBytes, headOutOfOrder, headSamples, headWindowSeconds } from '../selfmetrics.ts';
import { CellSlabs } from './cell-slabs.ts';
import { Chunks } from './chunks.ts';
import { glanceAtParts, unpackParts } from './parts.ts';
import { PlainCells } from './plain-cells.ts';
import { RecentSeries } from './recent-series.ts';

export interface HeadOptions {
  readonly recentMs: number;
  readonly recentBytesMax: number;
  readonly clock: Clock;
}

/** Samples of a series between two times (both included), at least one, or undefined. Not to be written to. */
export type HeadReader = (ref: SeriesRef, startMs: number, endMs: number) => Columns | undefined;

/** A shrink aims below the budget, so that the next one is a while away. */
const shrinkTo = 0.9;
/** Of the budget, for samples that wait to be packed. */
const plainShare = 0.25;
const newSeriesPerLook = 1_000;
/** Series looked at before others get their turn. */
const sweepSlice = 2_000;

export class Head {
  /** An integer; Infinity until the head has been warmed. */
  validFromMs = Number.POSITIVE_INFINITY;
  /** Older samples are not taken. Whole milliseconds, never falls. */
  keepFromMs: number;
  /** Without the slabs and the chunks. */
  private bytes = 0;
  private samples = 0;
  private readonly slabs = new CellSlabs();
  private readonly chunks = new Chunks();
  private readonly series: (RecentSeries | undefined)[] = [];
  private readonly options: HeadOptions;
  private sweeping: Promise<void> | undefined;

  constructor(options: HeadOptions) {
    this.options = options;
    this.keepFromMs = Math.floor(options.clock.nowMs() - options.recentMs);
  }

  /** Prepares for so many series. */
  expect(series: number): void {
    this.chunks.fitTo(series, this.options.recentBytesMax * plainShare);
  }

  /** From now on it answers for everything from `fromMs` on, unless it had to let go of that meanwhile. */
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
      if (!series.push(timeMs, words[2 * i] as number, words[2 * i + 1] as number, keepFromMs, this.chunks)) late++;
      this.bytes += series.bytes - bytes;
      this.samples += series.length - length;
    }
    headOutOfOrder.inc(late);
    this.keepInBounds();
  }

  /** Takes samples that the tables had before this process began to feed the head. */
  addOlder({ ref, timesMs, values }: Columns): void {
    const series = this.seriesOf(ref);
    const bytes = series.bytes;
    const length = series.length;
    series.addOlder({ timesMs, values }, this.chunks);
    this.bytes += series.bytes - bytes;
    this.samples += series.length - length;
    this.keepInBounds();
  }

  /** For reading at once, before anything is appended; what was read then stays, whatever the head lets go of. */
  reader(): HeadReader {
    const table = this.chunks.table();
    return (ref, startMs, endMs) => {
      const series = this.series[ref];
      if (series === undefined) return undefined;
      if (series.isPlainFrom(startMs)) {
        const cells = series.plainBetween(startMs, endMs);
        return cells && new CellColumns(ref, cells);
      }
      const parts = series.between(startMs, endMs, table);
      if (parts === undefined) return undefined;
      const unpack = () => unpackParts(parts, startMs, endMs, table);
      if (parts.isSure && parts.late === undefined) {
        return lazyColumns(ref, parts.estimate, unpack, () => glanceAtParts(parts, startMs, endMs, table));
      }
      const floats = unpack();
      return floats.timesMs.length === 0 ? undefined : { ref, ...floats };
    };
  }

  /** Of all these series, at once: see PlainCells. Undefined where one has samples since `startMs` that are not plain. */
  plain(refs: Int32Array, startMs: number, endMs: number): PlainCells | undefined {
    const found = new PlainCells(refs.length);
    for (let i = 0; i < refs.length; i++) {
      const ref = refs[i] as number;
      const series = this.series[ref];
      if (series === undefined) continue;
      if (!series.isPlainFrom(startMs)) return undefined;
      series.addPlainTo(found, ref);
    }
    found.cut(startMs, endMs);
    return found;
  }

  /** Lets go of what is older than the window. Call it now and then. */
  async sweep(): Promise<void> {
    this.dropBefore(Math.floor(this.options.clock.nowMs() - this.options.recentMs));
    await this.sweepOnce();
  }

  size(): { bytes: number; samples: number } {
    return { bytes: this.plainBytes() + this.chunks.bytes, samples: this.samples + this.chunks.samples };
  }

  report(): void {
    const { bytes, samples } = this.size();
    headBytes.set(bytes);
    headSamples.set(samples);
    const windowMs = this.options.clock.nowMs() - this.validFromMs;
    headWindowSeconds.set(Number.isFinite(windowMs) ? Math.max(0, windowMs / 1000) : 0);
  }

  private seriesOf(ref: SeriesRef): RecentSeries {
    const known = this.series[ref];
    if (known !== undefined) return known;
    const created = new RecentSeries(this.slabs);
    if (ref % newSeriesPerLook === 0) this.expect(ref);
    // The array is filled without holes, else it would turn into a dictionary.
    while (this.series.length < ref) this.series.push(undefined);
    this.series[ref] = created;
    this.bytes += created.bytes;
    return created;
  }

  private dropBefore(fromMs: number): void {
    this.keepFromMs = Math.max(this.keepFromMs, fromMs);
    this.validFromMs = Math.max(this.validFromMs, this.keepFromMs);
    this.chunks.dropBefore(this.keepFromMs);
  }

  private plainBytes(): number {
    return this.bytes + this.slabs.bytes;
  }

  private keepInBounds(): void {
    if (this.sweeping !== undefined) return;
    if (this.slabs.areSparse) void this.sweepOnce();
    else if (this.size().bytes > this.options.recentBytesMax) this.shrink();
  }

  /** Lets go of the oldest chunks, and where that is not enough, of a part of the window. */
  private shrink(): void {
    const { clock, recentBytesMax } = this.options;
    const wanted = shrinkTo * recentBytesMax;
    const chunkBytes = Math.max(0, wanted - this.plainBytes());
    if (this.chunks.bytes > 0) this.dropBefore(this.chunks.startFor(chunkBytes));
    const { bytes } = this.size();
    if (bytes > recentBytesMax) {
      const nowMs = clock.nowMs();
      const windowMs = Math.max(0, nowMs - this.keepFromMs);
      this.dropBefore(Math.ceil(nowMs - (windowMs * wanted) / bytes));
    }
    void this.sweepOnce();
  }

  private sweepOnce(): Promise<void> {
    this.sweeping ??= this.sweepAll().finally(() => {
      this.sweeping = undefined;
    });
    return this.sweeping;
  }

  private async sweepAll(): Promise<void> {
    this.expect(this.series.length);
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
      series.leave();
      this.series[ref] = undefined;
      this.bytes -= bytes;
      this.samples -= length;
      return;
    }
    series.trim(this.keepFromMs, this.chunks);
    this.bytes += series.bytes - bytes;
    this.samples += series.length - length;
  }
}
