import type { StepSeries } from './series.ts';
import type { Windows } from './windows.ts';

/** Slots that one call of `advance` may look at, so that a query lets others run in between. */
const slotsPerAdvance = 200_000;

/**
 * What is kept of one series while samples arrive in time order: a summary per bucket that has samples, appended as
 * they come. `advance` folds the buckets of each window into its value.
 */
export abstract class Accumulator {
  protected readonly buckets: number[] = [];
  private step = 0;
  private first = 0;
  private end = 0;

  /** `relativeNs` is the sample's time as the windows count it. Returns how many more numbers are held now. */
  add(bucket: number, value: number, relativeNs: number): number {
    const { buckets } = this;
    const isNew = buckets.length === 0 || buckets[buckets.length - 1] !== bucket;
    if (isNew) buckets.push(bucket);
    return this.take(buckets.length - 1, isNew, value, relativeNs);
  }

  /** Writes the next windows that have samples. True when the last one is written. */
  advance(windows: Windows, out: StepSeries): boolean {
    const { buckets } = this;
    let budget = slotsPerAdvance;
    for (; this.step < windows.steps && budget > 0; this.step++) {
      const from = windows.firstBucket(this.step);
      const to = windows.lastBucket(this.step);
      while (this.first < buckets.length && (buckets[this.first] ?? 0) < from) this.first++;
      while (this.end < buckets.length && (buckets[this.end] ?? 0) <= to) this.end++;
      budget -= 1 + this.end - this.first;
      if (this.first >= this.end) continue;
      out.values[this.step] = this.fold(this.first, this.end, windows, this.step);
      out.present[this.step] = 1;
    }
    return this.step >= windows.steps;
  }

  protected abstract take(slot: number, isNew: boolean, value: number, relativeNs: number): number;
  /** The value of the window that holds slots `first` up to (not including) `end`. */
  protected abstract fold(first: number, end: number, windows: Windows, step: number): number;
}
