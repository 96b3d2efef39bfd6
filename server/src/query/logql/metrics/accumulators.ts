import type { RangeExpr } from '@farol/logql';
import { Accumulator } from './accumulator.ts';
import { CounterRate } from './counterrate.ts';
import { Quantiles } from './quantiles.ts';

/** Sums: of ones, of bytes, of values. */
class Sums extends Accumulator {
  private readonly sums: number[] = [];
  private readonly divisor: number;
  /** Whole numbers add up exactly in any order, so that a window is the difference of two totals. */
  private isWhole = true;
  private total = 0;
  private readonly totals: number[] = [0];

  constructor(divisor: number) {
    super();
    this.divisor = divisor;
  }

  protected take(slot: number, isNew: boolean, value: number): number {
    this.sums[slot] = isNew ? value : (this.sums[slot] ?? 0) + value;
    this.total += value;
    this.isWhole &&= Number.isSafeInteger(value) && Number.isSafeInteger(this.total);
    this.totals[slot + 1] = this.total;
    return isNew ? 2 : 0;
  }

  protected fold(first: number, end: number): number {
    if (this.isWhole) return ((this.totals[end] ?? 0) - (this.totals[first] ?? 0)) / this.divisor;
    let sum = 0;
    for (let i = first; i < end; i++) sum += this.sums[i] ?? 0;
    return sum / this.divisor;
  }
}

/** Means and variances, merged from bucket to bucket. */
class Moments extends Accumulator {
  private readonly counts: number[] = [];
  private readonly means: number[] = [];
  private readonly squares: number[] = [];
  private readonly result: (count: number, squares: number) => number;

  constructor(result: (count: number, squares: number) => number) {
    super();
    this.result = result;
  }

  protected take(slot: number, isNew: boolean, value: number): number {
    const count = isNew ? 1 : (this.counts[slot] ?? 0) + 1;
    const before = isNew ? 0 : (this.means[slot] ?? 0);
    const distance = value - before;
    const mean = before + distance / count;
    this.counts[slot] = count;
    this.means[slot] = mean;
    this.squares[slot] = (isNew ? 0 : (this.squares[slot] ?? 0)) + distance * (value - mean);
    return isNew ? 3 : 0;
  }

  protected fold(first: number, end: number): number {
    let count = 0;
    let mean = 0;
    let squares = 0;
    for (let i = first; i < end; i++) {
      const more = this.counts[i] ?? 0;
      const distance = (this.means[i] ?? 0) - mean;
      squares += (this.squares[i] ?? 0) + (distance * distance * count * more) / (count + more);
      count += more;
      mean += (distance * more) / count;
    }
    return this.result(count, squares);
  }
}

class Averages extends Accumulator {
  private readonly counts: number[] = [];
  private readonly sums: number[] = [];

  protected take(slot: number, isNew: boolean, value: number): number {
    this.counts[slot] = isNew ? 1 : (this.counts[slot] ?? 0) + 1;
    this.sums[slot] = isNew ? value : (this.sums[slot] ?? 0) + value;
    return isNew ? 2 : 0;
  }

  protected fold(first: number, end: number): number {
    let count = 0;
    let sum = 0;
    for (let i = first; i < end; i++) {
      count += this.counts[i] ?? 0;
      sum += this.sums[i] ?? 0;
    }
    return sum / count;
  }
}

/** One value per bucket, and one of those per window: the least, the greatest, the first, the last. */
class Choice extends Accumulator {
  private readonly chosen: number[] = [];
  /** Whether a later value takes an earlier one's place. */
  private readonly replaces: (later: number, earlier: number) => boolean;

  constructor(replaces: (later: number, earlier: number) => boolean) {
    super();
    this.replaces = replaces;
  }

  protected take(slot: number, isNew: boolean, value: number): number {
    if (isNew || this.replaces(value, this.chosen[slot] ?? 0)) this.chosen[slot] = value;
    return isNew ? 1 : 0;
  }

  protected fold(first: number, end: number): number {
    let value = this.chosen[first] ?? 0;
    for (let i = first + 1; i < end; i++) {
      const other = this.chosen[i] ?? 0;
      if (this.replaces(other, value)) value = other;
    }
    return value;
  }
}

const isNone = Number.isNaN;

/** What a range aggregation keeps per series. */
export function accumulatorFor({ op, param, range }: RangeExpr): () => Accumulator {
  const seconds = range.rangeMs / 1000;
  switch (op) {
    case 'rate':
    case 'bytes_rate':
      return () => new Sums(seconds);
    case 'count_over_time':
    case 'bytes_over_time':
    case 'sum_over_time':
    case 'absent_over_time':
      return () => new Sums(1);
    case 'avg_over_time':
      return () => new Averages();
    case 'stdvar_over_time':
      return () => new Moments((count, squares) => squares / count);
    case 'stddev_over_time':
      return () => new Moments((count, squares) => Math.sqrt(squares / count));
    case 'max_over_time':
      return () => new Choice((later, earlier) => later > earlier || isNone(earlier));
    case 'min_over_time':
      return () => new Choice((later, earlier) => later < earlier || isNone(earlier));
    case 'first_over_time':
      return () => new Choice(() => false);
    case 'last_over_time':
      return () => new Choice(() => true);
    case 'quantile_over_time':
      return () => new Quantiles(param ?? 0);
    case 'rate_counter':
      return () => new CounterRate();
  }
}
