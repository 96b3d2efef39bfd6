/** Series in the order of their labels, a batch at a time: for answers that are larger than what may be held. */
import { setImmediate as breathe } from 'node:timers/promises';
import { compareLabels, type Labels, type SeriesColumns, type SeriesRef } from '#model';
import type { MetricQuestion } from '../contract.ts';
import { tooMany } from './sample-runs.ts';

interface WalkDeps {
  readonly labelsOf: (ref: SeriesRef) => Labels;
  /** The series of `refs`, which ascend, in any order. */
  readonly read: (refs: Int32Array) => Promise<SeriesColumns[]>;
}

/** About how many samples a batch is meant to have: 16 MB, unpacked. */
const batchSamples = 1_000_000;
/** What a series is taken to have before any was read. */
const sampleMsLikely = 15_000;
const batchSeriesMax = 1_000;

export async function* walkSeries(
  refs: Int32Array,
  { startMs, endMs, signal, seriesMax }: MetricQuestion,
  { labelsOf, read }: WalkDeps,
): AsyncGenerator<SeriesColumns[]> {
  if (refs.length > seriesMax) throw tooMany('series', seriesMax);
  const sorted = await sortedByLabels(refs, labelsOf);
  let perSeries = Math.max(1, (endMs - startMs) / sampleMsLikely);
  for (let at = 0; at < sorted.length; ) {
    signal.throwIfAborted();
    const size = Math.min(batchSeriesMax, Math.max(1, Math.floor(batchSamples / perSeries)));
    const batch = Int32Array.from(sorted.slice(at, at + size), ({ ref }) => ref).sort();
    at += size;
    const found = await read(batch);
    const samples = found.reduce((sum, series) => sum + samplesIn(series), 0);
    // Half of the old estimate stays, so that one empty batch is not followed by a huge one.
    perSeries = Math.max(1, (perSeries + samples / batch.length) / 2);
    yield found.sort((a, b) => compareLabels(a.labels, b.labels));
  }
}

/** Without a look at samples that are not unpacked yet. */
function samplesIn(series: SeriesColumns): number {
  // A histogram takes the room of many floats.
  return (series.sampleCount ?? series.timesMs.length) + 32 * (series.histograms?.length ?? 0);
}

interface Known {
  readonly ref: SeriesRef;
  readonly labels: Labels;
}

const order = (a: Known, b: Known): number => compareLabels(a.labels, b.labels);
const runLength = 4_096;

/** Sorts in runs and joins them two by two, with turns for everybody else. */
async function sortedByLabels(refs: Int32Array, labelsOf: WalkDeps['labelsOf']): Promise<readonly Known[]> {
  let runs: (readonly Known[])[] = [];
  for (let at = 0; at < refs.length; at += runLength) {
    runs.push(Array.from(refs.subarray(at, at + runLength), (ref) => ({ ref, labels: labelsOf(ref) })).sort(order));
    await breathe();
  }
  while (runs.length > 1) {
    const joined: (readonly Known[])[] = [];
    for (let i = 0; i < runs.length; i += 2) {
      joined.push(join(runs[i] ?? [], runs[i + 1] ?? []));
      await breathe();
    }
    runs = joined;
  }
  return runs[0] ?? [];
}

function join(a: readonly Known[], b: readonly Known[]): readonly Known[] {
  if (b.length === 0) return a;
  const both: Known[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const [first, second] = [a[i] as Known, b[j] as Known];
    const takesFirst = order(first, second) <= 0;
    both.push(takesFirst ? first : second);
    if (takesFirst) i++;
    else j++;
  }
  return both.concat(a.slice(i), b.slice(j));
}
