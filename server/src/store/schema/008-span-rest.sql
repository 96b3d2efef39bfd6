-- What a span says in the same words as all others of its service, in one column: a trace is then read from half the
-- files. Columns that searches ask by stay as they are, and what differs from span to span is not kept twice. Lists of
-- keys and of values, as JSON; query/traces/span.ts knows their order. Spans that are stored already have it computed
-- when they are read, until they are next merged.
ALTER TABLE spans{local} {on_cluster}
    ADD COLUMN IF NOT EXISTS rest String MATERIALIZED toJSONString([
        [trace_state, toString(flags), scope_name, scope_version],
        mapKeys(attributes_types), mapValues(attributes_types),
        mapKeys(resource), mapValues(resource), mapKeys(resource_types), mapValues(resource_types),
        mapKeys(scope), mapValues(scope), mapKeys(scope_types), mapValues(scope_types)
    ]) CODEC(ZSTD(1));

-- Lengths of texts stand before the texts again, not in files of their own: there they hardly compress, were a quarter of
-- all bytes, and each is a file more to open. What stands already changes when it is next merged.
ALTER TABLE spans{local} {on_cluster} MODIFY SETTING string_serialization_version = 'single_stream';

-- The table has it already; a Distributed one over it learns of it here.
ALTER TABLE spans {on_cluster} ADD COLUMN IF NOT EXISTS rest String MATERIALIZED '';
