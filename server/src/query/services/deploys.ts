import type { Deploy } from '@farol/contract';
import { int, type Sql, sql } from '#store';
import { type Ask, all, timeWithin } from '../stored/index.ts';
import type { ServiceQuestion } from './deps.ts';
import { answersRequests, spanConditions } from './span-signals.ts';

const hourMs = 3_600_000;

/** Cells are at least this wide, and at most so many: whether a version is away is decided cell by cell. */
const cellMsMin = 60_000;
const cellsMax = 1000;

/** A version is away when so many of its requests were to be expected, by its share while it was there, and none came. */
const missedMin = 10;

/** The requests that a version answered in one cell of time. */
export interface Sight {
  readonly cell: number;
  readonly version: string;
  readonly firstMs: number;
  readonly requests: number;
}

/** When a `service.version` began to answer: a new one, or one that came back. The one that was there first is no deploy. */
export async function deploysOf(ask: Ask, question: ServiceQuestion): Promise<Deploy[]> {
  const rows = await ask<{ cell: string; version: string; first_ms: string; requests: string }>(deploysSql(question), {
    signal: question.signal,
  });
  const sights = rows.map(({ cell, version, first_ms, requests }) => ({
    cell: Number(cell),
    version,
    firstMs: Number(first_ms),
    requests: Number(requests),
  }));
  return deploysIn(sights).filter(({ timeMs }) => timeMs >= question.startMs);
}

/** Looks further back than the range, to tell a new version from one that was there all along. */
export function deploysSql({ startMs, endMs, ...question }: ServiceQuestion): Sql {
  const fromMs = Math.max(0, startMs - Math.max(hourMs, endMs - startMs));
  const cellMs = Math.max(cellMsMin, Math.ceil((endMs - fromMs) / cellsMax));
  return sql`SELECT resource['service.version'] AS version, intDiv(toUnixTimestamp64Milli(time), ${int(cellMs)}) AS cell,
  toUnixTimestamp64Milli(min(time)) AS first_ms, count() AS requests
FROM spans
WHERE ${all(spanConditions(question))} AND ${answersRequests} AND ${timeWithin({ startMs: fromMs, endMs })} AND version != ''
GROUP BY cell, version
ORDER BY cell, first_ms
LIMIT 20000`;
}

/** Of sights in the order of time. */
export function deploysIn(sights: readonly Sight[]): Deploy[] {
  const deploys: Deploy[] = [];
  const known = new Map<string, { requests: number; beside: number; missed: number }>();
  for (const together of Map.groupBy(sights, ({ cell }) => cell).values()) {
    const total = together.reduce((sum, { requests }) => sum + requests, 0);
    const here = new Set(together.map(({ version }) => version));
    for (const [version, past] of known) if (!here.has(version)) past.missed += total;
    for (const { version, firstMs, requests } of together) {
      const past = known.get(version) ?? { requests: 0, beside: 0, missed: Number.POSITIVE_INFINITY };
      const isAway = past.beside === 0 || (past.missed * past.requests) / past.beside >= missedMin;
      if (isAway && known.size > 0) deploys.push({ timeMs: firstMs, version });
      known.set(version, { requests: past.requests + requests, beside: past.beside + total, missed: 0 });
    }
  }
  return deploys;
}
