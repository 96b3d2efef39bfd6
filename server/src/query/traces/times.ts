/** When traces began and ended: what reading them by id needs to read their seconds instead of all there is. */
import { type Sql, sql, text, texts } from '#store';
import { type Ask, any, timeWithinNs } from '../stored/index.ts';

/** The time that a trace covers, both ends included. */
export interface TraceTimes {
  readonly fromNs: bigint;
  readonly toNs: bigint;
}

export interface TimesQuestion {
  readonly tenant: string;
  readonly traceIds: readonly string[];
  readonly signal: AbortSignal;
}

/** Of those that are stored. */
export async function timesOfTraces(ask: Ask, question: TimesQuestion): Promise<Map<string, TraceTimes>> {
  if (question.traceIds.length === 0) return new Map();
  const rows = await ask<{ trace_id: string; from_ns: string; to_ns: string }>(
    timesSql(question.tenant, question.traceIds),
    { signal: question.signal },
  );
  return new Map(rows.map((row) => [row.trace_id, { fromNs: BigInt(row.from_ns), toNs: BigInt(row.to_ns) }]));
}

export function timesSql(tenant: string, traceIds: readonly string[]): Sql {
  return sql`SELECT trace_id, toUnixTimestamp64Nano(min(start)) AS from_ns, toUnixTimestamp64Nano(max(end)) AS to_ns
FROM trace_times
WHERE tenant = ${text(tenant)} AND trace_id IN ${texts(traceIds)}
GROUP BY trace_id`;
}

/** Spans stand in tens of seconds (store/schema/005-spans-1-copied.sql): a nearer distance is not worth a range. */
const apartNs = 10_000_000_000n;
const rangesMax = 32;

/** True of every span of these traces, and of few others. At least one is given. */
export function timeWithinTraces(times: Iterable<TraceTimes>): Sql {
  const sorted = [...times].sort((a, b) => (a.fromNs < b.fromNs ? -1 : 1));
  let ranges = joined(sorted, apartNs);
  for (let gapNs = apartNs * 4n; ranges.length > rangesMax; gapNs *= 4n) ranges = joined(ranges, gapNs);
  return any(ranges.map(({ fromNs, toNs }) => sql`(${timeWithinNs(fromNs, toNs)})`));
}

function joined(sorted: readonly TraceTimes[], gapNs: bigint): TraceTimes[] {
  const ranges: TraceTimes[] = [];
  for (const { fromNs, toNs } of sorted) {
    const last = ranges.at(-1);
    if (last === undefined || fromNs > last.toNs + gapNs) ranges.push({ fromNs, toNs });
    else if (toNs > last.toNs) ranges[ranges.length - 1] = { fromNs: last.fromNs, toNs };
  }
  return ranges;
}
