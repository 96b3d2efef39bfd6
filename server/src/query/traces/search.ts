/**
 * Traces that have a span as asked for. First the ids, from the narrow columns of the matching spans; then a summary of
 * each, over all its spans.
 */
import type { TraceSummary, TracesAnswer } from '@farol/contract';
import { int, type Sql, sql, text, texts, uint64 } from '#store';
import { type Ask, all, equals, inEnvironment, type TimeRange, timeWithin } from '../stored/index.ts';
import { errorText } from './error-text.ts';
import { type SpanTag, tagCondition } from './tags.ts';
import { type TraceTimes, timesOfTraces, timeWithinTraces } from './times.ts';

interface TraceFilter extends TimeRange {
  readonly tenant: string;
  /** A span of this service … */
  readonly service?: string;
  /** … with this name, … */
  readonly operation?: string;
  /** … which failed (`error`) or did not (`ok`), … */
  readonly status?: 'error' | 'ok';
  /** … took between these, in nanoseconds, both included, … */
  readonly minDurationNs?: bigint;
  readonly maxDurationNs?: bigint;
  /** … and carries all of these. */
  readonly tags: readonly SpanTag[];
  readonly environment?: string;
}

export interface TraceSearch extends TraceFilter {
  readonly order: 'recent' | 'slowest';
  readonly limit: number;
  readonly signal: AbortSignal;
}

export async function searchTraces(ask: Ask, search: TraceSearch): Promise<TracesAnswer> {
  const found = await findTraceIds(ask, search);
  const summaries = await summariesOf(ask, search, found.ids);
  const byId = new Map(summaries.map((summary) => [summary.traceId, summary]));
  const traces = found.ids.flatMap((id) => byId.get(id) ?? []);
  if (search.order === 'slowest') traces.sort((a, b) => b.durationMs - a.durationMs);
  return { traces, truncated: found.truncated };
}

const windowFirstMs = 2_000;
const windowGrowth = 4;

/** Ids in the order asked for; `truncated` when more matched than `limit`. */
export async function findTraceIds(ask: Ask, search: TraceSearch): Promise<{ ids: string[]; truncated: boolean }> {
  const ids = search.order === 'recent' ? await recentIds(ask, search) : await firstIds(ask, search);
  return { ids: ids.slice(0, search.limit), truncated: ids.length > search.limit };
}

/** Looked for in windows that widen backwards, so that a long range costs no more than it takes to find enough. */
async function recentIds(ask: Ask, search: TraceSearch): Promise<string[]> {
  const ids = new Set<string>();
  let endMs = search.endMs;
  let lengthMs = windowFirstMs;
  while (endMs > search.startMs && ids.size <= search.limit) {
    const startMs = Math.max(search.startMs, endMs - lengthMs);
    for (const id of await firstIds(ask, { ...search, startMs, endMs })) ids.add(id);
    endMs = startMs;
    lengthMs *= windowGrowth;
  }
  return [...ids];
}

/** Spans that are taken for each trace that is asked for, and how many more when they were of too few traces. */
const spansPerTrace = 50;
const spansGrowth = 16;

/** The newest spans tell the newest traces, and the slowest the slowest, as soon as they are of enough traces. */
async function firstIds(ask: Ask, search: TraceSearch): Promise<string[]> {
  for (let spans = (search.limit + 1) * spansPerTrace; ; spans *= spansGrowth) {
    const rows = await ask<{ trace_id: string; taken: string }>(idsSql(search, spans), { signal: search.signal });
    if (rows.length > search.limit || Number(rows[0]?.taken ?? 0) < spans) return rows.map((row) => row.trace_id);
  }
}

/** Ids are read of the first spans only, and grouping those costs nothing beside grouping all. */
export function idsSql(search: TraceSearch, spans: number): Sql {
  const first = search.order === 'recent' ? sql`time` : sql`duration_ns`;
  return sql`SELECT trace_id, sum(count()) OVER () AS taken
FROM (
  SELECT trace_id, ${first} FROM spans
  WHERE ${all([...conditionsOf(search), timeWithin(search)])}
  ORDER BY ${first} DESC
  LIMIT ${int(spans)}
)
GROUP BY trace_id
ORDER BY max(${first}) DESC, trace_id
LIMIT ${int(search.limit + 1)}`;
}

function conditionsOf(filter: TraceFilter): Sql[] {
  return [
    sql`tenant = ${text(filter.tenant)}`,
    ...equals(sql`service`, filter.service),
    ...equals(sql`name`, filter.operation),
    ...(filter.status === 'error' ? [sql`status = 'error'`] : []),
    ...(filter.status === 'ok' ? [sql`status != 'error'`] : []),
    ...(filter.minDurationNs ? [sql`duration_ns >= ${uint64(filter.minDurationNs)}`] : []),
    ...(filter.maxDurationNs ? [sql`duration_ns <= ${uint64(filter.maxDurationNs)}`] : []),
    ...inEnvironment(filter.environment),
    ...filter.tags.map(tagCondition),
  ];
}

interface SummaryRow {
  readonly trace_id: string;
  readonly root_service: string;
  readonly root_name: string;
  readonly start_ns: string;
  readonly end_ns: string;
  readonly spans: string;
  readonly errors: string;
  readonly service_names: readonly string[];
  readonly service_spans: readonly string[];
  readonly error_message: string;
  readonly error_events: string;
  readonly error_code: string;
}

async function summariesOf(ask: Ask, { tenant, signal }: TraceSearch, ids: readonly string[]): Promise<TraceSummary[]> {
  if (ids.length === 0) return [];
  const times = await timesOfTraces(ask, { tenant, traceIds: ids, signal });
  if (times.size === 0) return [];
  const rows = await ask<SummaryRow>(summariesSql(tenant, ids, times.values()), { signal });
  return rows.map(summaryFrom);
}

export function summariesSql(tenant: string, ids: readonly string[], times: Iterable<TraceTimes>): Sql {
  const rootFirst = sql`tuple(parent_span_id != '', time)`;
  const code = sql`if(attributes['http.response.status_code'] != '', attributes['http.response.status_code'], attributes['http.status_code'])`;
  return sql`SELECT trace_id,
  argMin(service, ${rootFirst}) AS root_service, argMin(name, ${rootFirst}) AS root_name,
  toUnixTimestamp64Nano(min(time)) AS start_ns, max(toUnixTimestamp64Nano(time) + toInt64(duration_ns)) AS end_ns,
  uniqExact(span_id) AS spans, uniqExactIf(span_id, status = 'error') AS errors,
  sumMap(map(toString(service), toUInt64(1))) AS per_service,
  mapKeys(per_service) AS service_names, mapValues(per_service) AS service_spans,
  argMaxIf(status_message, time, status = 'error') AS error_message,
  argMaxIf(events, time, status = 'error') AS error_events,
  argMaxIf(${code}, time, status = 'error') AS error_code
FROM spans
WHERE tenant = ${text(tenant)} AND trace_id IN ${texts(ids)} AND ${timeWithinTraces(times)}
GROUP BY trace_id`;
}

function summaryFrom(row: SummaryRow): TraceSummary {
  const services = row.service_names.map((name, i) => ({ name, spans: Number(row.service_spans[i] ?? 0) }));
  const error = Number(row.errors) > 0 ? errorText(row.error_message, row.error_events, row.error_code) : undefined;
  return {
    traceId: row.trace_id,
    rootService: row.root_service,
    rootName: row.root_name,
    startMs: Number(BigInt(row.start_ns) / 1000n) / 1000,
    durationMs: Number(BigInt(row.end_ns) - BigInt(row.start_ns)) / 1e6,
    spans: Number(row.spans),
    errors: Number(row.errors),
    services: services.sort((a, b) => b.spans - a.spans),
    ...(error !== undefined && { error }),
  };
}
