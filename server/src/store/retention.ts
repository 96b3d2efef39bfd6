/** How long rows stay: what the configuration asks for is made true in the tables, and read back from them. */
import { type AskLimits, inspect, systemTable } from './ask.ts';
import type { SignalSize } from './contract.ts';
import type { RetentionDays, TableTtl } from './schema/topology.ts';
import { literal, sql } from './sql.ts';
import type { Wire } from './wire.ts';

type Signal = keyof RetentionDays;

export interface RetentionDeps {
  readonly wire: Wire;
  readonly cluster?: string;
  readonly askLimits: AskLimits;
  /** The TTL of each table, as its `.sql` file says it. */
  readonly ttls: readonly TableTtl[];
}

/** Alters the tables whose TTL is another. Returns their names. */
export async function applyRetention(wanted: RetentionDays, deps: RetentionDeps): Promise<string[]> {
  const inForce = await retentionInForce(deps, AbortSignal.timeout(deps.askLimits.msMax));
  const suffix = deps.cluster === undefined ? '' : '_local';
  const where = deps.cluster === undefined ? '' : ` ON CLUSTER ${literal(deps.cluster)}`;
  const altered: string[] = [];
  for (const { table, signal, ttl } of deps.ttls) {
    // A table that a later file replaced is not there.
    if (!inForce.has(table) || inForce.get(table) === wanted[signal]) continue;
    // Old rows are judged by the new TTL when they are next merged, not all at once.
    await deps.wire.command(
      `ALTER TABLE ${table}${suffix}${where} MODIFY TTL ${ttl(wanted[signal])} SETTINGS materialize_ttl_after_modify = 0`,
    );
    altered.push(table);
  }
  return altered;
}

/** Days by table, as the tables say. */
async function retentionInForce({ wire, askLimits }: RetentionDeps, signal: AbortSignal): Promise<Map<string, number>> {
  const query = sql`
    SELECT name, extract(engine_full, 'toIntervalDay\\((\\d+)\\)') AS days
    FROM system.tables
    WHERE database = currentDatabase() AND engine LIKE '%MergeTree'`;
  const rows = await inspect<{ name: string; days: string }>(wire, query, { signal }, askLimits);
  return new Map(rows.map(({ name, days }) => [name.replace(/_local$/, ''), Number(days)]));
}

/** What each signal takes on disk, from the tables themselves. */
export async function signalSizes(deps: RetentionDeps, signal: AbortSignal): Promise<SignalSize[]> {
  const query = sql`
    SELECT replaceRegexpOne(table, '_local$', '') AS name, sum(rows) AS row_count, sum(bytes_on_disk) AS bytes,
      toUnixTimestamp(min(min_time)) AS oldest, toUnixTimestamp(max(max_time)) AS newest
    FROM ${systemTable('parts', deps.cluster)}
    WHERE active AND rows > 0 AND database = currentDatabase()
    GROUP BY name`;
  const days = await retentionInForce(deps, signal);
  const parts = await inspect<TableParts>(deps.wire, query, { signal }, deps.askLimits);
  return (['metrics', 'logs', 'traces'] as const).map((name) => {
    const tables = new Set(deps.ttls.filter((ttl) => ttl.signal === name).map((ttl) => ttl.table));
    return sizeOf(
      name,
      parts.filter((part) => tables.has(part.name)),
      days,
    );
  });
}

interface TableParts {
  readonly name: string;
  readonly row_count: string;
  readonly bytes: string;
  readonly oldest: number;
  readonly newest: number;
}

/** The table whose rows are the signal; the others of the signal add only bytes. */
const mainTable: Record<Signal, string> = { metrics: 'samples', logs: 'logs', traces: 'spans' };

function sizeOf(signal: Signal, parts: readonly TableParts[], days: ReadonlyMap<string, number>): SignalSize {
  const main = parts.find(({ name }) => name === mainTable[signal]);
  const span =
    main !== undefined && main.newest > 0 ? { oldestMs: main.oldest * 1000, newestMs: main.newest * 1000 } : {};
  return {
    signal,
    rows: Number(main?.row_count ?? 0),
    bytesOnDisk: parts.reduce((sum, { bytes }) => sum + Number(bytes), 0),
    ...span,
    retentionDays: days.get(mainTable[signal]) ?? 0,
  };
}
