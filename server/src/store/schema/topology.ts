/** The single source of the tables, rendered for one node or for a cluster. Pure. */
import { literal } from '../sql.ts';

export interface Topology {
  /** The cluster's name in ClickHouse; absent on a single node. */
  readonly cluster?: string;
  /** Where the tables are: on the machines of a cluster, what a statement leaves out is looked for in `default`. */
  readonly database?: string;
  readonly retentionDays: RetentionDays;
}

export interface RetentionDays {
  readonly metrics: number;
  readonly logs: number;
  readonly traces: number;
}

/** Statements in the order they run. Each may run again. */
export function renderStatements(source: string, topology: Topology): string[] {
  return statementsOf(source).flatMap((statement) => {
    const rendered = fillIn(statement.text, topology);
    const distributed = distributedOver(statement, topology);
    return distributed === undefined ? [rendered] : [rendered, distributed];
  });
}

export interface TableTtl {
  readonly table: string;
  readonly signal: keyof RetentionDays;
  readonly ttl: (days: number) => string;
}

/** The TTL clause of each table that has one. */
export function ttlsOf(source: string): TableTtl[] {
  return statementsOf(source).flatMap(({ text }) => {
    const found = /^CREATE TABLE IF NOT EXISTS (\w+)\{local\}[^;]*\nTTL (.*\{ttl_(metrics|logs|traces)\}.*)$/m.exec(
      text,
    );
    if (found === null) return [];
    const [, table = '', clause = '', signal] = found;
    const ttl = (days: number): string => clause.replaceAll(`{ttl_${signal}}`, String(days));
    return [{ table, signal: signal as keyof RetentionDays, ttl }];
  });
}

interface Statement {
  readonly text: string;
  readonly shardBy?: string;
}

function statementsOf(source: string): Statement[] {
  return source
    .split(/;[ \t]*$/m)
    .map((piece) => {
      const shardBy = /^-- shard by (.+)$/m.exec(piece)?.[1];
      const text = piece.replace(/^\s*--.*$\n?/gm, '').trim();
      return shardBy === undefined ? { text } : { text, shardBy };
    })
    .filter((statement) => statement.text !== '');
}

function fillIn(text: string, { cluster, retentionDays }: Topology): string {
  return text
    .replaceAll('{local}', cluster === undefined ? '' : '_local')
    .replaceAll(/ ?\{on_cluster\}/g, cluster === undefined ? '' : ` ON CLUSTER ${literal(cluster)}`)
    .replaceAll(/\{engine:(\w+)(?:\(([^)]*)\))?\}/g, (_, name: string, args?: string) => engineOf(name, args, cluster))
    .replaceAll('{durable}', durable(cluster))
    .replaceAll('{ttl_metrics}', String(retentionDays.metrics))
    .replaceAll('{ttl_logs}', String(retentionDays.logs))
    .replaceAll('{ttl_traces}', String(retentionDays.traces));
}

function engineOf(name: string, args: string | undefined, cluster: string | undefined): string {
  if (cluster === undefined) return args === undefined ? name : `${name}(${args})`;
  const place = "'/clickhouse/tables/{shard}/{database}/{table}', '{replica}'";
  return `Replicated${name}(${args === undefined ? place : `${place}, ${args}`})`;
}

/**
 * Inserts and merges are fsynced: a merged part replaces parts that were acknowledged. So is what a replica fetches: it
 * counts for a quorum. The window holds the tokens of
 * about 40 minutes of flushes, far more than any retry. A broken part is set aside and reported (`detachedParts`)
 * instead of keeping all the others from being read.
 */
function durable(cluster: string | undefined): string {
  const window =
    cluster === undefined ? 'non_replicated_deduplication_window = 10000' : 'replicated_deduplication_window = 10000';
  const fetched = cluster === undefined ? [] : ['min_compressed_bytes_to_fsync_after_fetch = 1'];
  return [
    window,
    'fsync_after_insert = 1',
    'fsync_part_directory = 1',
    'min_rows_to_fsync_after_merge = 1',
    'min_compressed_bytes_to_fsync_after_merge = 1',
    ...fetched,
    'max_suspicious_broken_parts = 1000000',
    'max_suspicious_broken_parts_bytes = 1000000000000',
  ].join(', ');
}

function distributedOver({ text, shardBy }: Statement, { cluster, database }: Topology): string | undefined {
  if (cluster === undefined) return undefined;
  const table = /^CREATE TABLE IF NOT EXISTS (\w+)\{local\}/.exec(text)?.[1];
  if (table === undefined) return undefined;
  if (shardBy === undefined) throw new Error(`the statement that creates ${table} has no "-- shard by" line`);
  // The number of a request is always odd: of two shards, one would get all of them.
  const key = shardBy === 'request' ? 'cityHash64(request)' : shardBy;
  const local = database === undefined ? `${table}_local` : `\`${database}\`.${table}_local`;
  return `CREATE TABLE IF NOT EXISTS ${table} ON CLUSTER ${literal(cluster)} AS ${local}
ENGINE = Distributed(${literal(cluster)}, currentDatabase(), ${table}_local, ${key})`;
}
