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
  readonly signal: AbortSignal;
}

/** Spans joined at most; a longer range is answered from its newest part. */
const spansMax = 2_000_000;
const linksMax = 10_000;

export async function dependencyLinks(ask: Ask, question: DependenciesQuestion): Promise<DependencyLink[]> {
  const rows = await ask<{ parent: string; child: string; calls: string }>(dependenciesSql(question), {
    signal: question.signal,
  });
  return rows.map((row) => ({ parent: row.parent, child: row.child, calls: Number(row.calls) }));
}

/** How far outside the range the other side of a call may have begun: calls are long, and clocks disagree. */
const aroundMs = 10 * 60_000;

/**
 * Only spans that can be called from elsewhere, joined to those that call: the inside of a service stays out. A span
 * that was sent twice is one call. Spans are told apart by 64-bit hashes, a tenth of the memory of their ids.
 */
export function dependenciesSql(question: DependenciesQuestion): Sql {
  const tenant = sql`tenant = ${text(question.tenant)}`;
  const around = { startMs: Math.max(0, question.startMs - aroundMs), endMs: question.endMs + aroundMs };
  return sql`SELECT caller.service AS parent, callee.service AS child, count() AS calls
FROM (
  SELECT DISTINCT service, span, parent_span FROM (
    SELECT service, cityHash64(trace_id, span_id) AS span, cityHash64(trace_id, parent_span_id) AS parent_span FROM spans
    WHERE ${tenant} AND ${timeWithin(question)} AND kind IN ('server', 'consumer') AND parent_span_id != ''
    ORDER BY time DESC LIMIT ${int(spansMax)}
  )
) AS callee
GLOBAL INNER JOIN (
  SELECT DISTINCT service, span FROM (
    SELECT service, cityHash64(trace_id, span_id) AS span FROM spans
    WHERE ${tenant} AND ${timeWithin(around)} AND kind IN ('client', 'producer')
    ORDER BY time DESC LIMIT ${int(spansMax)}
  )
) AS caller ON caller.span = callee.parent_span
WHERE parent != child
GROUP BY parent, child
ORDER BY calls DESC, parent, child
LIMIT ${int(linksMax)}`;
}
