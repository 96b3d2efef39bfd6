import { Accumulator } from './accumulator.ts';

/** `quantile_over_time`: keeps every value, each bucket sorted once, and finds ranks across the buckets of a window. */
export class Quantiles extends Accumulator {
  private readonly values: number[][] = [];
  private readonly sorted: (SortedValues | undefined)[] = [];
  private readonly quantile: number;

  constructor(quantile: number) {
    super();
    this.quantile = quantile;
  }

  protected take(slot: number, isNew: boolean, value: number): number {
    if (isNew) this.values[slot] = [value];
    else this.values[slot]?.push(value);
    return 1;
  }

  protected fold(first: number, end: number): number {
    const { quantile } = this;
    if (quantile < 0) return Number.NEGATIVE_INFINITY;
    if (quantile > 1) return Number.POSITIVE_INFINITY;
    const parts: Float64Array[] = [];
    let count = 0;
    let nones = 0;
    for (let slot = first; slot < end; slot++) {
      const part = this.sortedAt(slot);
      parts.push(part.values);
      nones += part.nones;
      count += part.values.length + part.nones;
    }
    // What is no number counts as the least.
    const at = (rank: number): number => (rank < nones ? Number.NaN : valueAt(parts, rank - nones));
    const rank = quantile * (count - 1);
    const lower = Math.floor(rank);
    const weight = rank - lower;
    return at(lower) * (1 - weight) + at(Math.min(count - 1, lower + 1)) * weight;
  }

  private sortedAt(slot: number): SortedValues {
    const known = this.sorted[slot];
    if (known !== undefined) return known;
    const all = this.values[slot] ?? [];
    const values = Float64Array.from(all.filter((value) => !Number.isNaN(value))).sort();
    const made = { values, nones: all.length - values.length };
    this.sorted[slot] = made;
    return made;
  }
}

interface SortedValues {
  readonly values: Float64Array;
  /** How many were no number. */
  readonly nones: number;
}

/** The value of a rank among several sorted arrays together: narrows them around a pivot until it is found. */
export function valueAt(parts: readonly Float64Array[], rank: number): number {
  const from = parts.map(() => 0);
  const to = parts.map((part) => part.length);
  let wanted = rank;
  for (;;) {
    const pivot = pivotOf(parts, from, to);
    const below = parts.map((part, i) => bound(part, pivot, from[i] ?? 0, to[i] ?? 0, false));
    const through = parts.map((part, i) => bound(part, pivot, from[i] ?? 0, to[i] ?? 0, true));
    const less = distance(from, below);
    if (wanted < less) {
      for (let i = 0; i < to.length; i++) to[i] = below[i] ?? 0;
      continue;
    }
    const upTo = distance(from, through);
    if (wanted < upTo) return pivot;
    wanted -= upTo;
    for (let i = 0; i < from.length; i++) from[i] = through[i] ?? 0;
  }
}

/** The middle of the longest part that is left. */
function pivotOf(parts: readonly Float64Array[], from: readonly number[], to: readonly number[]): number {
  let longest = 0;
  for (let i = 1; i < parts.length; i++) {
    if ((to[i] ?? 0) - (from[i] ?? 0) > (to[longest] ?? 0) - (from[longest] ?? 0)) longest = i;
  }
  return parts[longest]?.[((from[longest] ?? 0) + (to[longest] ?? 0)) >> 1] ?? 0;
}

/** The first index in [from, to) whose value is not below the pivot (or, `after`, is above it). */
function bound(part: Float64Array, pivot: number, from: number, to: number, after: boolean): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >> 1;
    const value = part[middle] ?? 0;
    if (value < pivot || (after && value === pivot)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function distance(from: readonly number[], to: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < from.length; i++) sum += (to[i] ?? 0) - (from[i] ?? 0);
  return sum;
}
