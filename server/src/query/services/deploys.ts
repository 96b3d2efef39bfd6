import type { Deploy } from '@farol/contract';
import { type Sql, sql } from '#store';
import { type Ask, all, timeWithin } from '../stored/index.ts';
import type { ServiceQuestion } from './deps.ts';
import { spanConditions } from './span-signals.ts';

const hourMs = 3_600_000;

/** First sights of a new `service.version` in the range. The version that was there first is no deploy. */
export async function deploysOf(ask: Ask, question: ServiceQuestion): Promise<Deploy[]> {
  const rows = await ask<{ version: string; first_ms: string }>(deploysSql(question), { signal: question.signal });
  return rows
    .slice(1)
    .map((row) => ({ timeMs: Number(row.first_ms), version: row.version }))
    .filter(({ timeMs }) => timeMs >= question.startMs);
}

/** Looks further back than the range, to tell a new version from one that was there all along. */
export function deploysSql(question: ServiceQuestion): Sql {
  const back = Math.max(hourMs, question.endMs - question.startMs);
  const range = timeWithin({ startMs: Math.max(0, question.startMs - back), endMs: question.endMs });
  return sql`SELECT resource['service.version'] AS version, toUnixTimestamp64Milli(min(time)) AS first_ms
FROM spans
WHERE ${all(spanConditions(question))} AND kind IN ('server', 'consumer') AND ${range} AND version != ''
GROUP BY version
ORDER BY first_ms
LIMIT 100`;
}
