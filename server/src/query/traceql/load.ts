/** Whole traces, with the columns that a query looks at and no others. */
import { integers, joinSql, type Sql, sql, text, texts } from '#store';
import type { Ask } from '../stored/index.ts';
import { type TraceTimes, timesOfTraces, timeWithinTraces } from '../traces/index.ts';
import { alias, cellSql } from './fields.ts';
import type { Slots } from './fieldvalue.ts';
import { type SpanRow, type Trace, traceOf } from './trace.ts';

export interface LoadQuestion {
  readonly tenant: string;
  readonly ids: readonly string[];
  readonly slots: Slots;
  readonly spansMax: number;
  readonly signal: AbortSignal;
  /** Where they are known already. */
  readonly times?: ReadonlyMap<string, TraceTimes>;
}

export interface Loaded {
  /** In the order of the ids. */
  readonly traces: readonly Trace[];
  readonly spans: number;
  /** There were more than `spansMax` spans; some traces are not whole or not there. */
  readonly cut: boolean;
}

export async function loadTraces(ask: Ask, question: LoadQuestion): Promise<Loaded> {
  const { tenant, ids, spansMax, signal } = question;
  const times = question.times ?? (await timesOfTraces(ask, { tenant, traceIds: ids, signal }));
  if (times.size === 0) return { traces: [], spans: 0, cut: false };
  const rows = await ask<SpanRow>(loadSql(question, times.values()), { signal });
  const byId = new Map<string, SpanRow[]>(ids.map((id) => [id, []]));
  for (const row of rows.slice(0, spansMax)) byId.get(row.trace_id)?.push(row);
  const traces = [...byId.values()].filter((spans) => spans.length > 0).map(traceOf);
  return { traces, spans: Math.min(rows.length, spansMax), cut: rows.length > spansMax };
}

function loadSql({ tenant, ids, slots, spansMax }: LoadQuestion, times: Iterable<TraceTimes>): Sql {
  const cells = slots.fields.map((field, i) => sql`,\n  ${cellSql(field) ?? sql`tuple(0, '', '')`} AS ${alias(i)}`);
  const events = slots.needsEvents ? sql`events` : sql`'' AS events`;
  const links = slots.needsLinks ? sql`links` : sql`'' AS links`;
  return sql`SELECT trace_id, span_id, parent_span_id, service, name, kind, status,
  toUnixTimestamp64Nano(time) AS start_ns, duration_ns, ${events}, ${links}${joinSql(cells, ' ')}
FROM spans
WHERE tenant = ${text(tenant)} AND trace_id IN ${texts(ids)} AND ${timeWithinTraces(times)}
LIMIT ${integers([spansMax + 1])}`;
}
