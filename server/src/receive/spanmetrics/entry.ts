/** One label set of a family: its counters and timings since it began, and what is still to be written of them. */
import type { Labels, SeriesRef } from '#model';
import type { Family, TimingFamily } from './families.ts';

/** The span that an exemplar shows. */
export interface Witness {
  readonly traceId: string;
  readonly spanId: string;
}

export interface Seen extends Witness {
  readonly seconds: number;
  readonly timeMs: number;
}

export class Timing {
  /** Per bucket, not cumulative; the last is for what is over every bound. */
  readonly counts: Float64Array;
  sum = 0;
  readonly bounds: readonly number[];
  /** The first of each bucket since the last flush. */
  private seen: (Seen | undefined)[] | undefined;

  constructor({ bounds }: TimingFamily) {
    this.bounds = bounds;
    this.counts = new Float64Array(bounds.length + 1);
  }

  /** Hot: once a span. */
  observe(seconds: number, { traceId, spanId }: Witness, timeMs: number): void {
    const { bounds, counts } = this;
    let bucket = 0;
    while (bucket < bounds.length && seconds > (bounds[bucket] as number)) bucket++;
    counts[bucket] = (counts[bucket] as number) + 1;
    this.sum += seconds;
    this.seen ??= new Array<Seen | undefined>(counts.length).fill(undefined);
    this.seen[bucket] ??= { traceId, spanId, seconds, timeMs };
  }

  /** By bucket. The next flush begins with none. */
  takeSeen(): readonly (Seen | undefined)[] | undefined {
    const { seen } = this;
    this.seen = undefined;
    return seen;
  }

  /** They could not be written; what came meanwhile goes before them. */
  giveBack(seen: readonly (Seen | undefined)[]): void {
    this.seen = this.seen?.map((newer, bucket) => newer ?? seen[bucket]) ?? [...seen];
  }
}

export class Entry {
  readonly family: Family;
  /** Without name and `le`. */
  readonly labels: Labels;
  readonly counters: Float64Array;
  readonly timings: readonly Timing[];
  lastMs: number;
  /** Where a zero is still to be written, so that `increase()` sees the first calls. */
  zeroMs: number | undefined;
  /** As `seriesNames` orders them; absent until the catalogue has given them. */
  refs: readonly SeriesRef[] | undefined;

  constructor(family: Family, labels: Labels, nowMs: number) {
    this.family = family;
    this.labels = labels;
    this.counters = new Float64Array(family.counters.length);
    this.timings = family.timings.map((timing) => new Timing(timing));
    this.lastMs = nowMs;
    this.zeroMs = nowMs - 1;
  }
}
