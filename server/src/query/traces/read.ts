/** All spans of a trace, wherever in time they were stored: a span that arrives late joins the others here. */
import { Refusal } from '#model';
import { int, type Sql, sql, text, texts } from '#store';
import type { Ask } from '../stored/index.ts';
import { type SpanLine, type StoredSpan, spanColumns, spanFrom } from './span.ts';
import { type TraceTimes, timesOfTraces, timeWithinTraces } from './times.ts';

export interface TraceQuestion {
  readonly tenant: string;
  /** 32 lower-case hex digits. */
  readonly traceId: string;
  readonly spansMax: number;
  readonly signal: AbortSignal;
}

export interface StoredTrace {
  /** Earliest first; none when the trace is unknown. */
  readonly spans: readonly StoredSpan[];
  /** There are more than `spansMax`; the earliest are given. */
  readonly truncated: boolean;
}

export async function readTrace(ask: Ask, question: TraceQuestion): Promise<StoredTrace> {
  const lines = await ask<SpanLine>(traceSql(question), { signal: question.signal });
  const truncated = lines.length > question.spansMax;
  return { spans: lines.slice(0, question.spansMax).map(spanFrom), truncated };
}

/** Several traces whole, by id; together they hold at most `spansMax` spans, or the question is refused. */
export async function readTraces(
  ask: Ask,
  question: Omit<TraceQuestion, 'traceId'> & { readonly traceIds: readonly string[] },
): Promise<Map<string, StoredSpan[]>> {
  const byId = new Map<string, StoredSpan[]>(question.traceIds.map((id) => [id, []]));
  if (byId.size === 0) return byId;
  const times = await timesOfTraces(ask, question);
  if (times.size === 0) return byId;
  const lines = await ask<SpanLine>(tracesSql(question, times.values()), { signal: question.signal });
  if (lines.length > question.spansMax) {
    throw new Refusal(
      `these ${byId.size} traces hold more than ${question.spansMax} spans, limits.query.spansPerTraceMax; ask for fewer`,
      { code: 'QUERY_TOO_LARGE' },
    );
  }
  for (const line of lines) byId.get(line.trace_id)?.push(spanFrom(line));
  return byId;
}

function tracesSql(
  question: { readonly tenant: string; readonly traceIds: readonly string[]; readonly spansMax: number },
  times: Iterable<TraceTimes>,
): Sql {
  return sql`SELECT ${spanColumns}
FROM spans
WHERE tenant = ${text(question.tenant)} AND trace_id IN ${texts(question.traceIds)}
  AND ${timeWithinTraces(times)}
LIMIT ${int(question.spansMax + 1)}`;
}

/** One statement instead of two: a statement costs as much as reading the trace's times. An unknown trace has none. */
export function traceSql({ tenant, traceId, spansMax }: TraceQuestion): Sql {
  return sql`WITH (
  SELECT tuple(min(start), max(end)) FROM trace_times
  WHERE tenant = ${text(tenant)} AND trace_id = ${text(traceId)}
) AS times
SELECT ${spanColumns}
FROM spans
WHERE tenant = ${text(tenant)} AND trace_id = ${text(traceId)} AND time >= times.1 AND time <= times.2
ORDER BY time, span_id
LIMIT ${int(spansMax + 1)}`;
}
