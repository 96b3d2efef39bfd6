/** The samples of some series between two times, from the tables. */
import type { SeriesRef } from '#model';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { integers, int, joinSql, type Sql, sql, text, texts } from '../sql.ts';
import type { Wire } from '../wire.ts';
import { nativeBlocks } from './native-blocks.ts';
import { type Columns, type RunLimits, SampleRuns } from './sample-runs.ts';

export interface SampleQuestion {
  readonly tenant: string;
  readonly refs: Int32Array;
  readonly startMs: number;
  readonly endMs: number;
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
  const { wire, catalogue, msMax } = deps;
  const { tenant, refs, signal } = question;
  const asked = new Set<SeriesRef>(refs);
  const runs = new SampleRuns(question.limits, (id) => {
    const ref = catalogue.refOfId(tenant, id);
    return asked.has(ref) ? ref : -1;
  });
  const answer = await wire.read(samplesSql(question, catalogue), 'Native', { signal, msMax });
  try {
    for await (const block of nativeBlocks(answer, ['id', 'time', 'value'])) runs.push(block);
  } finally {
    answer.destroy();
  }
  return runs.columns();
}

function samplesSql(question: SampleQuestion, catalogue: Catalogue): Sql {
  const { startMs, endMs } = question;
  return sql`
    SELECT id, time, value
    FROM samples
    WHERE ${seriesCondition(question, catalogue)}
      AND time >= fromUnixTimestamp64Milli(${int(Math.ceil(startMs))})
      AND time <= fromUnixTimestamp64Milli(${int(Math.floor(endMs))})`;
}

/** The rows of the asked series, and perhaps some more: of a metric's series nearly all are asked for, or few. */
export function seriesCondition({ tenant, refs }: { tenant: string; refs: Int32Array }, catalogue: Catalogue): Sql {
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
