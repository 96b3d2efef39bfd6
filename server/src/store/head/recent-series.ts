/**
 * The recent samples of one series, ascending: the newest plain, those before them packed in chunks. Cells that were
 * given out as views are never changed: appending writes behind them, and everything else (growing, sealing, a sample
 * that comes late) moves to a new buffer.
 */
import type { SampleCells } from '#model';
import type { Floats } from '../read/columns.ts';
import { type Chunks, type ChunkTable, NO_CHUNK } from './chunks.ts';
import { mergeFloats, type Parts, unpackParts } from './parts.ts';

/** The last hour (and what a window reaches back from there) is asked for most: it stays plain where there is room. */
const plainMs = 70 * 60_000;
/** Of a chunk's samples, so many more stay plain when it is sealed: most late samples are only a little late. */
const plainShare = 0.2;
/** Late samples that wait until the series is packed anew. */
const lateMax = 64;

const noCells = new Float64Array(0);
const noWords = new Uint32Array(0);
const none: Floats = { timesMs: noCells, values: noCells };

export class RecentSeries {
  private times: Float64Array = noCells;
  private values: Float64Array = noCells;
  /** The values as 32-bit words, so that a NaN keeps its payload. */
  private words: Uint32Array = noWords;
  private start = 0;
  private end = 0;
  private newest = NO_CHUNK;
  private oldest = NO_CHUNK;
  /** Everything in chunks is at or before this. */
  private sealedMs = Number.NEGATIVE_INFINITY;
  private late: Floats | undefined;

  constructor(capacity = 8) {
    this.makeCells(capacity);
  }

  /** Of the samples that are not in chunks. */
  get length(): number {
    return this.end - this.start + (this.late?.timesMs.length ?? 0);
  }

  /** Without the chunks. */
  get bytes(): number {
    return (this.times.length + (this.late?.timesMs.length ?? 0)) * 16 + overheadBytes;
  }

  get newestMs(): number {
    return this.end > this.start ? (this.times[this.end - 1] as number) : this.sealedMs;
  }

  /** The three steps to the newest samples; what they return means nothing. Hot. */
  lookAtSelf(): number {
    return this.end;
  }

  lookAtArrays(): number {
    return this.times.length + this.values.length + this.sealedMs;
  }

  lookAtCells(): number {
    const { times, values, end } = this;
    const before = Math.max(0, end - cellsPerLine);
    return (times[end - 1] ?? 0) + (times[before] as number) + (values[end - 1] ?? 0) + (values[before] as number);
  }

  /** Whether the sample came in order. `keepFromMs`: older cells may be dropped when room is needed. Hot. */
  push(timeMs: number, low: number, high: number, keepFromMs: number, chunks: Chunks): boolean {
    if (timeMs <= this.newestMs) {
      if (timeMs <= this.sealedMs) this.insertSealed(timeMs, low, high, chunks);
      else this.insert(timeMs, low, high);
      return false;
    }
    if (this.end === this.times.length) this.makeRoom(keepFromMs, chunks);
    const at = this.end++;
    this.times[at] = timeMs;
    this.words[2 * at] = low;
    this.words[2 * at + 1] = high;
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

  /** Drops cells older than `keepFromMs` if that frees a good part of the buffer. */
  trim(keepFromMs: number, chunks: Chunks): void {
    if (this.newest !== NO_CHUNK && !chunks.has(this.newest)) {
      this.newest = this.oldest = NO_CHUNK;
      this.sealedMs = Number.NEGATIVE_INFINITY;
      this.late = undefined;
    }
    const dead = this.firstFrom(keepFromMs);
    if ((this.times.length - (this.end - dead)) * 2 < this.times.length) return;
    this.move(dead);
  }

  /** Of the plain samples those with startMs <= time <= endMs. Hot. */
  plainBetween(startMs: number, endMs: number): SampleCells | undefined {
    const { times, values, end } = this;
    const to = this.start < end && (times[end - 1] as number) <= endMs ? end : this.firstFrom(endMs + 1);
    const from = this.firstFrom(startMs);
    return from < to ? { timesMs: times, values, from, to } : undefined;
  }

  private firstMs(chunks: Chunks): number {
    const oldest = this.oldest === NO_CHUNK ? undefined : chunks.now.at(this.oldest);
    const lateMs = this.late?.timesMs[0] ?? Number.POSITIVE_INFINITY;
    if (oldest !== undefined) return Math.min(oldest.firstMs, lateMs);
    return this.newest !== NO_CHUNK || this.start === this.end ? lateMs : (this.times[this.start] as number);
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
    const sealed = toSeal(this.times, from, this.end, chunks);
    if (sealed === 0) {
      this.move(from);
      return;
    }
    for (let at = from; at < from + sealed; at += chunks.chunkSamples) {
      const to = Math.min(at + chunks.chunkSamples, from + sealed);
      this.newest = chunks.add(this.times, this.values, at, to, this.newest, 'newest');
      if (this.oldest === NO_CHUNK) this.oldest = this.newest;
    }
    this.sealedMs = this.times[from + sealed - 1] as number;
    this.move(from + sealed);
  }

  /** To a new buffer, without the cells before `from`. */
  private move(from: number, capacity = 0): void {
    this.setPlain(this.times.subarray(from, this.end), this.values.subarray(from, this.end), capacity);
  }

  /** `set` between arrays of one kind moves bytes, so that a NaN keeps its payload. */
  private setPlain(times: Float64Array, values: Float64Array, capacity = 0): void {
    const live = times.length;
    this.makeCells(Math.max(capacity, live + spareCells(live)));
    this.times.set(times);
    this.values.set(values);
    this.start = 0;
    this.end = live;
  }

  /** One buffer for all: buffers take more room than views of them. */
  private makeCells(capacity: number): void {
    const buffer = new ArrayBuffer(16 * capacity);
    this.times = new Float64Array(buffer, 0, capacity);
    this.values = new Float64Array(buffer, 8 * capacity, capacity);
    this.words = wordsOf(this.values);
  }

  /** A sample that came late, or again: the later write wins. */
  private insert(timeMs: number, low: number, high: number): void {
    const at = this.firstFrom(timeMs);
    const again = this.times[at] === timeMs && at < this.end;
    if (again && this.words[2 * at] === low && this.words[2 * at + 1] === high) return;
    const { times, words, end } = this;
    this.move(this.start, end - this.start + 8);
    const before = at - (end - this.end);
    const after = again ? at + 1 : at;
    this.times[before] = timeMs;
    this.words[2 * before] = low;
    this.words[2 * before + 1] = high;
    this.times.set(times.subarray(after, end), before + 1);
    this.words.set(words.subarray(2 * after, 2 * end), 2 * (before + 1));
    if (!again) this.end++;
  }

  private insertSealed(timeMs: number, low: number, high: number, chunks: Chunks): void {
    const value = new Float64Array(1);
    wordsOf(value).set([low, high]);
    const one = { timesMs: Float64Array.of(timeMs), values: value };
    this.late = this.late === undefined ? one : mergeFloats(this.late, one);
    if (this.late.timesMs.length >= lateMax) this.replace(this.all(chunks), chunks);
  }

  /** The first plain cell whose time is not before `timeMs`: looked for from the newest on, for there most are. */
  private firstFrom(timeMs: number): number {
    const { times, start } = this;
    let high = this.end;
    let low = high;
    for (let reach = firstReach; low > start; reach *= 4) {
      low = Math.max(start, high - reach);
      if ((times[low] as number) < timeMs) break;
      high = low;
    }
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((times[middle] as number) < timeMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Eight cells are a line of the cache. */
const cellsPerLine = 8;

/** The last minutes of a series that is scraped four times a minute. */
const firstReach = 16;

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

/** Three typed arrays with their buffer, and this object: measured, not computed. */
const overheadBytes = 460;

/** A quarter more than what lives: a full buffer is moved once in so many samples. */
const spareCells = (live: number): number => Math.max(8, live >> 2);
