-- Which attributes lines have, and when: LogQL asks for labels by name, and looks into the maps only where the name is.
-- A list of a thousand names may lack some; who finds one asks the lines themselves. Not `mapKeys(attributes)`, which
-- ClickHouse rewrites to a subcolumn in questions, and then does not find here (26.7).
ALTER TABLE logs{local} {on_cluster}
    ADD PROJECTION IF NOT EXISTS by_keys
    (
        SELECT tenant, service, toStartOfTenMinutes(time) AS slot,
            groupUniqArrayArray(1000)(tupleElement(CAST(attributes, 'Array(Tuple(LowCardinality(String), String))'), 1)),
            groupUniqArrayArray(1000)(tupleElement(CAST(scope, 'Array(Tuple(LowCardinality(String), String))'), 1)),
            groupUniqArrayArray(1000)(tupleElement(CAST(resource, 'Array(Tuple(LowCardinality(String), String))'), 1))
        GROUP BY tenant, service, slot
    );
