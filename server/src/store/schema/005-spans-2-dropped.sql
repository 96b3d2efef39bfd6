-- Only after all of the file before has run.
DROP TABLE IF EXISTS spans{local} {on_cluster};
DROP TABLE IF EXISTS trace_times{local} {on_cluster};
