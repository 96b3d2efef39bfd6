/**
 * The newest samples of one series, ascending. Cells that were given out as views are never changed: appending writes
 * behind them, and everything else (growing, dropping old cells, a sample that comes late) moves to a new buffer.
 */
export class RecentSeries {
  private times: Float64Array;
  /** Values as 32-bit words, so that a NaN keeps its payload. */
  private words: Uint32Array;
  private start = 0;
  private end = 0;

  constructor(capacity = 8) {
    this.times = new Float64Array(capacity);
    this.words = new Uint32Array(2 * capacity);
  }

  get length(): number {
    return this.end - this.start;
  }

  get bytes(): number {
    return this.times.length * 16 + overheadBytes;
  }

  get newestMs(): number {
    return this.end > this.start ? (this.times[this.end - 1] as number) : Number.NEGATIVE_INFINITY;
  }

  /** Whether the sample came in order. `keepFromMs`: older cells may be dropped when room is needed. Hot. */
  push(timeMs: number, low: number, high: number, keepFromMs: number): boolean {
    if (this.end > this.start && timeMs <= (this.times[this.end - 1] as number)) {
      this.insert(timeMs, low, high);
      return false;
    }
    if (this.end === this.times.length) this.makeRoom(keepFromMs);
    const at = this.end++;
    this.times[at] = timeMs;
    this.words[2 * at] = low;
    this.words[2 * at + 1] = high;
    return true;
  }

  /** Samples with startMs <= time <= endMs, as views. */
  between(startMs: number, endMs: number): { timesMs: Float64Array; values: Float64Array } | undefined {
    const { times, start, end } = this;
    const from = start < end && (times[start] as number) >= startMs ? start : this.firstFrom(startMs);
    const to = start < end && (times[end - 1] as number) <= endMs ? end : this.firstFrom(endMs + 1);
    if (from >= to) return undefined;
    return {
      timesMs: times.subarray(from, to),
      values: new Float64Array(this.words.buffer, from * 8, to - from),
    };
  }

  /** Takes samples that were there before; a time that is known already keeps its value. */
  addOlder(timesMs: Float64Array, values: Float64Array): void {
    const olderWords = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
    const known = { times: this.times, words: this.words, start: this.start, end: this.end };
    this.times = new Float64Array(timesMs.length + this.length + spareCells(timesMs.length + this.length));
    this.words = new Uint32Array(2 * this.times.length);
    this.start = 0;
    this.end = 0;
    let older = 0;
    let own = known.start;
    while (older < timesMs.length || own < known.end) {
      const olderMs = older < timesMs.length ? (timesMs[older] as number) : Number.POSITIVE_INFINITY;
      const ownMs = own < known.end ? (known.times[own] as number) : Number.POSITIVE_INFINITY;
      if (olderMs < ownMs) this.copyCell(timesMs, olderWords, older++);
      else {
        if (olderMs === ownMs) older++;
        this.copyCell(known.times, known.words, own++);
      }
    }
  }

  /** Drops cells older than `keepFromMs` if that frees a good part of the buffer. */
  trim(keepFromMs: number): void {
    const dead = this.firstFrom(keepFromMs);
    if ((this.times.length - (this.end - dead)) * 2 < this.times.length) return;
    this.move(dead);
  }

  private copyCell(times: Float64Array, words: Uint32Array, from: number): void {
    const at = this.end++;
    this.times[at] = times[from] as number;
    this.words[2 * at] = words[2 * from] as number;
    this.words[2 * at + 1] = words[2 * from + 1] as number;
  }

  private makeRoom(keepFromMs: number): void {
    this.move(this.firstFrom(keepFromMs));
  }

  /** To a new buffer, without the cells before `from`. */
  private move(from: number): void {
    const live = this.end - from;
    const times = new Float64Array(live + spareCells(live));
    const words = new Uint32Array(2 * times.length);
    times.set(this.times.subarray(from, this.end));
    words.set(this.words.subarray(2 * from, 2 * this.end));
    this.times = times;
    this.words = words;
    this.start = 0;
    this.end = live;
  }

  /** A sample that came late, or again: the later write wins. */
  private insert(timeMs: number, low: number, high: number): void {
    const at = this.firstFrom(timeMs);
    const again = this.times[at] === timeMs;
    if (again && this.words[2 * at] === low && this.words[2 * at + 1] === high) return;
    const { times, words, start, end } = this;
    const live = end - start + (again ? 0 : 1);
    this.times = new Float64Array(live + spareCells(live));
    this.words = new Uint32Array(2 * this.times.length);
    const before = at - start;
    this.times.set(times.subarray(start, at));
    this.words.set(words.subarray(2 * start, 2 * at));
    this.times[before] = timeMs;
    this.words[2 * before] = low;
    this.words[2 * before + 1] = high;
    const after = again ? at + 1 : at;
    this.times.set(times.subarray(after, end), before + 1);
    this.words.set(words.subarray(2 * after, 2 * end), 2 * (before + 1));
    this.start = 0;
    this.end = live;
  }

  /** The first cell whose time is not before `timeMs`. */
  private firstFrom(timeMs: number): number {
    let low = this.start;
    let high = this.end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.times[middle] as number) < timeMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Two typed arrays with their buffers, and this object: measured, not computed. */
const overheadBytes = 420;

/** A quarter more than what lives: a full buffer is moved once in so many samples. */
const spareCells = (live: number): number => Math.max(8, live >> 2);
