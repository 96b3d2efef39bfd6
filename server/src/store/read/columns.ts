/** The samples of one series on their way out of the store; arrays are made no sooner than they are read. */
import { cellsOf, type Labels, noLabels, type SampleCells, type SeriesColumns, type SeriesRef } from '#model';
import type { PlainSeries } from '../contract.ts';
import type { CellSlab } from '../head/cell-slabs.ts';
import type { PlainCells } from '../head/plain-cells.ts';

export interface Floats {
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
}

export interface Columns extends Floats {
  readonly ref: SeriesRef;
  /** About how many samples there are, at least one; set where `timesMs` and `values` are unpacked when they are read. */
  readonly sampleCount?: number;
  /** See SeriesColumns. */
  readonly look?: () => SampleCells;
}

/** Unpacks nothing. */
export function countOf(columns: Columns): number {
  if (columns.sampleCount !== undefined) return columns.sampleCount;
  const { from, to } = cellsOf(columns);
  return to - from;
}

/** The columns with their series' labels. */
export function labelled(columns: Columns, labels: Labels): SeriesColumns {
  if (!(columns instanceof LateColumns)) {
    const { ref, timesMs, values } = columns;
    return { ref, labels, timesMs, values };
  }
  columns.labels = labels;
  return columns;
}

/** Its getters are the prototype's, so a copy of the object has no arrays: many thousands are made for one question. */
abstract class LateColumns implements Columns, SeriesColumns {
  labels: Labels = noLabels;
  readonly ref: SeriesRef;

  constructor(ref: SeriesRef) {
    this.ref = ref;
  }

  abstract get timesMs(): Float64Array;
  abstract get values(): Float64Array;
}

/** A part of longer arrays that never change. */
export class CellColumns extends LateColumns {
  private readonly cells: SampleCells;
  private views: Floats | undefined;

  constructor(ref: SeriesRef, cells: SampleCells) {
    super(ref);
    this.cells = cells;
  }

  look(): SampleCells {
    return this.cells;
  }

  get timesMs(): Float64Array {
    return this.made().timesMs;
  }

  get values(): Float64Array {
    return this.made().values;
  }

  private made(): Floats {
    const { timesMs, values, from, to } = this.cells;
    this.views ??= { timesMs: timesMs.subarray(from, to), values: values.subarray(from, to) };
    return this.views;
  }
}

/** Cells of many series, with the labels of each. */
export function plainSeries(cells: PlainCells, labelsOf: PlainSeries['labelsOf']): PlainSeries {
  const { count, samples, refs, slabs, from, to } = cells;
  let made: SeriesColumns[] | undefined;
  const make = (): SeriesColumns[] =>
    Array.from({ length: count }, (_, i) => {
      const { timesMs, values } = slabs[i] as CellSlab;
      const ref = refs[i] as number;
      const one = new CellColumns(ref, { timesMs, values, from: from[i] as number, to: to[i] as number });
      return labelled(one, labelsOf(ref));
    });
  const columns = (): SeriesColumns[] => {
    made ??= make();
    return made;
  };
  return { count, samples, refs, slabs, from, to, labelsOf, columns };
}

/**
 * Columns that `unpack` makes when they are read. They are kept until another series' are read: evaluation goes series
 * by series, and all of them unpacked at once would take many times the room. What was read is never written again.
 */
export function lazyColumns(
  ref: SeriesRef,
  sampleCount: number,
  unpack: () => Floats,
  look?: () => SampleCells,
): Columns {
  return new LazyColumns({ ref, sampleCount }, readerOf(unpack, singles), (floats) => floats, look);
}

/** The same for series that are unpacked together. */
export function lazyGroup(
  series: readonly { readonly ref: SeriesRef; readonly sampleCount: number }[],
  unpack: () => readonly Floats[],
): Columns[] {
  const read = readerOf(unpack, groups);
  return series.map((one, index) => new LazyColumns(one, read, (floats) => floats[index] as Floats));
}

class LazyColumns<T> extends LateColumns {
  readonly sampleCount: number;
  readonly look?: () => SampleCells;
  private readonly read: () => T;
  private readonly own: (unpacked: T) => Floats;

  constructor(
    { ref, sampleCount }: { readonly ref: SeriesRef; readonly sampleCount: number },
    read: () => T,
    own: (unpacked: T) => Floats,
    look?: () => SampleCells,
  ) {
    super(ref);
    this.sampleCount = sampleCount;
    this.read = read;
    this.own = own;
    if (look !== undefined) this.look = look;
  }

  get timesMs(): Float64Array {
    return this.own(this.read()).timesMs;
  }

  get values(): Float64Array {
    return this.own(this.read()).values;
  }
}

function readerOf<T>(unpack: () => T, among: Slot): () => T {
  const opened: Opened = { unpacked: undefined };
  return () => {
    if (opened.unpacked !== undefined) return opened.unpacked as T;
    // First of all: unpacking may read other lazy columns.
    const unpacked = unpack();
    const before = among.latest?.deref();
    if (before !== undefined) before.unpacked = undefined;
    among.latest = new WeakRef(opened);
    opened.unpacked = unpacked;
    return unpacked;
  };
}

interface Opened {
  unpacked: unknown;
}

/** What was unpacked last. A group stays while single series are read, as these may be made of it one by one. */
interface Slot {
  latest: WeakRef<Opened> | undefined;
}

const singles: Slot = { latest: undefined };
const groups: Slot = { latest: undefined };
