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
  const times = await timesOfTraces(ask, { ...question, traceIds: [question.traceId] });
  if (times.size === 0) return { spans: [], truncated: false };
  const lines = await ask<SpanLine>(traceSql(question, times.values()), { signal: question.signal });
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

export function traceSql(question: TraceQuestion, times: Iterable<TraceTimes>): Sql {
  return sql`SELECT ${spanColumns}
FROM spans
WHERE tenant = ${text(question.tenant)} AND trace_id = ${text(question.traceId)}
  AND ${timeWithinTraces(times)}
ORDER BY time, span_id
LIMIT ${int(question.spansMax + 1)}`;
}
