-- Attributes of spans by their keys and values: a search for one reads only the granules that may hold it. A granule holds
-- spans of one service and one name, mostly, so the filters are small: 1 % of the attributes they stand for.
-- `*_types` has the keys whose values are no strings: where a key is none of them, its values are found as they are.
-- What stands already gets them when it is next merged, as all new parts do.
ALTER TABLE spans{local} {on_cluster}
    ADD INDEX IF NOT EXISTS by_key mapKeys(attributes) TYPE bloom_filter(0.01) GRANULARITY 1,
    ADD INDEX IF NOT EXISTS by_value mapValues(attributes) TYPE bloom_filter(0.01) GRANULARITY 1,
    ADD INDEX IF NOT EXISTS by_typed_key mapKeys(attributes_types) TYPE bloom_filter(0.01) GRANULARITY 1,
    ADD INDEX IF NOT EXISTS by_type mapValues(attributes_types) TYPE bloom_filter(0.01) GRANULARITY 1,
    ADD INDEX IF NOT EXISTS by_resource_key mapKeys(resource) TYPE bloom_filter(0.01) GRANULARITY 1,
    ADD INDEX IF NOT EXISTS by_resource_value mapValues(resource) TYPE bloom_filter(0.01) GRANULARITY 1,
    ADD INDEX IF NOT EXISTS by_resource_typed_key mapKeys(resource_types) TYPE bloom_filter(0.01) GRANULARITY 1;
