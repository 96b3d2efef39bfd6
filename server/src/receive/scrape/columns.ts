/** Columns that grow: samples on their way into a batch. */
import { type SampleColumns, type SeriesRef, setStaleAt } from '#model';

export interface ColumnBuilder {
  push(ref: SeriesRef, timeMs: number, value: number): void;
  pushStale(ref: SeriesRef, timeMs: number): void;
  columns(): SampleColumns;
}

/** Holds at most `capacity` samples, which the caller knows beforehand. */
export function createColumns(capacity: number): ColumnBuilder {
  const refs = new Int32Array(capacity);
  const timesMs = new Float64Array(capacity);
  const values = new Float64Array(capacity);
  const bits = new Uint32Array(values.buffer);
  let count = 0;
  return {
    push(ref, timeMs, value) {
      refs[count] = ref;
      timesMs[count] = timeMs;
      values[count++] = value;
    },
    pushStale(ref, timeMs) {
      refs[count] = ref;
      timesMs[count] = timeMs;
      setStaleAt(bits, count++);
    },
    columns: () => ({ count, refs, timesMs, values }),
  };
}
