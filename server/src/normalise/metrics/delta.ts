/**
 * Delta points summed up to cumulative ones, per series. A point with the time of the last one is a retry and changes
 * nothing; an older one is refused (its delta was counted when its batch was first seen, or never can be).
 * After a restart, or when a series was forgotten, the sum begins at 0 again, which every reader takes for a counter reset.
 */
import type { SeriesRef } from '#model';
import type { WireExponentialPoint, WireHistogramPoint, WirePoint } from '../wire.ts';
import { addBuckets, bucketsOf, coarsen, type ExponentialBuckets } from './buckets.ts';

interface Sum {
  timeMs: number;
  value: number;
}

export interface HistogramSum {
  timeMs: number;
  count: number;
  sum: number;
  readonly bounds: readonly number[];
  readonly bucketCounts: number[];
}

export interface ExponentialSum extends ExponentialBuckets {
  timeMs: number;
  count: number;
  sum: number;
}

/** `startMs` is when a sum began, given with its first point only: write a zero there. */
export interface Summed<Value> {
  readonly value: Value;
  readonly startMs: number | undefined;
}

export class DeltaMemory {
  private readonly numbers: Recent<Sum>;
  private readonly histograms: Recent<HistogramSum>;
  private readonly exponentials: Recent<ExponentialSum>;

  constructor(seriesMax: number) {
    this.numbers = new Recent(seriesMax);
    // Buckets weigh more than a number.
    this.histograms = new Recent(Math.ceil(seriesMax / 10));
    this.exponentials = new Recent(Math.ceil(seriesMax / 10));
  }

  /** Undefined when the point is older than the last. */
  addNumber(ref: SeriesRef, point: WirePoint, delta: number): Summed<number> | undefined {
    const last = this.numbers.take(ref);
    const next = last ?? { timeMs: Number.NEGATIVE_INFINITY, value: 0 };
    this.numbers.put(ref, next);
    if (point.timeMs < next.timeMs) return undefined;
    if (point.timeMs > next.timeMs) next.value += delta;
    next.timeMs = point.timeMs;
    return { value: next.value, startMs: last ? undefined : startOf(point) };
  }

  addHistogram(ref: SeriesRef, point: WireHistogramPoint): Summed<HistogramSum> | undefined {
    const last = this.histograms.take(ref);
    const fits = last !== undefined && sameNumbers(last.bounds, point.bounds);
    const next: HistogramSum = fits
      ? last
      : {
          timeMs: last?.timeMs ?? Number.NEGATIVE_INFINITY,
          count: 0,
          sum: 0,
          bounds: point.bounds,
          bucketCounts: new Array<number>(point.bucketCounts.length).fill(0),
        };
    this.histograms.put(ref, last !== undefined && point.timeMs < last.timeMs ? last : next);
    if (point.timeMs < next.timeMs) return undefined;
    if (point.timeMs > next.timeMs) {
      next.count += point.count;
      next.sum += point.sum ?? 0;
      for (let i = 0; i < point.bucketCounts.length; i++) {
        next.bucketCounts[i] = (next.bucketCounts[i] ?? 0) + (point.bucketCounts[i] ?? 0);
      }
    }
    next.timeMs = point.timeMs;
    return { value: next, startMs: fits ? undefined : startOf(point) };
  }

  addExponential(ref: SeriesRef, point: WireExponentialPoint, bucketsMax: number): Summed<ExponentialSum> | undefined {
    const last = this.exponentials.take(ref);
    const next: ExponentialSum = last ?? {
      ...bucketsOf({ ...point, zeroCount: 0, positive: noBuckets, negative: noBuckets }),
      timeMs: Number.NEGATIVE_INFINITY,
      count: 0,
      sum: 0,
    };
    this.exponentials.put(ref, next);
    if (point.timeMs < next.timeMs) return undefined;
    if (point.timeMs > next.timeMs) {
      next.count += point.count;
      next.sum += point.sum ?? 0;
      addBuckets(next, bucketsOf(point));
      while (next.positive.size + next.negative.size > bucketsMax && next.scale > -4) coarsen(next, next.scale - 1);
    }
    next.timeMs = point.timeMs;
    return { value: next, startMs: last ? undefined : startOf(point) };
  }
}

const noBuckets = { offset: 0, counts: [] };

function startOf(point: WirePoint): number | undefined {
  return point.startMs > 0 && point.startMs < point.timeMs && point.timeMs - point.startMs <= 3_600_000
    ? point.startMs
    : undefined;
}

export function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** A map that forgets what was put longest ago. */
class Recent<Value> {
  private readonly values = new Map<SeriesRef, Value>();
  private readonly max: number;

  constructor(max: number) {
    this.max = max;
  }

  take(ref: SeriesRef): Value | undefined {
    const value = this.values.get(ref);
    if (value !== undefined) this.values.delete(ref);
    return value;
  }

  put(ref: SeriesRef, value: Value): void {
    if (this.values.size >= this.max) {
      for (const oldest of this.values.keys()) {
        this.values.delete(oldest);
        break;
      }
    }
    this.values.set(ref, value);
  }
}
