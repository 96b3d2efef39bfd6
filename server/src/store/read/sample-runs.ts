/**
 * Samples as the engine streams them → columns per series. The rows of one series stand together in runs (the tables
 * are ordered so), so that work is done per run and cells are copied as whole columns.
 */
import type { SeriesRef } from '#model';
import { Refusal } from '#model';
import type { Columns } from './columns.ts';
import type { NativeBlock } from './native-blocks.ts';

export interface RunLimits {
  readonly samplesMax: number;
  readonly seriesMax: number;
}

/** Which series a run belongs to: -1 for one that was not asked for. */
type RefOfId = (id: number) => SeriesRef;

export class SampleRuns {
  samples = 0;
  /** Series that have two values for one time: the blocks do not say which was written last. */
  readonly disputed: SeriesRef[] = [];
  private readonly limits: RunLimits;
  private readonly refOfId: RefOfId;
  private readonly runsOfRef = new Map<SeriesRef, Run[]>();

  constructor(limits: RunLimits, refOfId: RefOfId) {
    this.limits = limits;
    this.refOfId = refOfId;
  }

  /** Takes a block of the columns id, time, value. Throws QUERY_TOO_LARGE past the limits. Hot. */
  push(block: NativeBlock): void {
    const { rows, words } = block;
    let start = 0;
    while (start < rows) {
      const low = words[2 * start] as number;
      const high = words[2 * start + 1] as number;
      let end = start + 1;
      while (end < rows && words[2 * end] === low && words[2 * end + 1] === high) end++;
      const ref = this.refOfId(high * 4294967296 + low);
      if (ref >= 0) this.add(ref, { block, start, end });
      start = end;
    }
  }

  /** Ascending times without duplicates; the views share two large buffers, which the caller owns. */
  columns(): Columns[] {
    const times = new Float64Array(this.samples);
    const values = new Float64Array(this.samples);
    const found: Columns[] = [];
    let at = 0;
    for (const [ref, runs] of this.runsOfRef) {
      runs.sort((a, b) => firstTime(a) - firstTime(b));
      let end = at;
      for (const run of runs) end = copyRun(run, times, values, end);
      const { length, disputed } = ascend(times.subarray(at, end), values.subarray(at, end));
      if (disputed) this.disputed.push(ref);
      found.push({ ref, timesMs: times.subarray(at, at + length), values: values.subarray(at, at + length) });
      at = end;
    }
    return found;
  }

  private add(ref: SeriesRef, run: Run): void {
    this.samples += run.end - run.start;
    if (this.samples > this.limits.samplesMax) throw tooMany('samples', this.limits.samplesMax);
    const runs = this.runsOfRef.get(ref);
    if (runs !== undefined) {
      runs.push(run);
      return;
    }
    if (this.runsOfRef.size >= this.limits.seriesMax) throw tooMany('series', this.limits.seriesMax);
    this.runsOfRef.set(ref, [run]);
  }
}

/** Rows start … end - 1 of a block, all of one series. */
interface Run {
  readonly block: NativeBlock;
  readonly start: number;
  readonly end: number;
}

function firstTime({ block: { rows, words }, start }: Run): number {
  return timeAt(words, rows + start);
}

/** A signed 64-bit cell as a number. */
const timeAt = (words: Uint32Array, cell: number): number =>
  ((words[2 * cell + 1] as number) | 0) * 4294967296 + (words[2 * cell] as number);

/** Values go over as words, so that a NaN keeps its payload. Returns the new end. */
function copyRun(
  { block: { rows, words }, start, end }: Run,
  times: Float64Array,
  values: Float64Array,
  at: number,
): number {
  const valueWords = new Uint32Array(values.buffer, values.byteOffset);
  const firstValue = 2 * (2 * rows + start);
  valueWords.set(words.subarray(firstValue, firstValue + 2 * (end - start)), 2 * at);
  for (let row = start; row < end; row++) times[at + row - start] = timeAt(words, rows + row);
  return at + end - start;
}

interface Ascended {
  readonly length: number;
  /** Equal times with values of different bits were merged: the later cell won, which may not be the later write. */
  readonly disputed: boolean;
}

/** Sorts by time and merges equal times. Nearly always a mere check. */
function ascend(times: Float64Array, values: Float64Array): Ascended {
  let i = 1;
  while (i < times.length && (times[i] as number) > (times[i - 1] as number)) i++;
  return i >= times.length ? { length: times.length, disputed: false } : sortByTime(times, values);
}

function sortByTime(times: Float64Array, values: Float64Array): Ascended {
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

export function tooMany(what: 'samples' | 'series', max: number): Refusal {
  return new Refusal(
    `the query touches more than ${max} ${what}, limits.query.${what}Max is ${max}; ` +
      'narrow its time range or its matchers',
    { code: 'QUERY_TOO_LARGE' },
  );
}
