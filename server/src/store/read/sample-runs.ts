/**
 * Samples as the engine streams them → columns per series. The rows of one series stand together in runs (the tables
 * are ordered so), so that work is done per run and cells are copied as whole columns.
 */
import type { SeriesRef } from '#model';
import { Refusal } from '#model';
import type { Columns } from './columns.ts';
import { columnsInTurn, putInOrder, type Run, type SeriesRuns, sortedFloats } from './run-columns.ts';
import type { SampleBlock } from './sample-layout.ts';

export interface RunLimits {
  readonly samplesMax: number;
  readonly seriesMax: number;
}

export class SampleRuns {
  samples = 0;
  /** Series that have two values for one time: the blocks do not say which was written last. */
  readonly disputed: SeriesRef[] = [];
  private readonly limits: RunLimits;
  /** Which series a key belongs to: -1 for one that was not asked for. */
  private readonly refOf: (key: number) => SeriesRef;
  private readonly series = new Map<SeriesRef, SeriesRuns>();

  constructor(limits: RunLimits, refOf: (key: number) => SeriesRef) {
    this.limits = limits;
    this.refOf = refOf;
  }

  /** Throws QUERY_TOO_LARGE past the limits. The block must not change any more. Hot. */
  push(block: SampleBlock): void {
    const { rows, keys, times, baseMs } = block;
    let start = 0;
    while (start < rows) {
      const key = keys[start] as number;
      let end = start + 1;
      let ascends = true;
      for (; end < rows && keys[end] === key; end++) {
        if ((times[end] as number) <= (times[end - 1] as number)) ascends = false;
      }
      const ref = this.refOf(key);
      const firstMs = baseMs + (times[start] as number);
      if (ref >= 0) this.add(ref, { block, start, end, firstMs, lastMs: baseMs + (times[end - 1] as number) }, ascends);
      start = end;
    }
  }

  /** Ascending times without duplicates. */
  columns(): Columns[] {
    const found: Columns[] = [];
    const inOrder: SeriesRuns[] = [];
    for (const series of this.series.values()) {
      if (putInOrder(series)) {
        inOrder.push(series);
        continue;
      }
      const { disputed, timesMs, values } = sortedFloats(series);
      if (disputed) this.disputed.push(series.ref);
      found.push({ ref: series.ref, timesMs, values });
    }
    for (const columns of columnsInTurn(inOrder)) found.push(columns);
    return found;
  }

  private add(ref: SeriesRef, run: Run, ascends: boolean): void {
    const samples = run.end - run.start;
    this.samples += samples;
    if (this.samples > this.limits.samplesMax) throw tooMany('samples', this.limits.samplesMax);
    const series = this.series.get(ref);
    if (series !== undefined) {
      series.runs.push(run);
      series.samples += samples;
      series.ascends &&= ascends;
      return;
    }
    if (this.series.size >= this.limits.seriesMax) throw tooMany('series', this.limits.seriesMax);
    this.series.set(ref, { ref, runs: [run], samples, ascends });
  }
}

export function tooMany(what: 'samples' | 'series', max: number): Refusal {
  return new Refusal(
    `the query touches more than ${max} ${what}, limits.query.${what}Max is ${max}; ` +
      'narrow its time range or its matchers',
    { code: 'QUERY_TOO_LARGE' },
  );
}
