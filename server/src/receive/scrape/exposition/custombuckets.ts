/**
 * A classic histogram as a native one with custom bounds (NHCB).
 * Source: Prometheus' util/convertnhcb, and model/histogram for which empty buckets are left out.
 */
import type { NativeHistogram } from '#model';
import { ExpositionProblem } from './problem.ts';

const CUSTOM = -53;

/** What the samples of one classic histogram say. */
export class ClassicHistogram {
  sum = 0;
  private count: number | undefined;
  /** Cumulative counts by upper bound, in any order. */
  private readonly buckets = new Map<number, number>();

  /** Of a bound that is told twice, the first counts. */
  bucket(bound: number, cumulative: number): void {
    if (!this.buckets.has(bound)) this.buckets.set(bound, cumulative);
  }

  counted(count: number): void {
    this.count = count;
  }

  /** Throws ExpositionProblem when its parts contradict each other. */
  asNative(resetHint: NativeHistogram['resetHint']): NativeHistogram {
    const sorted = [...this.buckets].sort(([a], [b]) => a - b);
    const count = this.count ?? sorted.at(-1)?.[1] ?? 0;
    if (sorted.at(-1)?.[0] !== Number.POSITIVE_INFINITY) sorted.push([Number.POSITIVE_INFINITY, count]);
    const counts = countsOf(sorted);
    const highest = sorted.at(-1)?.[1] ?? 0;
    if (count < 0) throw new ExpositionProblem(`a histogram has the negative count ${count}`);
    if (count !== highest) throw new ExpositionProblem(`a histogram has count ${count}, and ${highest} in its buckets`);
    const areWhole = Number.isInteger(count) && counts.every(Number.isInteger);
    const { spans, kept } = compact(counts, areWhole ? 2 : 0);
    return {
      schema: CUSTOM,
      count,
      sum: this.sum,
      zeroThreshold: 0,
      zeroCount: 0,
      positiveSpans: spans,
      positiveCounts: kept,
      negativeSpans: [],
      negativeCounts: [],
      customBounds: sorted.slice(0, -1).map(([bound]) => bound),
      resetHint,
    };
  }
}

/** Of each bucket alone. */
function countsOf(sorted: readonly (readonly [bound: number, cumulative: number])[]): number[] {
  let before = 0;
  return sorted.map(([bound, cumulative]) => {
    if (cumulative < 0) throw new ExpositionProblem(`the bucket up to ${bound} has the negative count ${cumulative}`);
    if (cumulative < before) throw new ExpositionProblem(`bucket counts fall from ${before} to ${cumulative}`);
    const count = cumulative - before;
    before = cumulative;
    return count;
  });
}

/** Leaves out empty buckets at both ends, and in between where there are more than `emptyMax` in a row. */
function compact(counts: readonly number[], emptyMax: number): { spans: number[]; kept: number[] } {
  const spans: number[] = [];
  const kept: number[] = [];
  /** Where the last span ends. */
  let end = 0;
  for (let i = 0; i < counts.length; i++) {
    if (counts[i] === 0) continue;
    const empty = i - end;
    if (spans.length > 0 && empty <= emptyMax) {
      for (let n = 0; n < empty; n++) kept.push(0);
      spans[spans.length - 1] = (spans.at(-1) ?? 0) + empty + 1;
    } else spans.push(empty, 1);
    kept.push(counts[i] as number);
    end = i + 1;
  }
  return { spans, kept };
}
