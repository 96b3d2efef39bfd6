/** The samples of some series between two times, from the tables. */
import type { SeriesRef } from '#model';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Windows } from '../contract.ts';
import { int, integers, joinSql, type Param, type Sql, sql, text, texts } from '../sql.ts';
import type { Wire } from '../wire.ts';
import type { Columns } from './columns.ts';
import { nativeBlocks } from './native-blocks.ts';
import { type RunLimits, SampleRuns } from './sample-runs.ts';

export interface SampleQuestion {
  readonly tenant: string;
  readonly refs: Int32Array;
  readonly startMs: number;
  readonly endMs: number;
  readonly windows?: Windows;
  readonly signal: AbortSignal;
  readonly limits: RunLimits;
}

export interface SampleDeps {
  readonly wire: Wire;
  readonly catalogue: Catalogue;
  readonly msMax: number;
}

/** Past this many ids it is cheaper to read the whole metric and leave out here what was not asked for. */
const idsMax = 5_000;
/** Past this many names the metric is left out of the question, too. */
const metricsMax = 500;

export async function samplesFromTables(question: SampleQuestion, deps: SampleDeps): Promise<Columns[]> {
  if (question.refs.length === 0) return [];
  const runs = await readRuns(question, samplesSql(question, deps.catalogue), deps);
  const columns = runs.columns();
  return runs.disputed.length === 0 ? columns : await settle(columns, Int32Array.from(runs.disputed), question, deps);
}

async function readRuns(
  { tenant, refs, signal, limits }: SampleQuestion,
  query: Sql,
  deps: SampleDeps,
): Promise<SampleRuns> {
  const { wire, catalogue, msMax } = deps;
  const asked = new Set<SeriesRef>(refs);
  const runs = new SampleRuns(limits, (id) => {
    const ref = catalogue.refOfId(tenant, id);
    return asked.has(ref) ? ref : -1;
  });
  const answer = await wire.read(query, 'Native', { signal, msMax });
  try {
    for await (const block of nativeBlocks(answer, ['id', 'time', 'value'])) runs.push(block);
  } finally {
    answer.destroy();
  }
  return runs;
}

/** Asks again for the few series of which one time has several values, now with the order in which they were written. */
async function settle(
  columns: Columns[],
  refs: Int32Array,
  question: SampleQuestion,
  deps: SampleDeps,
): Promise<Columns[]> {
  const narrowed = { ...question, refs };
  const runs = await readRuns(narrowed, lastWrittenSql(narrowed, deps.catalogue), deps);
  const settled = new Map(runs.columns().map((one) => [one.ref, one]));
  return columns.map((one) => settled.get(one.ref) ?? one);
}

function samplesSql(question: SampleQuestion, catalogue: Catalogue): Sql {
  return sql`
    SELECT id, time, value
    FROM samples
    WHERE ${windowCondition(question, catalogue)}`;
}

/** Inserts are numbered in the names of their parts, and a merge keeps rows of one key in the order they were written. */
function lastWrittenSql(question: SampleQuestion, catalogue: Catalogue): Sql {
  return sql`
    SELECT id, time, argMax(written, place) AS value
    FROM (
      SELECT id, time, value AS written, (toUInt64(splitByChar('_', _part)[2]), _part_offset) AS place
      FROM samples
      WHERE ${windowCondition(question, catalogue)}
    )
    GROUP BY id, time
    ORDER BY id, time`;
}

/** The asked series (and perhaps some more) between the asked times. */
export function windowCondition(question: SampleQuestion, catalogue: Catalogue): Sql {
  const { startMs, endMs, windows } = question;
  return sql`${seriesCondition(question, catalogue)}${windows === undefined ? nothing : windowsCondition(windows)}
      AND time >= fromUnixTimestamp64Milli(${timeMs(Math.ceil(startMs))})
      AND time <= fromUnixTimestamp64Milli(${timeMs(Math.floor(endMs))})`;
}

const nothing = sql``;

/** No sample is later than the last window's end. */
function windowsCondition({ lastMs, everyMs, reachMs }: Windows): Sql {
  return sql`
      AND positiveModulo(${int(lastMs)} - toUnixTimestamp64Milli(time), ${int(everyMs)}) < ${int(reachMs)}`;
}

/** Askers may mean "always" by times that no DateTime64 holds: 1970 … 2255 is as good. */
const timeMs = (ms: number): Param => int(Math.min(Math.max(ms, 0), 9_000_000_000_000));

/** The rows of the asked series, and perhaps some more: of a metric's series nearly all are asked for, or few. */
function seriesCondition({ tenant, refs }: { tenant: string; refs: Int32Array }, catalogue: Catalogue): Sql {
  const conditions = [sql`tenant = ${text(tenant)}`];
  const metrics = new Set<string>();
  for (const ref of refs) metrics.add(catalogue.metricOf(ref));
  if (metrics.size <= metricsMax) conditions.push(sql`metric IN ${texts([...metrics])}`);
  let known = 0;
  for (const metric of metrics) known += catalogue.ofMetric(tenant, metric).length;
  if (refs.length <= idsMax && refs.length * 4 < known * 3) {
    conditions.push(sql`id IN (${integers(Array.from(refs, (ref) => catalogue.idOf(ref)))})`);
  }
  return joinSql(conditions, ' AND ');
}
