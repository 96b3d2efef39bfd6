-- Spans in the order of time first: in each ten seconds by service, name and time. A trace is read from the few granules of
-- its seconds, and a search that wants the newest reads the newest; the ids of a trace stand near each other, and take
-- half the bytes. `time` itself is not in the key: with it there, a range of time is not looked for by the ten seconds.
-- The index of attributes (003) is the same.
-- `span_…` and `resource_…` are attributes that many ask by: the type, a colon and the value; '' where there is none.
-- A filter of one is decided once for each distinct value. query/traceql/fields.ts knows which there are.
-- What is stored already is copied; this file, killed, begins again. The two after it put the tables in place.
-- shard by request
CREATE TABLE IF NOT EXISTS spans_by_time{local} {on_cluster}
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
    span_http_request_method LowCardinality(String)
        MATERIALIZED if(mapContains(attributes, 'http.request.method'), concat(attributes_types['http.request.method'], ':', attributes['http.request.method']), '') CODEC(ZSTD(1)),
    span_http_response_status_code LowCardinality(String)
        MATERIALIZED if(mapContains(attributes, 'http.response.status_code'), concat(attributes_types['http.response.status_code'], ':', attributes['http.response.status_code']), '') CODEC(ZSTD(1)),
    span_http_route LowCardinality(String)
        MATERIALIZED if(mapContains(attributes, 'http.route'), concat(attributes_types['http.route'], ':', attributes['http.route']), '') CODEC(ZSTD(1)),
    span_http_method LowCardinality(String)
        MATERIALIZED if(mapContains(attributes, 'http.method'), concat(attributes_types['http.method'], ':', attributes['http.method']), '') CODEC(ZSTD(1)),
    span_http_status_code LowCardinality(String)
        MATERIALIZED if(mapContains(attributes, 'http.status_code'), concat(attributes_types['http.status_code'], ':', attributes['http.status_code']), '') CODEC(ZSTD(1)),
    span_db_system_name LowCardinality(String)
        MATERIALIZED if(mapContains(attributes, 'db.system.name'), concat(attributes_types['db.system.name'], ':', attributes['db.system.name']), '') CODEC(ZSTD(1)),
    span_db_system LowCardinality(String)
        MATERIALIZED if(mapContains(attributes, 'db.system'), concat(attributes_types['db.system'], ':', attributes['db.system']), '') CODEC(ZSTD(1)),
    span_db_operation_name LowCardinality(String)
        MATERIALIZED if(mapContains(attributes, 'db.operation.name'), concat(attributes_types['db.operation.name'], ':', attributes['db.operation.name']), '') CODEC(ZSTD(1)),
    span_rpc_service LowCardinality(String)
        MATERIALIZED if(mapContains(attributes, 'rpc.service'), concat(attributes_types['rpc.service'], ':', attributes['rpc.service']), '') CODEC(ZSTD(1)),
    span_rpc_method LowCardinality(String)
        MATERIALIZED if(mapContains(attributes, 'rpc.method'), concat(attributes_types['rpc.method'], ':', attributes['rpc.method']), '') CODEC(ZSTD(1)),
    span_messaging_destination_name LowCardinality(String)
        MATERIALIZED if(mapContains(attributes, 'messaging.destination.name'), concat(attributes_types['messaging.destination.name'], ':', attributes['messaging.destination.name']), '') CODEC(ZSTD(1)),
    span_error_type LowCardinality(String)
        MATERIALIZED if(mapContains(attributes, 'error.type'), concat(attributes_types['error.type'], ':', attributes['error.type']), '') CODEC(ZSTD(1)),
    resource_service_version LowCardinality(String)
        MATERIALIZED if(mapContains(resource, 'service.version'), concat(resource_types['service.version'], ':', resource['service.version']), '') CODEC(ZSTD(1)),
    resource_service_namespace LowCardinality(String)
        MATERIALIZED if(mapContains(resource, 'service.namespace'), concat(resource_types['service.namespace'], ':', resource['service.namespace']), '') CODEC(ZSTD(1)),
    resource_deployment_environment_name LowCardinality(String)
        MATERIALIZED if(mapContains(resource, 'deployment.environment.name'), concat(resource_types['deployment.environment.name'], ':', resource['deployment.environment.name']), '') CODEC(ZSTD(1)),
    resource_deployment_environment LowCardinality(String)
        MATERIALIZED if(mapContains(resource, 'deployment.environment'), concat(resource_types['deployment.environment'], ':', resource['deployment.environment']), '') CODEC(ZSTD(1)),
    resource_k8s_namespace_name LowCardinality(String)
        MATERIALIZED if(mapContains(resource, 'k8s.namespace.name'), concat(resource_types['k8s.namespace.name'], ':', resource['k8s.namespace.name']), '') CODEC(ZSTD(1)),
    resource_k8s_pod_name LowCardinality(String)
        MATERIALIZED if(mapContains(resource, 'k8s.pod.name'), concat(resource_types['k8s.pod.name'], ':', resource['k8s.pod.name']), '') CODEC(ZSTD(1)),
    resource_host_name LowCardinality(String)
        MATERIALIZED if(mapContains(resource, 'host.name'), concat(resource_types['host.name'], ':', resource['host.name']), '') CODEC(ZSTD(1)),
    INDEX by_trace trace_id TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX by_arrival received TYPE minmax GRANULARITY 1,
    INDEX by_key mapKeys(attributes) TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_value mapValues(attributes) TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_typed_key mapKeys(attributes_types) TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_type mapValues(attributes_types) TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_resource_key mapKeys(resource) TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_resource_value mapValues(resource) TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_resource_typed_key mapKeys(resource_types) TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = {engine:MergeTree}
PARTITION BY toDate(time)
ORDER BY (tenant, toStartOfInterval(time, INTERVAL 10 SECOND), service, name)
TTL toDateTime(time) + INTERVAL {ttl_traces} DAY DELETE
SETTINGS {durable}, ttl_only_drop_parts = 1, index_granularity = 1024;

-- Small granules: most questions are for a few traces, whose ids stand anywhere.
-- shard by cityHash64(tenant, trace_id)
CREATE TABLE IF NOT EXISTS trace_times_by_id{local} {on_cluster}
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
SETTINGS {durable}, ttl_only_drop_parts = 1, index_granularity = 256;

TRUNCATE TABLE IF EXISTS spans_by_time{local} {on_cluster};
TRUNCATE TABLE IF EXISTS trace_times_by_id{local} {on_cluster};

-- In a cluster through the Distributed tables: every shard's rows, once. In blocks that the embedded engine has room for.
INSERT INTO spans_by_time SELECT * FROM spans
SETTINGS max_threads = 1, max_insert_threads = 1, max_block_size = 16384, min_insert_block_size_rows = 200000, min_insert_block_size_bytes = 0,
    max_partitions_per_insert_block = 0, materialize_skip_indexes_on_insert = 0, distributed_foreground_insert = 1;
INSERT INTO trace_times_by_id SELECT * FROM trace_times
SETTINGS max_threads = 1, max_insert_threads = 1, max_partitions_per_insert_block = 0, distributed_foreground_insert = 1;
