import { FLOAT, type GridSeries } from '../values.ts';

/**
 * The running aggregate of one group over all steps. `add` takes a whole series at once, so that the loops stay plain;
 * `finish` turns the running state into the answer.
 */
export interface GroupKernel {
  add(series: GridSeries): void;
  finish(out: GridSeries): void;
}

/** Kahan-compensated sums. Hot: bench/promql-kernels.ts. */
export class SumGroup implements GroupKernel {
  private readonly sums: Float64Array;
  private readonly compensations: Float64Array;
  private readonly seen: Uint8Array;

  constructor(steps: number) {
    this.sums = new Float64Array(steps);
    this.compensations = new Float64Array(steps);
    this.seen = new Uint8Array(steps);
  }

  add({ values, present }: GridSeries): void {
    const { sums, compensations, seen } = this;
    for (let i = 0; i < sums.length; i++) {
      if (present[i] !== FLOAT) continue;
      const value = values[i] ?? 0;
      if (seen[i] === 0) {
        seen[i] = FLOAT;
        sums[i] = value;
        continue;
      }
      const sum = sums[i] ?? 0;
      const total = sum + value;
      if (total === Number.POSITIVE_INFINITY || total === Number.NEGATIVE_INFINITY) compensations[i] = 0;
      else if (Math.abs(sum) >= Math.abs(value)) compensations[i] = (compensations[i] ?? 0) + (sum - total + value);
      else compensations[i] = (compensations[i] ?? 0) + (value - total + sum);
      sums[i] = total;
    }
  }

  finish(out: GridSeries): void {
    for (let i = 0; i < this.sums.length; i++) out.values[i] = (this.sums[i] ?? 0) + (this.compensations[i] ?? 0);
    out.present.set(this.seen);
  }
}

/** The direct mean of a compensated sum; where the sum would overflow, an incremental mean from there on. */
export class AverageGroup implements GroupKernel {
  private readonly sums: Float64Array;
  private readonly compensations: Float64Array;
  private readonly counts: Float64Array;
  private readonly isIncremental: Uint8Array;

  constructor(steps: number) {
    this.sums = new Float64Array(steps);
    this.compensations = new Float64Array(steps);
    this.counts = new Float64Array(steps);
    this.isIncremental = new Uint8Array(steps);
  }

  add({ values, present }: GridSeries): void {
    const { sums, compensations, counts, isIncremental } = this;
    for (let i = 0; i < sums.length; i++) {
      if (present[i] !== FLOAT) continue;
      const value = values[i] ?? 0;
      const count = (counts[i] ?? 0) + 1;
      counts[i] = count;
      if (count === 1) {
        sums[i] = value;
        continue;
      }
      if (isIncremental[i] === 0) {
        const sum = sums[i] ?? 0;
        const total = sum + value;
        if (total !== Number.POSITIVE_INFINITY && total !== Number.NEGATIVE_INFINITY) {
          const lost = Math.abs(sum) >= Math.abs(value) ? sum - total + value : value - total + sum;
          compensations[i] = (compensations[i] ?? 0) + lost;
          sums[i] = total;
          continue;
        }
        isIncremental[i] = 1;
        sums[i] = sum / (count - 1);
        compensations[i] = (compensations[i] ?? 0) / (count - 1);
      }
      this.addIncrementally(i, value / count, (count - 1) / count);
    }
  }

  private addIncrementally(i: number, value: number, share: number): void {
    const mean = share * (this.sums[i] ?? 0);
    const total = mean + value;
    let compensation = share * (this.compensations[i] ?? 0);
    if (Math.abs(total) === Number.POSITIVE_INFINITY) compensation = 0;
    else if (Math.abs(mean) >= Math.abs(value)) compensation += mean - total + value;
    else compensation += value - total + mean;
    this.sums[i] = total;
    this.compensations[i] = compensation;
  }

  finish(out: GridSeries): void {
    for (let i = 0; i < this.sums.length; i++) {
      const count = this.counts[i] ?? 0;
      if (count === 0) continue;
      const divisor = this.isIncremental[i] === 1 ? 1 : count;
      out.values[i] = (this.sums[i] ?? 0) / divisor + (this.compensations[i] ?? 0) / divisor;
      out.present[i] = FLOAT;
    }
  }
}

/** Counts every sample, histograms too. */
export class CountGroup implements GroupKernel {
  private readonly counts: Float64Array;
  private readonly asOne: boolean;

  constructor(steps: number, asOne: boolean) {
    this.counts = new Float64Array(steps);
    this.asOne = asOne;
  }

  add({ present }: GridSeries): void {
    for (let i = 0; i < this.counts.length; i++) if (present[i] !== 0) this.counts[i] = (this.counts[i] ?? 0) + 1;
  }

  finish(out: GridSeries): void {
    for (let i = 0; i < this.counts.length; i++) {
      const count = this.counts[i] ?? 0;
      if (count === 0) continue;
      out.values[i] = this.asOne ? 1 : count;
      out.present[i] = FLOAT;
    }
  }
}

/** The greatest or smallest; NaN only when there is nothing else. */
export class ExtremeGroup implements GroupKernel {
  private readonly best: Float64Array;
  private readonly seen: Uint8Array;
  private readonly wantsGreatest: boolean;

  constructor(steps: number, wantsGreatest: boolean) {
    this.best = new Float64Array(steps);
    this.seen = new Uint8Array(steps);
    this.wantsGreatest = wantsGreatest;
  }

  add({ values, present }: GridSeries): void {
    const { best, seen, wantsGreatest } = this;
    for (let i = 0; i < best.length; i++) {
      if (present[i] !== FLOAT) continue;
      const value = values[i] ?? 0;
      const champion = best[i] ?? 0;
      if (seen[i] === 0 || Number.isNaN(champion) || (wantsGreatest ? value > champion : value < champion)) {
        best[i] = value;
      }
      seen[i] = FLOAT;
    }
  }

  finish(out: GridSeries): void {
    out.values.set(this.best);
    out.present.set(this.seen);
  }
}

/** Welford's running variance over the group, population style. */
export class VarianceGroup implements GroupKernel {
  private readonly counts: Float64Array;
  private readonly means: Float64Array;
  private readonly squares: Float64Array;
  private readonly asDeviation: boolean;

  constructor(steps: number, asDeviation: boolean) {
    this.counts = new Float64Array(steps);
    this.means = new Float64Array(steps);
    this.squares = new Float64Array(steps);
    this.asDeviation = asDeviation;
  }

  add({ values, present }: GridSeries): void {
    const { counts, means, squares } = this;
    for (let i = 0; i < counts.length; i++) {
      if (present[i] !== FLOAT) continue;
      const value = values[i] ?? 0;
      const count = (counts[i] ?? 0) + 1;
      counts[i] = count;
      if (count === 1) {
        means[i] = value;
        squares[i] = Number.isFinite(value) ? 0 : Number.NaN;
        continue;
      }
      const distance = value - (means[i] ?? 0);
      const mean = (means[i] ?? 0) + distance / count;
      means[i] = mean;
      squares[i] = (squares[i] ?? 0) + distance * (value - mean);
    }
  }

  finish(out: GridSeries): void {
    for (let i = 0; i < this.counts.length; i++) {
      const count = this.counts[i] ?? 0;
      if (count === 0) continue;
      const variance = (this.squares[i] ?? 0) / count;
      out.values[i] = this.asDeviation ? Math.sqrt(variance) : variance;
      out.present[i] = FLOAT;
    }
  }
}
