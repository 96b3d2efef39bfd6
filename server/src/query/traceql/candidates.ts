/** Traces that may match, the newest first, looked for in windows that widen backwards. */
import { int, joinSql, type Sql, sql, text } from '#store';
import { type Ask, all, any, type TimeRange, timeWithin } from '../stored/index.ts';
import type { Condition } from './comparison.ts';
import type { Needs } from './needs.ts';

export interface CandidateQuestion extends TimeRange {
  readonly tenant: string;
  readonly needs: Needs;
  readonly signal: AbortSignal;
}

const windowFirstMs = 2_000;
const windowGrowth = 8;
const batchGrowth = 4;
/** Past this, a window's candidates are not all looked at. */
const batchMax = 20_000;
const fewMax = 10_000;

export interface Batch {
  readonly ids: readonly string[];
  /** There were more than can be looked at. */
  readonly cut: boolean;
}

/**
 * Yields ids that were not yielded before. One condition is asked of each span once: its windows do not overlap.
 * Several are of one trace together, whose spans may lie in two windows: so each window holds those before it.
 */
export async function* candidates(ask: Ask, question: CandidateQuestion, firstBatch: number): AsyncGenerator<Batch> {
  const { startMs, endMs, needs } = question;
  const overlapping = asksOfTraces(needs);
  const seen = new Set<string>();
  let until = endMs;
  let lengthMs = windowFirstMs;
  let batch = firstBatch;
  while (until > startMs) {
    const from = Math.max(startMs, (overlapping ? endMs : until) - lengthMs);
    const window = { ...question, startMs: from, endMs: overlapping ? endMs : until };
    const rows = await candidatesIn(ask, window, batch);
    const ids = rows.flatMap(({ trace_id: id }) => (seen.has(id) ? [] : [id]));
    for (const id of ids) seen.add(id);
    const full = rows.length >= batch;
    yield { ids, cut: full && batch >= batchMax };
    if (full && batch < batchMax) {
      batch = Math.min(batchMax, batch * batchGrowth);
      continue;
    }
    if (overlapping && from === startMs) return;
    until = overlapping ? until : from;
    lengthMs *= windowGrowth;
  }
}

/** Where few spans are what one of several conditions asks for, only their traces are looked at. */
async function candidatesIn(
  ask: Ask,
  window: CandidateQuestion,
  limit: number,
): Promise<readonly { trace_id: string }[]> {
  const { conditions } = window.needs;
  if (conditions.length === 1) return await ask(candidatesSql(window, limit), { signal: window.signal });
  const [row] = await ask<{ counts: readonly (string | number)[] }>(countsSql(window), { signal: window.signal });
  const counts = (row?.counts ?? []).map(Number);
  const least = Math.min(...counts);
  if (least === 0) return [];
  const rare = least <= fewMax ? conditions[counts.indexOf(least)] : undefined;
  return await ask(candidatesSql(window, limit, rare), { signal: window.signal });
}

/** How many spans each condition finds, counted no further than it matters. */
function countsSql({ tenant, needs, ...range }: CandidateQuestion): Sql {
  const counts = needs.conditions.map(
    (condition) => sql`(SELECT count() FROM (SELECT 1 FROM spans
  WHERE tenant = ${text(tenant)} AND ${timeWithin(range)} AND (${condition.sql}) LIMIT ${int(fewMax + 1)}))`,
  );
  return sql`SELECT [${joinSql(counts, ', ')}] AS counts`;
}

const asksOfTraces = ({ conditions }: Needs): boolean =>
  conditions.length > 1 || conditions.some(({ spansMin }) => spansMin > 1);

export function candidatesSql({ tenant, needs, ...range }: CandidateQuestion, limit: number, rare?: Condition): Sql {
  const conditions = needs.conditions.map((condition) => sql`(${condition.sql})`);
  const enough = needs.conditions.map((need) => sql`countIf(${need.sql}) >= ${int(need.spansMin)}`);
  const having = asksOfTraces(needs) ? sql`\nHAVING ${all(enough)}` : sql``;
  const among =
    rare === undefined
      ? sql``
      : sql` AND trace_id IN (
  SELECT trace_id FROM spans WHERE tenant = ${text(tenant)} AND ${timeWithin(range)} AND (${rare.sql}))`;
  return sql`SELECT trace_id
FROM spans
WHERE tenant = ${text(tenant)} AND ${timeWithin(range)} AND ${any(conditions)}${among}
GROUP BY trace_id${having}
ORDER BY max(time) DESC, trace_id
LIMIT ${int(limit)}`;
}
