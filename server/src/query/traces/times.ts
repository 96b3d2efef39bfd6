import { type Sql, sql, text, texts } from '#store';
import type { Ask } from '../stored/index.ts';

/** The time that some traces cover together, both ends included. */
export interface TraceTimes {
  readonly fromNs: bigint;
  readonly toNs: bigint;
}

/** Undefined when none of them is stored. */
export async function timesOfTraces(
  ask: Ask,
  question: { readonly tenant: string; readonly traceIds: readonly string[]; readonly signal: AbortSignal },
): Promise<TraceTimes | undefined> {
  const rows = await ask<{ stored: string; from_ns: string; to_ns: string }>(
    timesSql(question.tenant, question.traceIds),
    {
      signal: question.signal,
    },
  );
  const [row] = rows;
  if (!row || row.stored === '0') return undefined;
  return { fromNs: BigInt(row.from_ns), toNs: BigInt(row.to_ns) };
}

export function timesSql(tenant: string, traceIds: readonly string[]): Sql {
  return sql`SELECT toString(count()) AS stored,
  toUnixTimestamp64Nano(min(start)) AS from_ns, toUnixTimestamp64Nano(max(end)) AS to_ns
FROM trace_times
WHERE tenant = ${text(tenant)} AND trace_id IN ${texts(traceIds)}`;
}
