-- Runs of five characters in log lines, in lower case: asked, as the parts of four are (002), by `lower(body) LIKE '%run%'`.
-- Two common words that seldom stand together are found by what joins them, which is two parts of four and three runs of
-- five. Each index lets a tenth of the granules through, both together one in a hundred. The smaller one is read first,
-- the other only where the first found something. Three bytes a line.
-- What stands already gets it when it is next merged, as all new parts do.
ALTER TABLE logs{local} {on_cluster}
    ADD INDEX IF NOT EXISTS by_run lower(body) TYPE ngrambf_v1(5, 24576, 1, 0) GRANULARITY 1;

-- Lengths of texts stand before the texts, not in files of their own: there they hardly compress, and each is a file more
-- to open. What stands already changes when it is next merged.
ALTER TABLE logs{local} {on_cluster} MODIFY SETTING string_serialization_version = 'single_stream';
