-- The tables of Farol. One source for every topology; store/topology.ts fills in what stands in braces:
--   {local}       '' or '_local' (in a cluster the plain name is a Distributed table over the local ones)
--   {on_cluster}  '' or ON CLUSTER '…'
--   {engine:X(y)} the engine X, or its Replicated twin
--   {durable}     the settings that make an acknowledged insert survive a crash, and a retry not count twice
--   {ttl_metrics} {ttl_logs} {ttl_traces}   days
-- `-- shard by …` before a statement is the sharding key of its Distributed table. A client's request stays on one
-- shard (and a UTC day of it in one part), so that it is there whole or not at all.
-- Every statement may run twice. A later change is a new file, never an edit of this one.

-- One row per series, written again each week it is seen, so that it outlives its samples.
-- `id` is a 53-bit hash: exact as a JavaScript number.
-- shard by cityHash64(tenant, id)
CREATE TABLE IF NOT EXISTS series{local} {on_cluster}
(
    tenant    LowCardinality(String),
    metric    LowCardinality(String),
    id        UInt64,
    labels    Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    histogram Bool,
    seen      DateTime('UTC') CODEC(Delta, ZSTD(1))
)
ENGINE = {engine:ReplacingMergeTree(seen)}
ORDER BY (tenant, metric, id)
TTL seen + INTERVAL {ttl_metrics} DAY + INTERVAL 8 DAY DELETE
SETTINGS {durable};

-- The days each series was seen on.
-- shard by cityHash64(tenant, id)
CREATE TABLE IF NOT EXISTS series_days{local} {on_cluster}
(
    tenant LowCardinality(String),
    day    Date CODEC(Delta, ZSTD(1)),
    id     UInt64 CODEC(Delta, ZSTD(1))
)
ENGINE = {engine:ReplacingMergeTree}
PARTITION BY toMonday(day)
ORDER BY (tenant, day, id)
TTL day + INTERVAL {ttl_metrics} DAY + INTERVAL 1 DAY DELETE
SETTINGS {durable};

-- The hour stands before the series, so that a question about the last hour touches one hour's granules,
-- and a series' samples still stand together for the codecs. Most values are whole numbers, whose bits differ little:
-- Delta took 1.3 B a value where Gorilla took 2.3 (measured on counters and gauges of 10,000 series).
-- shard by cityHash64(tenant, id)
CREATE TABLE IF NOT EXISTS samples{local} {on_cluster}
(
    tenant LowCardinality(String),
    metric LowCardinality(String),
    id     UInt64 CODEC(Delta, ZSTD(1)),
    time   DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    value  Float64 CODEC(Delta, ZSTD(1))
)
ENGINE = {engine:MergeTree}
PARTITION BY toDate(time)
ORDER BY (tenant, metric, toStartOfHour(time), id, time)
TTL toDateTime(time) + INTERVAL {ttl_metrics} DAY DELETE
SETTINGS {durable}, ttl_only_drop_parts = 1;

-- shard by cityHash64(tenant, id)
CREATE TABLE IF NOT EXISTS histograms{local} {on_cluster}
(
    tenant          LowCardinality(String),
    metric          LowCardinality(String),
    id              UInt64 CODEC(Delta, ZSTD(1)),
    time            DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    schema          Int8,
    count           Float64 CODEC(Delta, ZSTD(1)),
    sum             Float64 CODEC(Delta, ZSTD(1)),
    zero_threshold  Float64 CODEC(Delta, ZSTD(1)),
    zero_count      Float64 CODEC(Delta, ZSTD(1)),
    positive_spans  Array(Int32) CODEC(ZSTD(1)),
    positive_counts Array(Float64) CODEC(ZSTD(1)),
    negative_spans  Array(Int32) CODEC(ZSTD(1)),
    negative_counts Array(Float64) CODEC(ZSTD(1)),
    custom_bounds   Array(Float64) CODEC(ZSTD(1)),
    reset_hint      Enum8('unknown' = 0, 'reset' = 1, 'not_reset' = 2, 'gauge' = 3)
)
ENGINE = {engine:MergeTree}
PARTITION BY toDate(time)
ORDER BY (tenant, metric, toStartOfHour(time), id, time)
TTL toDateTime(time) + INTERVAL {ttl_metrics} DAY DELETE
SETTINGS {durable}, ttl_only_drop_parts = 1;

-- shard by cityHash64(tenant, id)
CREATE TABLE IF NOT EXISTS exemplars{local} {on_cluster}
(
    tenant   LowCardinality(String),
    metric   LowCardinality(String),
    id       UInt64 CODEC(Delta, ZSTD(1)),
    time     DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    value    Float64 CODEC(ZSTD(1)),
    trace_id String CODEC(ZSTD(1)),
    span_id  String CODEC(ZSTD(1)),
    labels   Map(LowCardinality(String), String) CODEC(ZSTD(1))
)
ENGINE = {engine:MergeTree}
PARTITION BY toDate(time)
ORDER BY (tenant, metric, toStartOfHour(time), id, time)
TTL toDateTime(time) + INTERVAL {ttl_metrics} DAY DELETE
SETTINGS {durable}, ttl_only_drop_parts = 1;

-- shard by cityHash64(tenant, metric)
CREATE TABLE IF NOT EXISTS metadata{local} {on_cluster}
(
    tenant LowCardinality(String),
    metric String,
    type   LowCardinality(String),
    unit   LowCardinality(String),
    help   String,
    seen   DateTime('UTC')
)
ENGINE = {engine:ReplacingMergeTree(seen)}
ORDER BY (tenant, metric)
TTL seen + INTERVAL {ttl_metrics} DAY + INTERVAL 8 DAY DELETE
SETTINGS {durable};

-- Attribute columns: the value as a person would search for it; `*_types` names only what is not a string,
-- so that an OTLP record is given back whole. `request` is the slice of the client's request that the row came with,
-- `received` the time it came: a retry after a crash is known by them.
-- Words are found by hasAllTokens(lowerUTF8(body), […]), which the index answers and which is right without it too.
-- shard by request
CREATE TABLE IF NOT EXISTS logs{local} {on_cluster}
(
    tenant           LowCardinality(String),
    service          LowCardinality(String),
    time             DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    observed         DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    severity_number  UInt8,
    severity_text    LowCardinality(String),
    level            LowCardinality(String),
    body             String CODEC(ZSTD(1)),
    body_type        LowCardinality(String),
    trace_id         String CODEC(ZSTD(1)),
    span_id          String CODEC(ZSTD(1)),
    flags            UInt32 CODEC(ZSTD(1)),
    event_name       LowCardinality(String),
    stream           Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    resource         Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    resource_types   Map(LowCardinality(String), LowCardinality(String)) CODEC(ZSTD(1)),
    resource_schema  LowCardinality(String),
    resource_dropped UInt32 CODEC(ZSTD(1)),
    scope            Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    scope_types      Map(LowCardinality(String), LowCardinality(String)) CODEC(ZSTD(1)),
    scope_name       LowCardinality(String),
    scope_version    LowCardinality(String),
    scope_schema     LowCardinality(String),
    scope_dropped    UInt32 CODEC(ZSTD(1)),
    attributes       Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    attributes_types Map(LowCardinality(String), LowCardinality(String)) CODEC(ZSTD(1)),
    dropped          UInt32 CODEC(ZSTD(1)),
    request          UInt64 CODEC(ZSTD(1)),
    received         DateTime('UTC') CODEC(Delta, ZSTD(1)),
    INDEX by_trace trace_id TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX by_arrival received TYPE minmax GRANULARITY 1,
    INDEX by_word lowerUTF8(body) TYPE text(tokenizer = splitByNonAlpha) GRANULARITY 100000000
)
ENGINE = {engine:MergeTree}
PARTITION BY toDate(time)
ORDER BY (tenant, service, time)
TTL toDateTime(time) + INTERVAL {ttl_logs} DAY DELETE
SETTINGS {durable}, ttl_only_drop_parts = 1;

-- `events` and `links` are OTLP JSON arrays, '' when there are none: read only with the whole trace.
-- Small granules: a trace's spans stand far apart, and each costs the columns of a whole granule.
-- `dropped` is [] or the counts of dropped attributes, events and links.
-- shard by request
CREATE TABLE IF NOT EXISTS spans{local} {on_cluster}
(
    tenant           LowCardinality(String),
    service          LowCardinality(String),
    trace_id         String CODEC(ZSTD(1)),
    span_id          String CODEC(ZSTD(1)),
    parent_span_id   String CODEC(ZSTD(1)),
    trace_state      String CODEC(ZSTD(1)),
    flags            UInt32 CODEC(ZSTD(1)),
    name             LowCardinality(String),
    kind             Enum8('unspecified' = 0, 'internal' = 1, 'server' = 2, 'client' = 3, 'producer' = 4, 'consumer' = 5),
    time             DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    duration_ns      UInt64 CODEC(T64, ZSTD(1)),
    status           Enum8('unset' = 0, 'ok' = 1, 'error' = 2),
    status_message   String CODEC(ZSTD(1)),
    resource         Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    resource_types   Map(LowCardinality(String), LowCardinality(String)) CODEC(ZSTD(1)),
    resource_schema  LowCardinality(String),
    resource_dropped UInt32 CODEC(ZSTD(1)),
    scope            Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    scope_types      Map(LowCardinality(String), LowCardinality(String)) CODEC(ZSTD(1)),
    scope_name       LowCardinality(String),
    scope_version    LowCardinality(String),
    scope_schema     LowCardinality(String),
    scope_dropped    UInt32 CODEC(ZSTD(1)),
    attributes       Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    attributes_types Map(LowCardinality(String), LowCardinality(String)) CODEC(ZSTD(1)),
    events           String CODEC(ZSTD(1)),
    links            String CODEC(ZSTD(1)),
    dropped          Array(UInt32) CODEC(ZSTD(1)),
    request          UInt64 CODEC(ZSTD(1)),
    received         DateTime('UTC') CODEC(Delta, ZSTD(1)),
    INDEX by_trace trace_id TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX by_arrival received TYPE minmax GRANULARITY 1
)
ENGINE = {engine:MergeTree}
PARTITION BY toDate(time)
ORDER BY (tenant, service, name, time)
TTL toDateTime(time) + INTERVAL {ttl_traces} DAY DELETE
SETTINGS {durable}, ttl_only_drop_parts = 1, index_granularity = 1024;

-- When each trace began and ended: a lookup by id reads these few rows, then that time of `spans` only.
-- A trace that is not here is not stored.
-- shard by cityHash64(tenant, trace_id)
CREATE TABLE IF NOT EXISTS trace_times{local} {on_cluster}
(
    tenant   LowCardinality(String),
    trace_id String CODEC(ZSTD(1)),
    start    SimpleAggregateFunction(min, DateTime64(9, 'UTC')) CODEC(Delta, ZSTD(1)),
    end      SimpleAggregateFunction(max, DateTime64(9, 'UTC')) CODEC(Delta, ZSTD(1))
)
ENGINE = {engine:AggregatingMergeTree}
PARTITION BY toDate(start)
ORDER BY (tenant, trace_id)
TTL toDateTime(start) + INTERVAL {ttl_traces} DAY DELETE
SETTINGS {durable}, ttl_only_drop_parts = 1;
