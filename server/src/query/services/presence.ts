/** Which services were heard of at all in a range, by their spans and logs, and what their resources say of them. */
import { type Sql, sql } from '#store';
import { type Ask, all, timeWithin } from '../stored/index.ts';
import type { ServicesQuestion } from './deps.ts';
import type { ServiceFacts } from './inventory.ts';
import { spanConditions } from './span-signals.ts';

export interface Presence extends ServiceFacts {
  readonly service: string;
  readonly lastSeenMs: number;
}

interface PresenceRow extends ServiceFacts {
  readonly service: string;
  readonly last_ms: string;
}

export async function presenceIn(
  ask: Ask,
  table: 'spans' | 'logs',
  question: ServicesQuestion & { readonly service?: string },
): Promise<Presence[]> {
  const rows = await ask<PresenceRow>(presenceSql(table, question), { signal: question.signal });
  return rows.map(({ last_ms, ...facts }) => ({ ...facts, lastSeenMs: Number(last_ms) }));
}

/** The newest record of each service is found in the narrow columns; only these few resources are read. */
export function presenceSql(table: 'spans' | 'logs', question: ServicesQuestion & { readonly service?: string }): Sql {
  const from = table === 'spans' ? sql`spans` : sql`logs`;
  const range = sql`${all(spanConditions(question))} AND ${timeWithin(question)}`;
  return sql`SELECT service, toUnixTimestamp64Milli(time) AS last_ms,
  resource['service.namespace'] AS namespace,
  if(resource['deployment.environment.name'] != '', resource['deployment.environment.name'], resource['deployment.environment']) AS environment,
  resource['telemetry.sdk.language'] AS language, resource['service.version'] AS version
FROM ${from}
PREWHERE ${range}
  AND (service, time) GLOBAL IN (SELECT service, max(time) FROM ${from} WHERE ${range} GROUP BY service)
LIMIT 1 BY service
LIMIT 10000`;
}
