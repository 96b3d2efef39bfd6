import { FLOAT, type GridSeries } from '../values.ts';
import type { GroupKernel } from './groups.ts';

/**
 * The quantile of the first `count` values, interpolated between neighbours; NaN counts as smallest.
 * Changes the values' order. Out-of-range φ gives ±Inf, NaN gives NaN.
 */
export function quantileOf(q: number, values: Float64Array, count: number): number {
  if (count === 0 || Number.isNaN(q)) return Number.NaN;
  if (q < 0) return Number.NEGATIVE_INFINITY;
  if (q > 1) return Number.POSITIVE_INFINITY;
  const numbers = numbersFirst(values, count);
  const nans = count - numbers;
  const rank = q * (count - 1);
  const lower = Math.max(0, Math.floor(rank));
  const upper = Math.min(count - 1, lower + 1);
  const weight = rank - Math.floor(rank);
  if (lower < nans) {
    const above = upper < nans ? Number.NaN : leastFrom(values, 0, numbers);
    return Number.NaN * (1 - weight) + above * weight;
  }
  select(values, numbers, lower - nans);
  const below = values[lower - nans] ?? 0;
  const above = upper === lower ? below : leastFrom(values, upper - nans, numbers);
  return below * (1 - weight) + above * weight;
}

/** Moves NaN behind the numbers; returns how many numbers there are. */
function numbersFirst(values: Float64Array, count: number): number {
  let numbers = 0;
  for (let i = 0; i < count; i++) if (!Number.isNaN(values[i])) values[numbers++] = values[i] ?? 0;
  return numbers;
}

function leastFrom(values: Float64Array, from: number, to: number): number {
  let least = values[from] ?? 0;
  for (let i = from + 1; i < to; i++) if ((values[i] ?? 0) < least) least = values[i] ?? 0;
  return least;
}

/** Rounds of an orderly selection, which halves what is left each time; past them somebody has chosen the values so. */
const roundsMax = 64;

/** Moves the value that would stand at `rank` of the sorted values there, and no smaller one behind it. Hot. */
function select(values: Float64Array, count: number, rank: number): void {
  let left = 0;
  let right = count - 1;
  for (let round = 0; left < right; round++) {
    if (round === roundsMax) {
      values.subarray(left, right + 1).sort();
      return;
    }
    const pivot = middleOf(values[left] ?? 0, values[(left + right) >>> 1] ?? 0, values[right] ?? 0);
    let i = left;
    let j = right;
    while (i <= j) {
      while ((values[i] ?? 0) < pivot) i++;
      while ((values[j] ?? 0) > pivot) j--;
      if (i > j) break;
      const value = values[i] ?? 0;
      values[i++] = values[j] ?? 0;
      values[j--] = value;
    }
    if (rank <= j) right = j;
    else if (rank >= i) left = i;
    else return;
  }
}

const middleOf = (a: number, b: number, c: number): number => Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));

/** The quantile of one step; `hold` is called for each value that is kept. */
export class QuantileGroup implements GroupKernel {
  private readonly q: number;
  private readonly hold: () => void;
  private readonly values: number[] = [];

  constructor(q: number, hold: () => void) {
    this.q = q;
    this.hold = hold;
  }

  add({ values, present }: GridSeries): void {
    if (present[0] !== FLOAT) return;
    this.hold();
    this.values.push(values[0] ?? 0);
  }

  finish(out: GridSeries): void {
    out.values[0] = quantileOf(this.q, Float64Array.from(this.values), this.values.length);
    out.present[0] = FLOAT;
  }
}
