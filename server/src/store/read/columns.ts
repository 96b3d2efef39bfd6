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
  const opened: Opened = { floats: undefined };
  const read = (): Floats => {
    if (opened.floats !== undefined) return opened.floats;
    // First of all: unpacking may read other lazy columns.
    const floats = unpack();
    const before = latest?.deref();
    if (before !== undefined) before.floats = undefined;
    latest = new WeakRef(opened);
    opened.floats = floats;
    return floats;
  };
  return {
    ref,
    sampleCount,
    // Own and enumerable, so that a copy of the object has the arrays.
    get timesMs() {
      return read().timesMs;
    },
    get values() {
      return read().values;
    },
  };
}

interface Opened {
  floats: Floats | undefined;
}

let latest: WeakRef<Opened> | undefined;
