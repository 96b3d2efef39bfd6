/** Samples by column, growing as they come. Hot: bench/receive.ts. */
import { type SampleColumns, type SeriesRef, setStaleAt } from '#model';

export class SampleBuffer {
  count = 0;
  private refs: Int32Array;
  private timesMs: Float64Array;
  private values: Float64Array;
  private bits: Uint32Array;

  constructor(capacity = 1024) {
    this.refs = new Int32Array(capacity);
    this.timesMs = new Float64Array(capacity);
    this.values = new Float64Array(capacity);
    this.bits = new Uint32Array(this.values.buffer);
  }

  push(ref: SeriesRef, timeMs: number, value: number): void {
    const at = this.next();
    this.refs[at] = ref;
    this.timesMs[at] = timeMs;
    this.values[at] = value;
  }

  /** The value as its two 32-bit words, so that a NaN keeps its payload. */
  pushWords(ref: SeriesRef, timeMs: number, low: number, high: number): void {
    const at = this.next();
    this.refs[at] = ref;
    this.timesMs[at] = timeMs;
    this.bits[2 * at] = low;
    this.bits[2 * at + 1] = high;
  }

  pushStale(ref: SeriesRef, timeMs: number): void {
    const at = this.next();
    this.refs[at] = ref;
    this.timesMs[at] = timeMs;
    setStaleAt(this.bits, at);
  }

  /** The columns; the buffer must not be pushed to afterwards. Undefined when empty. */
  columns(): SampleColumns | undefined {
    if (this.count === 0) return undefined;
    return { count: this.count, refs: this.refs, timesMs: this.timesMs, values: this.values };
  }

  private next(): number {
    if (this.count === this.refs.length) this.grow();
    return this.count++;
  }

  private grow(): void {
    const capacity = this.refs.length * 2;
    const { refs, timesMs, bits } = this;
    this.refs = new Int32Array(capacity);
    this.refs.set(refs);
    this.timesMs = new Float64Array(capacity);
    this.timesMs.set(timesMs);
    this.values = new Float64Array(capacity);
    this.bits = new Uint32Array(this.values.buffer);
    // Word by word: a copy as numbers could change a NaN's payload.
    this.bits.set(bits);
  }
}
