/**
 * Where only the last sample of each window matters and windows are far apart, nearly all of it stands shortly before
 * the windows' ends. That is read first. Of series that lack a sample there all is read from the first window that lacks
 * one to the last. So a day of gauges at five minutes' distance needs a fifth of its samples.
 */
import type { SeriesRef } from '#model';
import type { Windows } from '../contract.ts';
import { type Columns, countOf, lazyColumns } from './columns.ts';

export interface ReadWindows extends Windows {
  /** Samples later than this are read, too, wherever they are. */
  readonly allAfterMs?: number;
}

interface Question {
  readonly refs: Int32Array;
  readonly startMs: number;
  readonly endMs: number;
  readonly windows?: Windows;
}

/** Most are scraped every minute or more often; a scrape may be late. */
const nearMs = 75_000;
/** Below that, more is spent on a second statement than is saved. */
const savedFactorMin = 4;
const samplesMin = 50_000;
/** What a series is taken to have. */
const sampleMsLikely = 30_000;

/** The windows to read first; undefined where all is to be read at once. */
export function nearEnds({ refs, startMs, endMs, windows }: Question): ReadWindows | undefined {
  if (windows?.lastOnly === undefined) return undefined;
  const { lastMs, everyMs, reachMs } = windows;
  if (Math.min(everyMs, reachMs) < savedFactorMin * nearMs) return undefined;
  if ((refs.length * (endMs - startMs)) / sampleMsLikely < samplesMin) return undefined;
  // A window that ends later than the question begins in the tables and goes on elsewhere.
  return { lastMs, everyMs, reachMs: nearMs, allAfterMs: lastEndMs(windows, endMs) };
}

interface Lack {
  readonly refs: Int32Array;
  readonly startMs: number;
  readonly endMs: number;
}

/** What is to be read besides: where the last sample of a window is not known. Undefined when it is known everywhere. */
export function lackOf(
  found: readonly Columns[],
  question: Question,
  { reachMs: nearMs }: ReadWindows,
): Lack | undefined {
  const { refs, startMs, windows } = question;
  if (windows === undefined) return undefined;
  const { everyMs, reachMs } = windows;
  // The question begins where the first window does.
  const firstMs = lastEndMs(windows, startMs + reachMs + everyMs - 2);
  const ends = { firstMs, lastMs: lastEndMs(windows, question.endMs), everyMs, nearMs };
  const knownOf = new Map(found.map((columns) => [columns.ref, columns]));
  const lacking: SeriesRef[] = [];
  let fromMs = Number.POSITIVE_INFINITY;
  let toMs = Number.NEGATIVE_INFINITY;
  for (const ref of refs) {
    const lack = lackingEnds(knownOf.get(ref)?.timesMs ?? none, ends);
    if (lack === undefined) continue;
    lacking.push(ref);
    fromMs = Math.min(fromMs, lack[0] - reachMs + 1);
    toMs = Math.max(toMs, lack[1]);
  }
  return lacking.length === 0 ? undefined : { refs: Int32Array.from(lacking), startMs: fromMs, endMs: toMs };
}

const none = new Float64Array(0);

/** `found` with what was read besides. */
export function withMore(found: readonly Columns[], more: readonly Columns[], { startMs, endMs }: Lack): Columns[] {
  const moreOf = new Map(more.map((columns) => [columns.ref, columns]));
  const whole = found.map((columns) => {
    const between = moreOf.get(columns.ref);
    moreOf.delete(columns.ref);
    return between === undefined ? columns : patched(columns, between, startMs, endMs);
  });
  return [...whole, ...moreOf.values()];
}

/** All of `between`, which has what `columns` has from `startMs` to `endMs` and more. */
function patched(columns: Columns, between: Columns, startMs: number, endMs: number): Columns {
  const before = columns.timesMs.findIndex((timeMs) => timeMs >= startMs);
  const after = columns.timesMs.findIndex((timeMs) => timeMs > endMs);
  const [head, tail] = [before < 0 ? columns.timesMs.length : before, after < 0 ? columns.timesMs.length : after];
  const join = (known: Float64Array, middle: Float64Array): Float64Array => {
    const all = new Float64Array(head + middle.length + known.length - tail);
    all.set(known.subarray(0, head));
    all.set(middle, head);
    all.set(known.subarray(tail), head + middle.length);
    return all;
  };
  const sampleCount = head + countOf(between) + columns.timesMs.length - tail;
  return lazyColumns(columns.ref, sampleCount, () => ({
    timesMs: join(columns.timesMs, between.timesMs),
    values: join(columns.values, between.values),
  }));
}

/** Of the windows' ends the last that is not after `timeMs`. */
function lastEndMs({ lastMs, everyMs }: Windows, timeMs: number): number {
  return lastMs - Math.ceil(Math.max(0, lastMs - timeMs) / everyMs) * everyMs;
}

interface Ends {
  readonly firstMs: number;
  readonly lastMs: number;
  readonly everyMs: number;
  readonly nearMs: number;
}

/** The first and the last end that has no sample near before it. Hot. */
function lackingEnds(timesMs: Float64Array, { firstMs, lastMs, everyMs, nearMs }: Ends): [number, number] | undefined {
  let next = 0;
  let lack: [number, number] | undefined;
  for (let endMs = firstMs; endMs <= lastMs; endMs += everyMs) {
    while (next < timesMs.length && (timesMs[next] as number) <= endMs) next++;
    if (next > 0 && (timesMs[next - 1] as number) > endMs - nearMs) continue;
    lack ??= [endMs, endMs];
    lack[1] = endMs;
  }
  return lack;
}
