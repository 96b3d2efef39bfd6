import { addToSum, type HistogramSum, startSum, totalOf } from './combine.ts';
import { divide, type Histogram, hasOverflow } from './histogram.ts';

/** A compensated sum, or the mean of it; a mean goes on incrementally where the sum would overflow. */
export class RunningHistogram {
  private readonly isMean: boolean;
  private state: HistogramSum | undefined;
  private count = 0;
  private isIncremental = false;

  constructor(isMean: boolean) {
    this.isMean = isMean;
  }

  /** Undefined when the histogram's kind of buckets does not mix with those before. */
  add(histogram: Histogram): { readonly areBoundsReconciled: boolean } | undefined {
    this.count++;
    if (this.state === undefined) {
      this.state = startSum(histogram);
      return { areBoundsReconciled: false };
    }
    if (!this.isIncremental) {
      const next = addToSum(this.state, histogram);
      if (next === undefined || !this.isMean || !hasOverflow(next.sum)) return this.advance(next);
      this.isIncremental = true;
      this.state = this.scaled(this.state, 1 / (this.count - 1));
    }
    const before = this.scaled(this.state, (this.count - 1) / this.count);
    return this.advance(addToSum(before, divide(histogram, this.count)));
  }

  result(): Histogram | undefined {
    if (this.state === undefined) return undefined;
    if (!this.isMean || this.isIncremental) return totalOf(this.state);
    const { sum, compensation } = this.state;
    return totalOf({ sum: divide(sum, this.count), compensation: divide(compensation, this.count) });
  }

  private advance<T extends HistogramSum>(next: T | undefined): T | undefined {
    if (next !== undefined) this.state = next;
    return next;
  }

  private scaled({ sum, compensation }: HistogramSum, factor: number): HistogramSum {
    return { sum: divide(sum, 1 / factor), compensation: divide(compensation, 1 / factor) };
  }
}
