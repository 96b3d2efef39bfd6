/**
 * The plain cells of many series between two times, as columns: to make an object for each series takes longer than to
 * find its cells. First all series are asked where their cells are, then each is cut: in loops so short a processor
 * waits for the memory of several series at once.
 */
import type { SeriesRef } from '#model';
import type { CellSlab } from './cell-slabs.ts';

export class PlainCells {
  count = 0;
  /** Of all series, once they are cut. */
  samples = 0;
  readonly refs: Int32Array;
  readonly slabs: CellSlab[] = [];
  readonly from: Int32Array;
  readonly to: Int32Array;

  constructor(seriesMax: number) {
    this.refs = new Int32Array(seriesMax);
    this.from = new Int32Array(seriesMax);
    this.to = new Int32Array(seriesMax);
  }

  /** Hot. */
  add(ref: SeriesRef, slab: CellSlab, from: number, to: number): void {
    const at = this.count++;
    this.refs[at] = ref;
    this.slabs.push(slab);
    this.from[at] = from;
    this.to[at] = to;
  }

  /** Leaves the samples with startMs <= time <= endMs, and the series that have any. Hot. */
  cut(startMs: number, endMs: number): void {
    const { refs, slabs, from, to } = this;
    let count = 0;
    // Series that are written together are alike: where the one before was cut is tried first.
    let [after, inside] = [0, 0];
    for (let i = 0; i < this.count; i++) {
      const slab = slabs[i] as CellSlab;
      const { timesMs } = slab;
      const start = from[i] as number;
      const end = to[i] as number;
      let last = end - after;
      if (!isFirstFrom(timesMs, start, end, last, endMs + 1)) last = firstCellFrom(timesMs, start, end, endMs + 1);
      let first = last - inside;
      if (!isFirstFrom(timesMs, start, last, first, startMs)) first = firstCellFrom(timesMs, start, last, startMs);
      after = end - last;
      inside = last - first;
      if (inside === 0) continue;
      refs[count] = refs[i] as number;
      slabs[count] = slab;
      from[count] = first;
      to[count++] = last;
      this.samples += inside;
    }
    this.count = count;
  }
}

/** Whether `at` is what firstCellFrom would find. */
function isFirstFrom(timesMs: Float64Array, start: number, end: number, at: number, timeMs: number): boolean {
  if (at < start || (at < end && (timesMs[at] as number) < timeMs)) return false;
  return at === start || (timesMs[at - 1] as number) < timeMs;
}

/** The first of the cells [start, end) whose time is not before `timeMs`: looked for from the newest on, for there most are. */
export function firstCellFrom(timesMs: Float64Array, start: number, end: number, timeMs: number): number {
  let high = end;
  let low = high;
  for (let reach = firstReach; low > start; reach *= 4) {
    low = Math.max(start, high - reach);
    if ((timesMs[low] as number) < timeMs) break;
    high = low;
  }
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((timesMs[middle] as number) < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The last minutes of a series that is scraped four times a minute. */
const firstReach = 16;
