/** Who calls whom: pairs of parent and child spans in different services. */
import { int, type Sql, sql, text } from '#store';
import { type Ask, type TimeRange, timeWithin } from '../stored/index.ts';

export interface DependencyLink {
  readonly parent: string;
  readonly child: string;
  readonly calls: number;
}

export interface DependenciesQuestion extends TimeRange {
  readonly tenant: string;
  /** In the range and around it. */
  readonly spansMax: number;
  readonly signal: AbortSignal;
}

const linksMax = 10_000;

/** Most calls first. Undefined when there are more than `spansMax` spans: joining them takes memory. */
export async function dependencyLinks(ask: Ask, question: DependenciesQuestion): Promise<DependencyLink[] | undefined> {
  const { signal, spansMax } = question;
  const [row] = await ask<{ spans: string }>(spansSql(question), { signal });
  if (Number(row?.spans) > spansMax) return undefined;
  const rows = await ask<{ parent: string; child: string; calls: string }>(dependenciesSql(question), { signal });
  return rows.map((row) => ({ parent: row.parent, child: row.child, calls: Number(row.calls) }));
}

/** How far outside the range the other side of a call may have begun: calls are long, and clocks disagree. */
const aroundMs = 10 * 60_000;

const around = ({ startMs, endMs }: TimeRange): Sql =>
  timeWithin({ startMs: Math.max(0, startMs - aroundMs), endMs: endMs + aroundMs });

/** Counted no further than it matters. */
function spansSql({ tenant, spansMax, ...range }: DependenciesQuestion): Sql {
  return sql`SELECT count() AS spans
FROM (SELECT 1 FROM spans WHERE tenant = ${text(tenant)} AND ${around(range)} LIMIT ${int(spansMax + 1)})`;
}

/**
 * Only spans that can be called from elsewhere, joined to those that call: the inside of a service stays out. A span
 * that was sent twice is one call. Spans are told apart by 64-bit hashes, a tenth of the memory of their ids.
 */
export function dependenciesSql(question: TimeRange & { readonly tenant: string }): Sql {
  const tenant = sql`tenant = ${text(question.tenant)}`;
  return sql`SELECT caller.service AS parent, callee.service AS child, count() AS calls
FROM (
  SELECT DISTINCT service, cityHash64(trace_id, span_id) AS span, cityHash64(trace_id, parent_span_id) AS parent_span
  FROM spans
  WHERE ${tenant} AND ${timeWithin(question)} AND kind IN ('server', 'consumer') AND parent_span_id != ''
) AS callee
GLOBAL INNER JOIN (
  SELECT DISTINCT service, cityHash64(trace_id, span_id) AS span
  FROM spans
  WHERE ${tenant} AND ${around(question)} AND kind IN ('client', 'producer')
) AS caller ON caller.span = callee.parent_span
WHERE parent != child
GROUP BY parent, child
ORDER BY calls DESC, parent, child
LIMIT ${int(linksMax)}`;
}
