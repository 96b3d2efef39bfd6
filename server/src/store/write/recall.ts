/** At start: which requests became durable in the last minutes, from their rows. */
import { type AskLimits, ask } from '../ask.ts';
import { int, type Sql, sql } from '../sql.ts';
import type { Wire } from '../wire.ts';
import { type RecentSlices, slicesKept, slicesWindowMs } from './requests.ts';
import type { Writer } from './writer.ts';

interface SliceRow {
  readonly request: string;
  readonly seconds: number;
}

export async function recallSlices(
  writer: Pick<Writer, 'recentLogs' | 'recentSpans'>,
  wire: Wire,
  { nowMs, askLimits }: { nowMs: number; askLimits: AskLimits },
): Promise<void> {
  const options = { signal: AbortSignal.timeout(askLimits.msMax) };
  const since = int(Math.floor((nowMs - slicesWindowMs) / 1000));
  const recall = async (into: RecentSlices, table: Sql): Promise<void> => {
    const query = sql`
      SELECT request, toUnixTimestamp(max(received)) AS seconds
      FROM ${table}
      WHERE received >= toDateTime(${since}) AND request != 0
      GROUP BY request
      ORDER BY seconds DESC
      LIMIT ${int(slicesKept)}`;
    const rows = await ask<SliceRow>(wire, query, options, askLimits);
    for (const row of rows.reverse()) into.remember(BigInt(row.request), row.seconds * 1000);
  };
  await Promise.all([recall(writer.recentLogs, sql`logs`), recall(writer.recentSpans, sql`spans`)]);
}
