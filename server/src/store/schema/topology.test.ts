import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readMigrations } from '../migrate.ts';
import { sql, text } from '../sql.ts';
import { openTempStore, tempFolder } from '../temp-store.ts';
import { renderStatements, ttlsOf } from './topology.ts';

const source = readFileSync(new URL('./001-telemetry.sql', import.meta.url), 'utf8');
const retentionDays = { metrics: 15, logs: 30, traces: 7 };

test('no placeholder is left in any topology', () => {
  for (const cluster of [undefined, 'main']) {
    for (const statement of renderStatements(source, { retentionDays, ...(cluster && { cluster }) })) {
      expect(statement.replaceAll(/\{(shard|database|table|replica)\}/g, '')).not.toMatch(/[{}]/);
    }
  }
});

test('the cluster has a replicated local table and a Distributed one over it, for every table', () => {
  const single = renderStatements(source, { retentionDays });
  const cluster = renderStatements(source, { retentionDays, cluster: 'main' });
  expect(cluster).toHaveLength(single.length * 2);
  expect(cluster.filter((statement) => statement.includes('= Distributed('))).toHaveLength(single.length);
});

test('the cluster variant of one table reads as it should', () => {
  const cluster = renderStatements(source, { retentionDays, cluster: "o'main", database: 'telemetry' });
  const samples = cluster.filter((statement) => /EXISTS samples(_local)? /.test(statement));
  expect(samples).toEqual([
    `CREATE TABLE IF NOT EXISTS samples_local ON CLUSTER 'o\\'main'
(
    tenant LowCardinality(String),
    metric LowCardinality(String),
    id     UInt64 CODEC(Delta, ZSTD(1)),
    time   DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    value  Float64 CODEC(Delta, ZSTD(1))
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}')
PARTITION BY toDate(time)
ORDER BY (tenant, metric, toStartOfHour(time), id, time)
TTL toDateTime(time) + INTERVAL 15 DAY DELETE
SETTINGS replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1, \
min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, \
min_compressed_bytes_to_fsync_after_fetch = 1, max_suspicious_broken_parts = 1000000, max_suspicious_broken_parts_bytes = 1000000000000, ttl_only_drop_parts = 1`,
    `CREATE TABLE IF NOT EXISTS samples ON CLUSTER 'o\\'main' AS \`telemetry\`.samples_local
ENGINE = Distributed('o\\'main', currentDatabase(), samples_local, cityHash64(tenant, id))`,
  ]);
});

test('requests are spread over the shards by a hash, for their numbers are odd', () => {
  const cluster = readMigrations().flatMap((file) => renderStatements(file.source, { retentionDays, cluster: 'main' }));
  const keys = cluster.flatMap((statement) => /= Distributed\(.*_local, (.+)\)$/.exec(statement)?.[1] ?? []);
  expect(keys).toContain('cityHash64(request)');
  expect(keys.filter((key) => !key.startsWith('cityHash64('))).toEqual([]);
});

test('every table of a signal has a TTL that can be altered', () => {
  const days = ttlsOf(source).map(({ table, signal, ttl }) => `${table} ${signal}: ${ttl(3)}`);
  expect(days).toEqual([
    'series metrics: seen + INTERVAL 3 DAY + INTERVAL 8 DAY DELETE',
    'series_days metrics: day + INTERVAL 3 DAY + INTERVAL 1 DAY DELETE',
    'samples metrics: toDateTime(time) + INTERVAL 3 DAY DELETE',
    'histograms metrics: toDateTime(time) + INTERVAL 3 DAY DELETE',
    'exemplars metrics: toDateTime(time) + INTERVAL 3 DAY DELETE',
    'metadata metrics: seen + INTERVAL 3 DAY + INTERVAL 8 DAY DELETE',
    'logs logs: toDateTime(time) + INTERVAL 3 DAY DELETE',
    'spans traces: toDateTime(time) + INTERVAL 3 DAY DELETE',
    'trace_times traces: toDateTime(start) + INTERVAL 3 DAY DELETE',
  ]);
});

test("ClickHouse's own parser takes every statement of the cluster", async () => {
  using folder = tempFolder();
  await using store = await openTempStore(folder);
  const signal = AbortSignal.timeout(20_000);
  const statements = readMigrations().flatMap((migration) =>
    renderStatements(migration.source, { retentionDays, cluster: 'main' }),
  );
  for (const statement of statements) {
    const [row] = await store.ask<{ read: string }>(sql`SELECT formatQuery(${text(statement)}) AS read`, { signal });
    // Rows are copied through the Distributed tables.
    if (!statement.startsWith('INSERT')) expect(row?.read).toContain('ON CLUSTER main');
  }
}, 30_000);
