/**
 * The floats of the series of a selector, one after another, in one object for all: for who is done with a series before
 * the next. An object and two views of arrays for each would take longer to make than most of what is done with them.
 */
import { cellsOf, type Labels, type SeriesColumns, type SeriesRef } from '#model';
import type { PlainSeries } from '#store';
import { withoutStale } from './stale.ts';
import type { RawSeries } from './values.ts';

const noTimes = new Float64Array(0);

/** Their cells stay in a core's cache until they are read. */
const seriesPerLook = 128;

/** The series at hand: the cells [from, to) of its arrays. Others' samples are around them. */
export class Glances implements RawSeries {
  readonly count: number;
  readonly dropName = false;
  readonly histogramTimesMs = noTimes;
  readonly histograms = [];
  timesMs: Float64Array = noTimes;
  values: Float64Array = noTimes;
  startsMs: Float64Array | undefined;
  from = 0;
  to = 0;
  ref: SeriesRef | undefined;
  /** Where the series has an object of its own. */
  column: SeriesColumns | undefined;
  private readonly source: PlainSeries | readonly SeriesColumns[];
  /** Series before this have been looked at for NaN, and whether there was none in the last ones. */
  private lookedTo = 0;
  private areNumbers = false;

  constructor(source: PlainSeries | readonly SeriesColumns[]) {
    this.source = source;
    this.count = 'count' in source ? source.count : source.length;
  }

  get labels(): Labels {
    const { source } = this;
    return 'count' in source ? source.labelsOf(this.ref as SeriesRef) : (this.column as SeriesColumns).labels;
  }

  /** Turns to a series. Stale markers are there. Hot. */
  turnTo(index: number): void {
    const { source } = this;
    if ('count' in source) {
      const { timesMs, values } = source.slabs[index] as PlainSeries['slabs'][number];
      this.timesMs = timesMs;
      this.values = values;
      this.from = source.from[index] as number;
      this.to = source.to[index] as number;
      this.ref = source.refs[index] as number;
    } else this.turnToColumn(source[index] as SeriesColumns);
  }

  /** The same without stale markers. Hot. */
  turnToKept(index: number): void {
    this.turnTo(index);
    if (index >= this.lookedTo) this.lookAhead(index);
    if (this.areNumbers) return;
    const { values, to } = this;
    for (let at = this.from; at < to; at++) {
      if (!Number.isNaN(values[at])) continue;
      this.leaveStale();
      return;
    }
  }

  /**
   * Stale markers are rare, so many series are looked at together. In a loop so short the processor waits for the memory
   * of several series at once, and who reads them one by one afterwards does not wait.
   */
  private lookAhead(index: number): void {
    const { source } = this;
    this.lookedTo = index + seriesPerLook;
    this.areNumbers = 'count' in source && areNumbers(source, index, Math.min(this.lookedTo, source.count));
  }

  private turnToColumn(column: SeriesColumns): void {
    const { timesMs, values, from, to } = cellsOf(column);
    this.timesMs = timesMs;
    this.values = values;
    this.from = from;
    this.to = to;
    // What is a part of longer arrays has no starts.
    this.startsMs = column.look === undefined ? column.startsMs : undefined;
    this.ref = column.ref;
    this.column = column;
  }

  private leaveStale(): void {
    const { timesMs, values, startsMs, from, to } = this;
    const kept = withoutStale({ timesMs: timesMs.subarray(from, to), values: values.subarray(from, to), startsMs });
    this.timesMs = kept.timesMs;
    this.values = kept.values;
    this.startsMs = kept.startsMs;
    this.from = 0;
    this.to = kept.timesMs.length;
  }
}

/** Hot. */
function areNumbers({ slabs, from, to }: PlainSeries, first: number, end: number): boolean {
  for (let i = first; i < end; i++) {
    const { values } = slabs[i] as PlainSeries['slabs'][number];
    const last = to[i] as number;
    for (let at = from[i] as number; at < last; at++) if (Number.isNaN(values[at])) return false;
  }
  return true;
}
