/** Traces that may match, the newest first, looked for in windows that widen backwards. */
import { int, joinSql, type Sql, sql, text } from '#store';
import { type Ask, all, any, nsOfMs, type TimeRange, timeWithin, timeWithinNs } from '../stored/index.ts';
import type { Condition } from './comparison.ts';
import type { Needs } from './needs.ts';

export interface CandidateQuestion extends TimeRange {
  readonly tenant: string;
  readonly needs: Needs;
  readonly signal: AbortSignal;
}

interface Candidate {
  readonly id: string;
  /** When the newest of the spans began that speak for it. The trace did not begin later. */
  readonly newestNs: bigint;
}

export interface Candidates {
  /** The newest first. */
  readonly found: readonly Candidate[];
  /** What is still to come began no later than this. */
  readonly restNs: bigint;
  /** These are all candidates so far: those before them that are not here are none any more. */
  readonly anew: boolean;
  /** There were more than can be looked at. */
  readonly cut: boolean;
}

const windowFirstNs = 2_000_000_000n;
const windowGrowth = 4n;
/** A window with so many spans is full: the next one is shorter, and may have twice as many. */
const fullFirst = 2_000;
/** Past this, a window's candidates are not all looked at. */
const candidatesMax = 50_000;
const fewMax = 10_000;

/**
 * One condition is asked of each span once: its windows do not overlap, and end early when they are full. What is asked
 * of a trace together may lie in two windows: so each window holds those before it.
 */
export function candidates(ask: Ask, question: CandidateQuestion): AsyncGenerator<Candidates> {
  return asksOfTraces(question.needs) ? together(ask, question) : oneByOne(ask, question);
}

async function* oneByOne(ask: Ask, question: CandidateQuestion): AsyncGenerator<Candidates> {
  const startNs = nsOfMs(question.startMs);
  let untilNs = nsOfMs(question.endMs);
  let lengthNs = windowFirstNs;
  let limit = fullFirst;
  while (untilNs > startNs) {
    const fromNs = notBefore(startNs, untilNs - lengthNs);
    const rows = await ask<NewestRow>(newestSql(question, timeWithinNs(fromNs, untilNs - 1n), limit), {
      signal: question.signal,
    });
    const [first] = rows;
    const oldestNs = first && Number(first.taken) >= limit ? BigInt(first.oldest) : undefined;
    // The moment at which a window became full is looked at again: there may be more of it.
    const reachedNs = oldestNs === undefined ? fromNs : oldestNs + 1n;
    const cut = reachedNs === untilNs && limit >= candidatesMax;
    yield { found: rows.map(candidateFrom), restNs: reachedNs - 1n, anew: false, cut };
    if (cut) return;
    if (oldestNs !== undefined) limit = Math.min(candidatesMax, limit * 2);
    lengthNs = oldestNs === undefined ? lengthNs * windowGrowth : (untilNs - reachedNs) * 2n + 1_000_000n;
    untilNs = reachedNs;
  }
}

async function* together(ask: Ask, question: CandidateQuestion): AsyncGenerator<Candidates> {
  const startNs = nsOfMs(question.startMs);
  const endNs = nsOfMs(question.endMs);
  let lengthNs = windowFirstNs;
  for (let fromNs = endNs; fromNs > startNs; lengthNs *= windowGrowth) {
    fromNs = notBefore(startNs, endNs - lengthNs);
    const found = await traceCandidates(ask, question, timeWithinNs(fromNs, endNs - 1n));
    const last = found.length >= candidatesMax ? found.at(-1) : undefined;
    yield { found, restNs: last?.newestNs ?? fromNs - 1n, anew: true, cut: last !== undefined };
    if (last !== undefined) return;
  }
}

function notBefore(startNs: bigint, ns: bigint): bigint {
  if (ns < startNs) return startNs;
  return ns;
}

/** All of the range at once, for questions that need every trace. */
export async function allCandidates(
  ask: Ask,
  question: CandidateQuestion,
): Promise<{ readonly ids: readonly string[]; readonly cut: boolean }> {
  const found = await traceCandidates(ask, question, timeWithin(question));
  return { ids: found.map(({ id }) => id), cut: found.length >= candidatesMax };
}

/** Where few spans are what one of several conditions asks for, only their traces are looked at. */
async function traceCandidates(ask: Ask, question: CandidateQuestion, within: Sql): Promise<Candidate[]> {
  const { signal, needs } = question;
  let rare: Condition | undefined;
  if (needs.conditions.length > 1) {
    const [row] = await ask<{ counts: readonly (string | number)[] }>(countsSql(question, within), { signal });
    const counts = (row?.counts ?? []).map(Number);
    const least = Math.min(...counts);
    if (least === 0) return [];
    if (least <= fewMax) rare = needs.conditions[counts.indexOf(least)];
  }
  const sqlOf = candidatesSql(question, within, { limit: candidatesMax, ...(rare && { rare }) });
  return (await ask<CandidateRow>(sqlOf, { signal })).map(candidateFrom);
}

interface CandidateRow {
  readonly trace_id: string;
  readonly newest: string;
}

const candidateFrom = ({ trace_id: id, newest }: CandidateRow): Candidate => ({ id, newestNs: BigInt(newest) });

interface NewestRow extends CandidateRow {
  /** Spans that were taken, and when the oldest of them began: the same in every row. */
  readonly taken: string;
  readonly oldest: string;
}

/** The traces of the newest spans. Ids are read of these only, and grouping them costs nothing beside grouping all. */
export function newestSql(
  { tenant, needs }: Pick<CandidateQuestion, 'tenant' | 'needs'>,
  within: Sql,
  spans: number,
): Sql {
  return sql`SELECT trace_id, toUnixTimestamp64Nano(max(time)) AS newest,
  sum(count()) OVER () AS taken, toUnixTimestamp64Nano(min(min(time)) OVER ()) AS oldest
FROM (
  SELECT trace_id, time FROM spans
  WHERE tenant = ${text(tenant)} AND ${within} AND ${any(needs.conditions.map(({ sql: one }) => sql`(${one})`))}
  ORDER BY time DESC
  LIMIT ${int(spans)}
)
GROUP BY trace_id
ORDER BY max(time) DESC, trace_id`;
}

/** How many spans each condition finds, counted no further than it matters. */
function countsSql({ tenant, needs }: CandidateQuestion, within: Sql): Sql {
  const counts = needs.conditions.map(
    (condition) => sql`(SELECT count() FROM (SELECT 1 FROM spans
  WHERE tenant = ${text(tenant)} AND ${within} AND (${condition.sql}) LIMIT ${int(fewMax + 1)}))`,
  );
  return sql`SELECT [${joinSql(counts, ', ')}] AS counts`;
}

const asksOfTraces = ({ conditions, aggregate }: Needs): boolean =>
  aggregate !== undefined || conditions.length > 1 || conditions.some(({ spansMin }) => spansMin > 1);

export function candidatesSql(
  { tenant, needs }: Pick<CandidateQuestion, 'tenant' | 'needs'>,
  within: Sql,
  { limit, rare }: { readonly limit: number; readonly rare?: Condition },
): Sql {
  const conditions = needs.conditions.map((condition) => sql`(${condition.sql})`);
  const enough = needs.conditions.map((need) => sql`countIf(${need.sql}) >= ${int(need.spansMin)}`);
  if (needs.aggregate !== undefined) enough.push(needs.aggregate);
  const having = asksOfTraces(needs) ? sql`\nHAVING ${all(enough)}` : sql``;
  const among =
    rare === undefined
      ? sql``
      : sql` AND trace_id GLOBAL IN (
  SELECT trace_id FROM spans WHERE tenant = ${text(tenant)} AND ${within} AND (${rare.sql}))`;
  return sql`SELECT trace_id, toUnixTimestamp64Nano(max(time)) AS newest
FROM spans
WHERE tenant = ${text(tenant)} AND ${within} AND ${any(conditions)}${among}
GROUP BY trace_id${having}
ORDER BY max(time) DESC, trace_id
LIMIT ${int(limit)}`;
}
