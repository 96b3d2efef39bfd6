-- Lines by what stays of them when numbers and ids are taken out, counted as they arrive: log templates are made of these,
-- so that one line in a million has its template too. `lines` are those of the minute that begins with `slot`.
-- shard by cityHash64(tenant, service)
CREATE TABLE IF NOT EXISTS log_shapes{local} {on_cluster}
(
    tenant  LowCardinality(String),
    service LowCardinality(String),
    slot    DateTime('UTC') CODEC(Delta, ZSTD(1)),
    stream  Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    shape   String CODEC(ZSTD(1)),
    lines   UInt64 CODEC(T64, ZSTD(1))
)
ENGINE = {engine:SummingMergeTree(lines)}
PARTITION BY toDate(slot)
ORDER BY (tenant, service, slot, cityHash64(stream), shape)
TTL slot + INTERVAL {ttl_logs} DAY DELETE
SETTINGS {durable}, ttl_only_drop_parts = 1;
