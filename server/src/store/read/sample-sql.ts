/** The samples of some series between two times, from the tables. */
import type { Catalogue } from '../catalogue/catalogue.ts';
import { int, integers, joinSql, type Param, type Sql, sql, text, texts } from '../sql.ts';
import type { Wire } from '../wire.ts';
import type { Columns } from './columns.ts';
import { nativeBlocks } from './native-blocks.ts';
import { lackOf, nearEnds, type ReadWindows, withMore } from './near-ends.ts';
import { layoutOf, type SampleLayout, wideLayout } from './sample-layout.ts';
import { type RunLimits, SampleRuns } from './sample-runs.ts';

export interface SampleQuestion {
  readonly tenant: string;
  readonly refs: Int32Array;
  readonly startMs: number;
  readonly endMs: number;
  readonly windows?: ReadWindows;
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
  const scope = scopeOf(question, deps.catalogue);
  // Where few of a metric's series are asked for, it is looking for them that costs, and twice is worse.
  const near = scope.areFew ? undefined : nearEnds(question);
  if (near === undefined) return await readSamples(question, scope, deps);
  const found = await readSamples({ ...question, windows: near }, scope, deps);
  const lack = lackOf(found, question, near);
  if (lack === undefined) return found;
  const rest = { ...question, ...lack };
  return withMore(found, await readSamples(rest, scopeOf(rest, deps.catalogue), deps), lack);
}

async function readSamples(question: SampleQuestion, scope: Scope, deps: SampleDeps): Promise<Columns[]> {
  const layout = layoutOf({ ...question, within: scope.within }, deps.catalogue);
  const query = sql`
    SELECT ${layout.select}
    FROM samples
    WHERE ${timeCondition(question, scope.condition)}`;
  const runs = await readRuns(query, layout, question, deps);
  const columns = runs.columns();
  return runs.disputed.length === 0 ? columns : await settle(columns, Int32Array.from(runs.disputed), question, deps);
}

async function readRuns(
  query: Sql,
  layout: SampleLayout,
  { signal, limits }: SampleQuestion,
  { wire, msMax }: SampleDeps,
): Promise<SampleRuns> {
  const runs = new SampleRuns(limits, layout.refOf);
  const answer = await wire.read(query, 'Native', { signal, msMax });
  try {
    for await (const block of nativeBlocks(answer, layout.columns)) runs.push(layout.read(block));
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
  const layout = wideLayout(narrowed, deps.catalogue);
  const runs = await readRuns(lastWrittenSql(narrowed, layout, deps.catalogue), layout, narrowed, deps);
  const settled = new Map(runs.columns().map((one) => [one.ref, one]));
  return columns.map((one) => settled.get(one.ref) ?? one);
}

/** Inserts are numbered in the names of their parts, and a merge keeps rows of one key in the order they were written. */
function lastWrittenSql(question: SampleQuestion, { select }: SampleLayout, catalogue: Catalogue): Sql {
  return sql`
    SELECT ${select}
    FROM (
      SELECT id, time, argMax(written, place) AS value
      FROM (
        SELECT id, time, value AS written, (toUInt64(splitByChar('_', _part)[2]), _part_offset) AS place
        FROM samples
        WHERE ${windowCondition(question, catalogue)}
      )
      GROUP BY id, time
      ORDER BY id, time
    )`;
}

/** The asked series (and perhaps some more) between the asked times. */
export function windowCondition(question: SampleQuestion, catalogue: Catalogue): Sql {
  return timeCondition(question, scopeOf(question, catalogue).condition);
}

function timeCondition({ startMs, endMs, windows }: SampleQuestion, series: Sql): Sql {
  return sql`${series}${windows === undefined ? nothing : windowsCondition(windows)}${hourHint(startMs, endMs)}
      AND time >= fromUnixTimestamp64Milli(${timeMs(Math.ceil(startMs))})
      AND time <= fromUnixTimestamp64Milli(${timeMs(Math.floor(endMs))})`;
}

const nothing = sql``;

/** No sample is later than the last window's end. */
function windowsCondition({ lastMs, everyMs, reachMs, allAfterMs }: ReadWindows): Sql {
  if (reachMs >= everyMs) return nothing;
  const within = sql`positiveModulo(${int(lastMs)} - toUnixTimestamp64Milli(time), ${int(everyMs)}) < ${int(reachMs)}`;
  if (allAfterMs === undefined) return sql` AND ${within}`;
  return sql` AND (${within} OR time > fromUnixTimestamp64Milli(${timeMs(allAfterMs)}))`;
}

/**
 * The hour stands before the series in the key. ClickHouse does not find by itself that a time bounds the hour, as the
 * time stands in the key, too: without the hint it reads all hours of a day. Hours are of 32 bits, and wrap.
 */
function hourHint(startMs: number, endMs: number): Sql {
  if (endMs >= hoursEndMs) return nothing;
  const hourOf = (ms: number) => integers([3_600 * Math.floor(Math.max(0, ms) / 3_600_000)]);
  return sql`
      AND indexHint(toStartOfHour(time) >= ${hourOf(startMs)} AND toStartOfHour(time) <= ${hourOf(endMs)})`;
}

const hoursEndMs = 4_294_800_000_000;

/** Askers may mean "always" by times that no DateTime64 holds: 1970 … 2255 is as good. */
const timeMs = (ms: number): Param => int(Math.min(Math.max(ms, 0), 9_000_000_000_000));

interface Scope {
  readonly condition: Sql;
  /** They are named by their ids. */
  readonly areFew: boolean;
  /** Series that meet it; undefined: any. */
  readonly within: readonly Int32Array[] | undefined;
}

/** The rows of the asked series, and perhaps some more: of a metric's series nearly all are asked for, or few. */
function scopeOf({ tenant, refs }: Pick<SampleQuestion, 'tenant' | 'refs'>, catalogue: Catalogue): Scope {
  const conditions = [sql`tenant = ${text(tenant)}`];
  const metrics = new Set<string>();
  for (const ref of refs) metrics.add(catalogue.metricOf(ref));
  const areNamed = metrics.size <= metricsMax;
  if (areNamed) conditions.push(sql`metric IN ${texts([...metrics])}`);
  const known = Array.from(metrics, (metric) => catalogue.ofMetric(tenant, metric));
  const areFew = refs.length <= idsMax && refs.length * 4 < 3 * known.reduce((sum, { length }) => sum + length, 0);
  if (areFew) conditions.push(sql`id IN (${integers(Array.from(refs, (ref) => catalogue.idOf(ref)))})`);
  const within = areNamed ? known : undefined;
  return { condition: joinSql(conditions, ' AND '), areFew, within: areFew ? [refs] : within };
}
