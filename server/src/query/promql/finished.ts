/**
 * The steps of range questions that are finished: no sample that they looked at can change any more without the store
 * saying so. A dashboard that asks again some seconds later is answered with them, and only the steps since are computed.
 */
import { compareLabels, type SeriesColumns } from '#model';
import type { MetricReader } from '#store';
import type { Annotations } from './annotations.ts';
import { type Answer, firstAfter } from './answer.ts';
import { finishedBytes, stepsAnswered } from './selfmetrics.ts';
import { type Grid, gridOf } from './values.ts';

interface FinishedDeps {
  readonly writtenSince: MetricReader['writtenSince'];
  readonly bytesMax: number;
}

/** An answer with its annotations as they can be joined to those of other steps. */
export interface Evaluated {
  readonly answer: Answer;
  readonly notes: Annotations;
}

interface FinishedQuestion {
  readonly tenant: string;
  /** Everything that decides a step's value, but its time. */
  readonly key: string;
  readonly text: string;
  readonly grid: Grid;
}

/** What is known of one question: every step from `startMs` to `lastMs`, as of `mark`. */
interface Known {
  readonly startMs: number;
  readonly lastMs: number;
  readonly mark: number;
  readonly series: readonly SeriesColumns[];
  readonly notes: Annotations;
  readonly bytes: number;
}

/** Evaluated again, though it may be finished: a grid of one step would mean an instant query. */
const freshStepsMin = 2;
/** Of the room, for one question. */
const shareMax = 1 / 4;

export class FinishedSteps {
  private readonly deps: FinishedDeps;
  /** The one that was used last stands last. */
  private readonly known = new Map<string, Known>();
  private bytes = 0;

  constructor(deps: FinishedDeps) {
    this.deps = deps;
  }

  /** Calls `evaluate` for the steps that are not known, always the last ones of the grid, if there are any. */
  async answer(question: FinishedQuestion, evaluate: (grid: Grid) => Promise<Evaluated>): Promise<Answer> {
    const { tenant, key, text, grid } = question;
    const known = this.known.get(key);
    // Asked for before anything is read: what is written while we read counts as written since.
    const { mark, leastMs } = this.deps.writtenSince(tenant, known?.mark ?? 0);
    const steps = known === undefined ? 0 : stepsKnown(known, grid, leastMs);
    const reused = steps === grid.steps ? steps : Math.max(0, Math.min(steps, grid.steps - freshStepsMin));
    stepsAnswered.inc({ source: 'reused' }, reused);
    stepsAnswered.inc({ source: 'evaluated' }, grid.steps - reused);
    if (known === undefined || reused === 0) {
      const evaluated = await evaluate(grid);
      this.remember(question, mark, evaluated);
      return evaluated.answer;
    }
    const older = cutSeries(known.series, grid.startMs, grid.startMs + (reused - 1) * grid.stepMs);
    if (reused === grid.steps) {
      this.touch(key, known);
      return { value: { kind: 'matrix', series: older }, annotations: known.notes.list(text), stats: reusing(reused) };
    }
    const fresh = await evaluate(gridOf(grid.startMs + reused * grid.stepMs, grid.endMs, grid.stepMs));
    if (fresh.answer.value.kind !== 'matrix') throw new Error('a range query gives a matrix');
    fresh.notes.join(known.notes);
    const series = joinSeries(older, fresh.answer.value.series);
    const answer: Answer = {
      value: { kind: 'matrix', series },
      annotations: fresh.notes.list(text),
      stats: { ...fresh.answer.stats, stepsReused: reused },
    };
    this.remember(question, mark, { answer, notes: fresh.notes });
    return answer;
  }

  private remember({ key, grid }: FinishedQuestion, mark: number, { answer: { value }, notes }: Evaluated): void {
    this.forget(key);
    // Histograms would be hard to weigh, and remarks that tell when and how often cannot be told of other steps.
    if (value.kind !== 'matrix' || value.series.some(({ histograms }) => histograms !== undefined)) return;
    if (!notes.areTimeless) return;
    const bytes = bytesOf(value.series) + 2 * key.length;
    if (bytes > this.deps.bytesMax * shareMax) return;
    const lastMs = grid.startMs + (grid.steps - 1) * grid.stepMs;
    this.known.set(key, { startMs: grid.startMs, lastMs, mark, series: value.series, notes, bytes });
    this.bytes += bytes;
    for (const oldest of this.known.keys()) {
      if (this.bytes <= this.deps.bytesMax) break;
      this.forget(oldest);
    }
    finishedBytes.set(this.bytes);
  }

  private touch(key: string, known: Known): void {
    if (this.known.get(key) !== known) return;
    this.known.delete(key);
    this.known.set(key, known);
  }

  private forget(key: string): void {
    this.bytes -= this.known.get(key)?.bytes ?? 0;
    this.known.delete(key);
    finishedBytes.set(this.bytes);
  }
}

/** How many of the grid's steps, from its first on, are known and before anything that was written since. */
function stepsKnown({ startMs, lastMs }: Known, grid: Grid, writtenMs: number): number {
  if (grid.startMs < startMs) return 0;
  const known = Math.floor((lastMs - grid.startMs) / grid.stepMs) + 1;
  // A step sees the samples of its own time.
  const unwritten = Math.ceil((writtenMs - grid.startMs) / grid.stepMs);
  return Math.max(0, Math.min(known, unwritten, grid.steps));
}

const reusing = (steps: number): Answer['stats'] => ({
  samplesRead: 0,
  samplesPeak: 0,
  seriesRead: 0,
  parseMs: 0,
  selectMs: 0,
  evalMs: 0,
  totalMs: 0,
  stepsReused: steps,
});

const labelBytes = 8;
const seriesBytes = 200;

/** Times are often shared; counting them all keeps the sum on the safe side. */
function bytesOf(series: readonly SeriesColumns[]): number {
  let bytes = 0;
  for (const { labels, values } of series) bytes += 16 * values.length + labelBytes * labels.length + seriesBytes;
  return bytes;
}

function cutSeries(series: readonly SeriesColumns[], fromMs: number, toMs: number): SeriesColumns[] {
  const found: SeriesColumns[] = [];
  for (const { labels, timesMs, values } of series) {
    const [from, to] = [firstAfter(timesMs, fromMs - 1), firstAfter(timesMs, toMs)];
    if (from < to) found.push({ labels, timesMs: timesMs.subarray(from, to), values: values.subarray(from, to) });
  }
  return found;
}

/** Both are ordered by labels, and every time of `older` is before every time of `newer`. */
function joinSeries(older: readonly SeriesColumns[], newer: readonly SeriesColumns[]): SeriesColumns[] {
  const joined: SeriesColumns[] = [];
  let next = 0;
  for (const one of older) {
    for (; next < newer.length; next++) {
      const other = newer[next] as SeriesColumns;
      const order = compareLabels(other.labels, one.labels);
      if (order >= 0) break;
      joined.push(other);
    }
    const same = newer[next];
    if (same === undefined || compareLabels(same.labels, one.labels) !== 0) joined.push(copied(one));
    else {
      joined.push(appended(one, same));
      next++;
    }
  }
  return joined.concat(newer.slice(next));
}

/** Views would keep all that they are cut from. */
function copied({ labels, timesMs, values }: SeriesColumns): SeriesColumns {
  return { labels, timesMs: timesMs.slice(), values: values.slice() };
}

function appended(older: SeriesColumns, newer: SeriesColumns): SeriesColumns {
  const timesMs = new Float64Array(older.timesMs.length + newer.timesMs.length);
  const values = new Float64Array(timesMs.length);
  timesMs.set(older.timesMs);
  timesMs.set(newer.timesMs, older.timesMs.length);
  values.set(older.values);
  values.set(newer.values, older.values.length);
  // Histograms that came up now are told, and then nothing is remembered.
  return { labels: older.labels, timesMs, values, ...(newer.histograms && { histograms: newer.histograms }) };
}
