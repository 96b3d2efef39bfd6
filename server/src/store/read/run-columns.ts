/** Runs of samples → columns of one series, made no sooner than they are looked at where nothing is to be put in order. */
import type { SeriesRef } from '#model';
import { type Columns, type Floats, lazyGroup } from './columns.ts';
import type { SampleBlock } from './sample-layout.ts';

/** Rows start … end - 1 of a block, all of one series. */
export interface Run {
  readonly block: SampleBlock;
  readonly start: number;
  readonly end: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

export interface SeriesRuns {
  readonly ref: SeriesRef;
  readonly runs: Run[];
  samples: number;
  /** Times rise within every run. */
  ascends: boolean;
}

/** Where series have fewer samples than these, they are all unpacked at once: that costs less than to put it off. */
const longSamples = 256;
/** Of series whose columns are made together: arrays this small come from warm memory, and are still few. */
const groupSamples = 4_096;

/** Of series as `putInOrder` left them. */
export function columnsInTurn(series: readonly SeriesRuns[]): Columns[] {
  const all = series.reduce((sum, { samples }) => sum + samples, 0);
  if (all < longSamples * series.length) return unpackGroup(series, all);
  const found: Columns[] = [];
  let at = 0;
  while (at < series.length) {
    const group: SeriesRuns[] = [];
    let samples = 0;
    do {
      const one = series[at++] as SeriesRuns;
      group.push(one);
      samples += one.samples;
    } while (at < series.length && samples < groupSamples);
    const counts = group.map((one) => ({ ref: one.ref, sampleCount: one.samples }));
    for (const one of lazyGroup(counts, () => unpackGroup(group, samples))) found.push(one);
  }
  return found;
}

/** Whether the runs, one after another, have rising times; puts them so where that is all it takes. */
export function putInOrder({ runs, ascends }: SeriesRuns): boolean {
  if (!ascends) return false;
  let isSorted = true;
  for (let i = 1; i < runs.length; i++) isSorted &&= runAt(runs, i).firstMs > runAt(runs, i - 1).lastMs;
  if (isSorted) return true;
  runs.sort((a, b) => a.firstMs - b.firstMs);
  for (let i = 1; i < runs.length; i++) if (runAt(runs, i).firstMs <= runAt(runs, i - 1).lastMs) return false;
  return true;
}

const runAt = (runs: readonly Run[], index: number): Run => runs[index] as Run;

/** The samples of runs that overlap, sorted by time, with equal times merged. */
export function sortedFloats({ runs, samples }: SeriesRuns): Floats & { disputed: boolean } {
  const timesMs = new Float64Array(samples);
  const values = new Float64Array(samples);
  copyRuns(runs, timesMs, values, 0);
  const { length, disputed } = sortByTime(timesMs, values);
  return { timesMs: timesMs.subarray(0, length), values: values.subarray(0, length), disputed };
}

function unpackGroup(group: readonly SeriesRuns[], samples: number): Columns[] {
  const times = new Float64Array(samples);
  const values = new Float64Array(samples);
  let start = 0;
  return group.map(({ ref, runs }) => {
    const end = copyRuns(runs, times, values, start);
    const columns = { ref, timesMs: times.subarray(start, end), values: values.subarray(start, end) };
    start = end;
    return columns;
  });
}

/** Values go over as bytes, so that a NaN keeps its payload. Returns the end. Hot. */
function copyRuns(runs: readonly Run[], timesMs: Float64Array, values: Float64Array, from: number): number {
  let at = from;
  for (const { block, start, end } of runs) {
    const { times, baseMs } = block;
    values.set(block.values.subarray(start, end), at);
    for (let row = start; row < end; row++) timesMs[at++] = baseMs + (times[row] as number);
  }
  return at;
}

interface Sorted {
  readonly length: number;
  /** Equal times with values of different bits were merged: the later cell won, which may not be the later write. */
  readonly disputed: boolean;
}

function sortByTime(times: Float64Array, values: Float64Array): Sorted {
  const order = Uint32Array.from(times, (_, index) => index);
  order.sort((a, b) => (times[a] as number) - (times[b] as number) || a - b);
  const oldTimes = times.slice();
  const words = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
  const oldWords = words.slice();
  let length = 0;
  let disputed = false;
  for (const cell of order) {
    const time = oldTimes[cell] as number;
    const low = oldWords[2 * cell] as number;
    const high = oldWords[2 * cell + 1] as number;
    if (length > 0 && times[length - 1] === time) {
      length--;
      disputed ||= words[2 * length] !== low || words[2 * length + 1] !== high;
    }
    times[length] = time;
    words[2 * length] = low;
    words[2 * length + 1] = high;
    length++;
  }
  return { length, disputed };
}
