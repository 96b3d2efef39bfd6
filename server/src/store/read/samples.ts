/** Where samples come from: the head for the window it answers for, the tables for what is older, joined without a seam. */
import { afterwards } from '#kit';
import type { SeriesRef } from '#model';
import type { Head } from '../head/head.ts';
import { samplesRead } from '../selfmetrics.ts';
import { type Columns, countOf, type Floats, lazyColumns } from './columns.ts';
import { tooMany } from './sample-runs.ts';
import { type SampleDeps, type SampleQuestion, samplesFromTables } from './sample-sql.ts';

export async function readSamples(
  question: SampleQuestion,
  { head, ...deps }: SampleDeps & { readonly head?: Head },
): Promise<Columns[]> {
  const fromMs = head?.validFromMs ?? Number.POSITIVE_INFINITY;
  if (head === undefined || question.endMs < fromMs) return await fromTables(question, deps);
  if (question.startMs >= fromMs) return fromHead(question, head);
  // The head is read first: its views do not change, and it may let go of its oldest samples meanwhile.
  const recent = fromHead({ ...question, startMs: fromMs }, head);
  const older = await fromTables({ ...question, endMs: fromMs - 1 }, deps);
  return join(older, recent, question.limits);
}

async function fromTables(question: SampleQuestion, deps: SampleDeps): Promise<Columns[]> {
  const columns = await samplesFromTables(question, deps);
  samplesRead.inc({ source: 'tables' }, countAll(columns));
  return columns;
}

/** Views of what is in memory anyway, or unpacked one by one: however many samples there are, they take no more room. */
function fromHead({ refs, startMs, endMs, limits }: SampleQuestion, head: Head): Columns[] {
  const found: Columns[] = [];
  let samples = 0;
  const read = head.reader();
  for (const ref of refs) {
    const columns = read(ref, startMs, endMs);
    if (columns === undefined) continue;
    samples += countOf(columns);
    if (found.length >= limits.seriesMax) throw tooMany('series', limits.seriesMax);
    found.push(columns);
  }
  afterwards(() => samplesRead.inc({ source: 'head' }, samples));
  return found;
}

/** Every time of `older` is before every time of `recent`. */
function join(older: Columns[], recent: Columns[], limits: SampleQuestion['limits']): Columns[] {
  const recentOf = new Map<SeriesRef, Columns>(recent.map((columns) => [columns.ref, columns]));
  const found = older.map((columns) => {
    const more = recentOf.get(columns.ref);
    recentOf.delete(columns.ref);
    return more === undefined ? columns : joined(columns, more);
  });
  for (const columns of recentOf.values()) found.push(columns);
  if (found.length > limits.seriesMax) throw tooMany('series', limits.seriesMax);
  return found;
}

function joined(older: Columns, recent: Columns): Columns {
  return lazyColumns(older.ref, countOf(older) + countOf(recent), () => joinOne(older, recent));
}

/** `set` between arrays of one kind moves bytes, so that a NaN keeps its payload. */
function joinOne(older: Columns, recent: Columns): Floats {
  const after = { timesMs: recent.timesMs, values: recent.values };
  const length = older.timesMs.length;
  const timesMs = new Float64Array(length + after.timesMs.length);
  const values = new Float64Array(timesMs.length);
  timesMs.set(older.timesMs);
  timesMs.set(after.timesMs, length);
  values.set(older.values);
  values.set(after.values, length);
  return { timesMs, values };
}

const countAll = (columns: readonly Columns[]): number => columns.reduce((sum, one) => sum + countOf(one), 0);
