import type { StepGrid } from './series.ts';

/**
 * The windows (end − range, end] of a grid, cut into buckets so that every sample is added once, however many windows
 * hold it. With range = m · step + r, each step has two buckets: up to `end − r`, and the tail of length r behind it.
 * The window of step k is the tail of step k − m and both buckets of the m steps after it.
 */
export class Windows {
  readonly steps: number;
  readonly rangeNs: number;
  /** The end of the first window. Times inside are numbers relative to it, exact for a hundred days. */
  readonly firstEndNs: bigint;
  private readonly stepNs: number;
  private readonly whole: number;
  private readonly tailNs: number;

  constructor(grid: StepGrid, rangeNs: bigint, offsetNs: bigint) {
    this.steps = grid.steps;
    this.rangeNs = Number(rangeNs);
    this.firstEndNs = grid.startNs - offsetNs;
    // With one step there is one window, and it is all tail.
    this.stepNs = grid.steps === 1 ? this.rangeNs + 1 : Number(grid.stepNs);
    this.whole = Math.floor(this.rangeNs / this.stepNs);
    this.tailNs = this.rangeNs % this.stepNs;
  }

  /** The first and the last time that any window holds. */
  get spanNs(): { first: bigint; last: bigint } {
    return {
      first: this.firstEndNs - BigInt(this.rangeNs) + 1n,
      last: this.firstEndNs + BigInt(this.steps - 1) * BigInt(this.stepNs),
    };
  }

  /** The bucket of a time relative to `firstEndNs`, or undefined when no window holds it. */
  bucketOf(relativeNs: number): number | undefined {
    let step = Math.ceil(relativeNs / this.stepNs);
    if (step * this.stepNs < relativeNs) step++;
    const isTail = relativeNs > step * this.stepNs - this.tailNs;
    const last = isTail ? step + this.whole : step + this.whole - 1;
    if (last < step || last < 0 || step >= this.steps) return undefined;
    return 2 * step + (isTail ? 1 : 0);
  }

  /** The buckets of a step's window, both ends included. */
  firstBucket(step: number): number {
    return 2 * (step - this.whole) + 1;
  }

  lastBucket(step: number): number {
    return 2 * step + 1;
  }

  endNs(step: number): number {
    return step * this.stepNs;
  }
}
