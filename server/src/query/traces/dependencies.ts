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

export async function dependencyLinks(ask: Ask, question: DependenciesQuestion): Promise<DependencyLink[]> {
  const rows = await ask<{ parent: string; child: string; calls: string }>(dependenciesSql(question), {
    signal: question.signal,
  });
  return rows.map((row) => ({ parent: row.parent, child: row.child, calls: Number(row.calls) }));
}

/** Only spans that can be called from elsewhere, joined to those that call: the inside of a service stays out. */
export function dependenciesSql(question: DependenciesQuestion): Sql {
  const range = sql`tenant = ${text(question.tenant)} AND ${timeWithin(question)}`;
  return sql`SELECT caller.service AS parent, callee.service AS child, count() AS calls
FROM (
  SELECT service, trace_id, parent_span_id FROM spans
  WHERE ${range} AND kind IN ('server', 'consumer') AND parent_span_id != ''
  ORDER BY time DESC LIMIT ${int(spansMax)}
) AS callee
GLOBAL INNER JOIN (
  SELECT service, trace_id, span_id FROM spans
  WHERE ${range} AND kind IN ('client', 'producer')
  ORDER BY time DESC LIMIT ${int(spansMax)}
) AS caller ON caller.trace_id = callee.trace_id AND caller.span_id = callee.parent_span_id
WHERE parent != child
GROUP BY parent, child
ORDER BY calls DESC`;
}
