-- What was in `rest` (008), by a dictionary: few texts stand for all spans of a part, so that a trace reads numbers where it
-- unpacked 340 KB of text for each granule, and a question that counts resources counts numbers. `trace_state` is not in it:
-- it may differ from trace to trace. Lists of keys and of values, as JSON; query/traces/span.ts and
-- query/traceql/metrics/compare.ts know their order. Spans that are stored already have it computed when they are read, until
-- they are next merged.
ALTER TABLE spans{local} {on_cluster}
    ADD COLUMN IF NOT EXISTS shared LowCardinality(String) MATERIALIZED toJSONString([
        [toString(flags), scope_name, scope_version],
        mapKeys(attributes_types), mapValues(attributes_types),
        mapKeys(resource), mapValues(resource), mapKeys(resource_types), mapValues(resource_types),
        mapKeys(scope), mapValues(scope), mapKeys(scope_types), mapValues(scope_types)
    ]) CODEC(ZSTD(1));
ALTER TABLE spans{local} {on_cluster} DROP COLUMN IF EXISTS rest;

-- Times and durations hardly compress by their neighbours, and attributes by those of their own granule: blocks of a granule
-- cost 0.1 byte a span, and who reads a few granules of one service does not unpack those of the others.
ALTER TABLE spans{local} {on_cluster} MODIFY COLUMN time MODIFY SETTING min_compress_block_size = 8192;
ALTER TABLE spans{local} {on_cluster} MODIFY COLUMN duration_ns MODIFY SETTING min_compress_block_size = 8192;
ALTER TABLE spans{local} {on_cluster} MODIFY COLUMN attributes MODIFY SETTING min_compress_block_size = 16384;

-- The table has it already; a Distributed one over it learns of it here.
ALTER TABLE spans {on_cluster} ADD COLUMN IF NOT EXISTS shared LowCardinality(String) MATERIALIZED '';
ALTER TABLE spans {on_cluster} DROP COLUMN IF EXISTS rest;
