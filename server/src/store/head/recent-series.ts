/**
 * The recent samples of one series, ascending: the newest plain, those before them packed in chunks. Cells that were
 * given out as views are never changed: appending writes behind them, and everything else (growing, sealing, a sample
 * that comes late) moves to another stretch of the slabs.
 */
import type { SampleCells, SeriesRef } from '#model';
import type { Floats } from '../read/columns.ts';
import type { CellSlab, CellSlabs } from './cell-slabs.ts';
import { type Chunks, type ChunkTable, NO_CHUNK } from './chunks.ts';
import { mergeFloats, type Parts, unpackParts } from './parts.ts';
import { firstCellFrom, type PlainCells } from './plain-cells.ts';

/** The last hour (and what a window reaches back from there) is asked for most: it stays plain where there is room. */
const plainMs = 70 * 60_000;
/** Of a chunk's samples, so many more stay plain when it is sealed: most late samples are only a little late. */
const plainShare = 0.2;
/** Late samples that wait until the series is packed anew. */
const lateMax = 64;

const noCells = new Float64Array(0);
const none: Floats = { timesMs: noCells, values: noCells };

export class RecentSeries {
  /** Of its cells [start, limit) are this series', and [start, end) are written. */
  private slab: CellSlab;
  private start: number;
  private end: number;
  private limit: number;
  private newest = NO_CHUNK;
  private oldest = NO_CHUNK;
  /** Everything in chunks is at or before this. */
  private sealedMs = Number.NEGATIVE_INFINITY;
  private late: Floats | undefined;

  constructor(slabs: CellSlabs) {
    this.slab = slabs.slabFor(cellsFor(0));
    this.start = this.slab.take(cellsFor(0));
    this.end = this.start;
    this.limit = this.start + cellsFor(0);
  }

  /** Of the samples that are not in chunks. */
  get length(): number {
    return this.end - this.start + (this.late?.timesMs.length ?? 0);
  }

  /** Without the slabs and the chunks. */
  get bytes(): number {
    return (this.late?.timesMs.length ?? 0) * 16 + overheadBytes;
  }

  get newestMs(): number {
    return this.end > this.start ? (this.slab.timesMs[this.end - 1] as number) : this.sealedMs;
  }

  /** Whether the sample came in order. `keepFromMs`: older cells may be dropped when room is needed. Hot. */
  push(timeMs: number, low: number, high: number, keepFromMs: number, chunks: Chunks): boolean {
    if (timeMs <= this.newestMs) {
      if (timeMs <= this.sealedMs) this.insertSealed(timeMs, low, high, chunks);
      else this.insert(timeMs, low, high);
      return false;
    }
    if (this.end === this.limit) this.makeRoom(keepFromMs, chunks);
    const { slab } = this;
    const at = this.end++;
    slab.timesMs[at] = timeMs;
    slab.words[2 * at] = low;
    slab.words[2 * at + 1] = high;
    return true;
  }

  /** Whether nothing from `startMs` on is in chunks, or late. */
  isPlainFrom(startMs: number): boolean {
    return startMs > this.sealedMs || this.newest === NO_CHUNK;
  }

  /** Where the samples with startMs <= time <= endMs are, if there may be any. */
  between(startMs: number, endMs: number, table: ChunkTable): Parts | undefined {
    const plain = this.plainBetween(startMs, endMs);
    const plainCount = plain === undefined ? 0 : plain.to - plain.from;
    if (this.isPlainFrom(startMs)) {
      if (plain === undefined) return undefined;
      return { chunks: [], packedSamples: 0, plain, late: undefined, isSure: true, estimate: plainCount };
    }
    const { chunks, packedSamples, isSure, estimate } = table.between(this.newest, startMs, endMs);
    const { late } = this;
    if (chunks.length === 0 && late === undefined && plain === undefined) return undefined;
    return {
      ...{ chunks, packedSamples, plain, late },
      isSure: isSure || plain !== undefined,
      estimate: estimate + plainCount,
    };
  }

  /** Takes samples that were there before; a time that is known already keeps its value. */
  addOlder(older: Floats, chunks: Chunks): void {
    const count = older.timesMs.length;
    if (count === 0) return;
    const isBefore = (older.timesMs[count - 1] as number) < this.firstMs(chunks);
    if (isBefore && this.newest !== NO_CHUNK) this.prepend(older, chunks);
    else this.replace(mergeFloats(older, this.all(chunks)), chunks);
  }

  /** Drops cells older than `keepFromMs` where that frees a good part of the room, or of a slab. */
  trim(keepFromMs: number, chunks: Chunks): void {
    if (this.newest !== NO_CHUNK && !chunks.has(this.newest)) {
      this.newest = this.oldest = NO_CHUNK;
      this.sealedMs = Number.NEGATIVE_INFINITY;
      this.late = undefined;
    }
    const from = this.firstFrom(keepFromMs);
    const isLoose = 2 * cellsFor(this.end - from) <= this.limit - this.start;
    if (isLoose || this.slab.isSparse) this.move(from);
  }

  /** Nothing is to be asked of it afterwards. */
  leave(): void {
    this.slab.leave(this.limit - this.start);
  }

  /** Of the plain samples those with startMs <= time <= endMs. Hot. */
  plainBetween(startMs: number, endMs: number): SampleCells | undefined {
    const { end } = this;
    const { timesMs, values } = this.slab;
    const to = this.start < end && (timesMs[end - 1] as number) <= endMs ? end : this.firstFrom(endMs + 1);
    const from = this.firstFrom(startMs);
    return from < to ? { timesMs, values, from, to } : undefined;
  }

  /** Names its plain cells, all of them. Hot. */
  addPlainTo(found: PlainCells, ref: SeriesRef): void {
    found.add(ref, this.slab, this.start, this.end);
  }

  private firstMs(chunks: Chunks): number {
    const oldest = this.oldest === NO_CHUNK ? undefined : chunks.now.at(this.oldest);
    const lateMs = this.late?.timesMs[0] ?? Number.POSITIVE_INFINITY;
    if (oldest !== undefined) return Math.min(oldest.firstMs, lateMs);
    return this.newest !== NO_CHUNK || this.start === this.end ? lateMs : (this.slab.timesMs[this.start] as number);
  }

  private all({ now }: Chunks): Floats {
    const parts = this.between(Number.NEGATIVE_INFINITY, Number.MAX_SAFE_INTEGER, now);
    return parts === undefined ? none : unpackParts(parts, Number.NEGATIVE_INFINITY, Number.MAX_SAFE_INTEGER, now);
  }

  /** Packs the series anew. */
  private replace({ timesMs, values }: Floats, chunks: Chunks): void {
    for (let at = this.newest; at !== NO_CHUNK; ) {
      const chunk = chunks.now.at(at);
      if (chunk === undefined) break;
      chunks.release(at, chunk.samples);
      at = chunk.before;
    }
    this.newest = this.oldest = NO_CHUNK;
    this.sealedMs = Number.NEGATIVE_INFINITY;
    this.late = undefined;
    const sealed = toSeal(timesMs, 0, timesMs.length, chunks);
    if (sealed > 0) this.prepend({ timesMs: timesMs.subarray(0, sealed), values: values.subarray(0, sealed) }, chunks);
    this.setPlain(timesMs.subarray(sealed), values.subarray(sealed));
  }

  /** Puts chunks in front of all others. */
  private prepend({ timesMs, values }: Floats, chunks: Chunks): void {
    const { chunkSamples } = chunks;
    let before = NO_CHUNK;
    let first = NO_CHUNK;
    for (let from = 0; from < timesMs.length; from += chunkSamples) {
      const to = Math.min(from + chunkSamples, timesMs.length);
      before = chunks.add(timesMs, values, from, to, before, 'older');
      if (first === NO_CHUNK) first = before;
    }
    if (this.newest === NO_CHUNK) {
      this.newest = before;
      this.sealedMs = timesMs[timesMs.length - 1] as number;
    } else chunks.link(this.oldest, before);
    this.oldest = first;
  }

  private makeRoom(keepFromMs: number, chunks: Chunks): void {
    const from = this.firstFrom(keepFromMs);
    const { timesMs, values } = this.slab;
    const sealed = toSeal(timesMs, from, this.end, chunks);
    if (sealed === 0) {
      this.move(from);
      return;
    }
    for (let at = from; at < from + sealed; at += chunks.chunkSamples) {
      const to = Math.min(at + chunks.chunkSamples, from + sealed);
      this.newest = chunks.add(timesMs, values, at, to, this.newest, 'newest');
      if (this.oldest === NO_CHUNK) this.oldest = this.newest;
    }
    this.sealedMs = timesMs[from + sealed - 1] as number;
    this.move(from + sealed);
  }

  /** To other cells, without those before `from`; there is room for more afterwards. */
  private move(from: number): void {
    const { timesMs, values } = this.slab;
    this.setPlain(timesMs.subarray(from, this.end), values.subarray(from, this.end));
  }

  /** `set` between arrays of one kind moves bytes, so that a NaN keeps its payload. */
  private setPlain(timesMs: Float64Array, values: Float64Array): void {
    const cells = cellsFor(timesMs.length);
    const slab = this.slab.slabFor(cells);
    const start = slab.take(cells);
    slab.timesMs.set(timesMs, start);
    slab.values.set(values, start);
    this.leave();
    this.slab = slab;
    this.start = start;
    this.end = start + timesMs.length;
    this.limit = start + cells;
  }

  /** A sample that came late, or again: the later write wins. */
  private insert(timeMs: number, low: number, high: number): void {
    const { slab: left, end } = this;
    const at = this.firstFrom(timeMs);
    const again = left.timesMs[at] === timeMs && at < end;
    if (again && left.words[2 * at] === low && left.words[2 * at + 1] === high) return;
    this.move(this.start);
    const { timesMs, words } = this.slab;
    const before = at + this.end - end;
    const after = again ? at + 1 : at;
    timesMs[before] = timeMs;
    words[2 * before] = low;
    words[2 * before + 1] = high;
    timesMs.set(left.timesMs.subarray(after, end), before + 1);
    words.set(left.words.subarray(2 * after, 2 * end), 2 * (before + 1));
    if (!again) this.end++;
  }

  private insertSealed(timeMs: number, low: number, high: number, chunks: Chunks): void {
    const value = new Float64Array(1);
    wordsOf(value).set([low, high]);
    const one = { timesMs: Float64Array.of(timeMs), values: value };
    this.late = this.late === undefined ? one : mergeFloats(this.late, one);
    if (this.late.timesMs.length >= lateMax) this.replace(this.all(chunks), chunks);
  }

  private firstFrom(timeMs: number): number {
    return firstCellFrom(this.slab.timesMs, this.start, this.end, timeMs);
  }
}

/** How many of the plain cells [from, end) are to be packed: whole chunks of what is old, or of what is too much. */
function toSeal(times: Float64Array, from: number, end: number, { chunkSamples, plainMax }: Chunks): number {
  const youngMs = (times[end - 1] as number) - plainMs;
  let sealed = 0;
  for (;;) {
    const left = end - from - sealed - chunkSamples;
    if (left < chunkSamples * plainShare) return sealed;
    const isYoung = (times[from + sealed + chunkSamples - 1] as number) >= youngMs;
    if (isYoung && left + chunkSamples < plainMax) return sealed;
    sealed += chunkSamples;
  }
}

const wordsOf = (values: Float64Array): Uint32Array =>
  new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);

/** This object, its numbers and its place in the head's list: measured, not computed. */
const overheadBytes = 120;

/** A quarter more than what lives: who has filled its cells moves once in so many samples. */
const cellsFor = (live: number): number => live + Math.max(4, live >> 2);
