-- The tables of Farol. One source for every topology: the placeholders in braces are filled in by store/migrate.ts.
--   {on_cluster}  '' or ON CLUSTER '…'      {local}  '' or '_local' (the Distributed table has the plain name)
--   {engine:MergeTree} / {engine:ReplacingMergeTree(x)}  the engine, replicated or not
--   {durable}     the settings that make an acknowledged insert survive a crash and a retry not count twice
--   {ttl_metrics} {ttl_logs} {ttl_traces}  days

-- One row per series and day it was seen on; `id` is a 53-bit hash, so that it is exact as a JavaScript number.
CREATE TABLE IF NOT EXISTS series{local} {on_cluster}
(
    tenant   LowCardinality(String),
    metric   LowCardinality(String),
    id       UInt64,
    labels   Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    day      Date,
    seen     DateTime64(3) CODEC(Delta, ZSTD(1))
)
ENGINE = {engine:ReplacingMergeTree(seen)}
PARTITION BY toMonday(day)
ORDER BY (tenant, metric, id, day)
TTL day + INTERVAL {ttl_metrics} DAY DELETE
SETTINGS {durable};

-- The hour stands before the series, so that a question about the last hour touches one hour's granules,
-- and a series' samples still stand together for the codecs.
CREATE TABLE IF NOT EXISTS samples{local} {on_cluster}
(
    tenant   LowCardinality(String),
    metric   LowCardinality(String),
    id       UInt64 CODEC(Delta, ZSTD(1)),
    time     DateTime64(3) CODEC(DoubleDelta, ZSTD(1)),
    value    Float64 CODEC(Gorilla, ZSTD(1))
)
ENGINE = {engine:MergeTree}
PARTITION BY toDate(time)
ORDER BY (tenant, metric, toStartOfHour(time), id, time)
TTL toDateTime(time) + INTERVAL {ttl_metrics} DAY DELETE
SETTINGS {durable}, ttl_only_drop_parts = 1;

CREATE TABLE IF NOT EXISTS histograms{local} {on_cluster}
(
    tenant          LowCardinality(String),
    metric          LowCardinality(String),
    id              UInt64 CODEC(Delta, ZSTD(1)),
    time            DateTime64(3) CODEC(DoubleDelta, ZSTD(1)),
    schema          Int8,
    count           Float64 CODEC(Gorilla, ZSTD(1)),
    sum             Float64 CODEC(Gorilla, ZSTD(1)),
    zero_threshold  Float64 CODEC(Gorilla, ZSTD(1)),
    zero_count      Float64 CODEC(Gorilla, ZSTD(1)),
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

CREATE TABLE IF NOT EXISTS exemplars{local} {on_cluster}
(
    tenant   LowCardinality(String),
    metric   LowCardinality(String),
    id       UInt64 CODEC(Delta, ZSTD(1)),
    time     DateTime64(3) CODEC(DoubleDelta, ZSTD(1)),
    value    Float64 CODEC(Gorilla, ZSTD(1)),
    trace_id String CODEC(ZSTD(1)),
    span_id  String CODEC(ZSTD(1)),
    labels   Map(LowCardinality(String), String) CODEC(ZSTD(1))
)
ENGINE = {engine:MergeTree}
PARTITION BY toDate(time)
ORDER BY (tenant, metric, id, time)
TTL toDateTime(time) + INTERVAL {ttl_metrics} DAY DELETE
SETTINGS {durable}, ttl_only_drop_parts = 1;

CREATE TABLE IF NOT EXISTS metadata{local} {on_cluster}
(
    tenant LowCardinality(String),
    metric String,
    type   LowCardinality(String),
    unit   LowCardinality(String),
    help   String,
    seen   DateTime
)
ENGINE = {engine:ReplacingMergeTree(seen)}
ORDER BY (tenant, metric)
SETTINGS {durable};

-- Attribute columns: the value as a person would search for it; `*_types` names only what is not a string,
-- so that an OTLP record is given back whole.
CREATE TABLE IF NOT EXISTS logs{local} {on_cluster}
(
    tenant           LowCardinality(String),
    service          LowCardinality(String),
    time             DateTime64(9) CODEC(Delta, ZSTD(1)),
    observed         DateTime64(9) CODEC(Delta, ZSTD(1)),
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
    scope_name       LowCardinality(String),
    scope_version    LowCardinality(String),
    scope_schema     LowCardinality(String),
    scope            Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    attributes       Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    attributes_types Map(LowCardinality(String), LowCardinality(String)) CODEC(ZSTD(1)),
    dropped          UInt32 CODEC(ZSTD(1)),
    request          UInt64 CODEC(ZSTD(1)),
    INDEX by_trace trace_id TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX by_word body TYPE text(tokenizer = splitByNonAlpha, preprocessor = lower(body)) GRANULARITY 100000000
)
ENGINE = {engine:MergeTree}
PARTITION BY toDate(time)
ORDER BY (tenant, service, time)
TTL toDateTime(time) + INTERVAL {ttl_logs} DAY DELETE
SETTINGS {durable}, ttl_only_drop_parts = 1;

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
    time             DateTime64(9) CODEC(Delta, ZSTD(1)),
    duration_ns      UInt64 CODEC(T64, ZSTD(1)),
    status           Enum8('unset' = 0, 'ok' = 1, 'error' = 2),
    status_message   String CODEC(ZSTD(1)),
    resource         Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    resource_types   Map(LowCardinality(String), LowCardinality(String)) CODEC(ZSTD(1)),
    resource_schema  LowCardinality(String),
    scope_name       LowCardinality(String),
    scope_version    LowCardinality(String),
    scope_schema     LowCardinality(String),
    scope            Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    attributes       Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    attributes_types Map(LowCardinality(String), LowCardinality(String)) CODEC(ZSTD(1)),
    -- OTLP JSON arrays, '' when there are none: read only with the whole trace.
    events           String CODEC(ZSTD(1)),
    links            String CODEC(ZSTD(1)),
    dropped          Array(UInt32) CODEC(ZSTD(1)),
    request          UInt64 CODEC(ZSTD(1)),
    INDEX by_trace trace_id TYPE bloom_filter(0.001) GRANULARITY 1
)
ENGINE = {engine:MergeTree}
PARTITION BY toDate(time)
ORDER BY (tenant, service, name, time)
TTL toDateTime(time) + INTERVAL {ttl_traces} DAY DELETE
SETTINGS {durable}, ttl_only_drop_parts = 1;
