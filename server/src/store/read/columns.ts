/** The samples of one series on their way out of the store, unpacked no sooner than they are looked at. */
import type { SeriesRef } from '#model';

export interface Floats {
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
}

export interface Columns extends Floats {
  readonly ref: SeriesRef;
  /** About how many samples there are, at least one; set where `timesMs` and `values` are made when they are read. */
  readonly sampleCount?: number;
}

export const countOf = ({ sampleCount, timesMs }: Columns): number => sampleCount ?? timesMs.length;

/**
 * Columns that `unpack` makes when they are read. They are kept until another series' are read: evaluation goes series
 * by series, and all of them unpacked at once would take many times the room. What was read is never written again.
 */
export function lazyColumns(ref: SeriesRef, sampleCount: number, unpack: () => Floats): Columns {
  return lazyOne({ ref, sampleCount }, readerOf(unpack, singles), (floats) => floats);
}

/** The same for series that are unpacked together. */
export function lazyGroup(
  series: readonly { readonly ref: SeriesRef; readonly sampleCount: number }[],
  unpack: () => readonly Floats[],
): Columns[] {
  const read = readerOf(unpack, groups);
  return series.map((one, index) => lazyOne(one, read, (floats) => floats[index] as Floats));
}

function lazyOne<T>(
  { ref, sampleCount }: { readonly ref: SeriesRef; readonly sampleCount: number },
  read: () => T,
  own: (unpacked: T) => Floats,
): Columns {
  return {
    ref,
    sampleCount,
    // Own and enumerable, so that a copy of the object has the arrays.
    get timesMs() {
      return own(read()).timesMs;
    },
    get values() {
      return own(read()).values;
    },
  };
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
