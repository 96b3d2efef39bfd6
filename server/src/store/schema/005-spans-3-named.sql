-- In a cluster the Distributed tables of the old names stand over the new ones now, those of the new names go.
RENAME TABLE IF EXISTS spans_by_time{local} TO spans{local} {on_cluster};
RENAME TABLE IF EXISTS trace_times_by_id{local} TO trace_times{local} {on_cluster};
DROP TABLE IF EXISTS spans_by_time {on_cluster};
DROP TABLE IF EXISTS trace_times_by_id {on_cluster};

-- The table has these already; a Distributed one over it learns of them here.
ALTER TABLE spans {on_cluster}
    ADD COLUMN IF NOT EXISTS span_http_request_method LowCardinality(String) MATERIALIZED '',
    ADD COLUMN IF NOT EXISTS span_http_response_status_code LowCardinality(String) MATERIALIZED '',
    ADD COLUMN IF NOT EXISTS span_http_route LowCardinality(String) MATERIALIZED '',
    ADD COLUMN IF NOT EXISTS span_http_method LowCardinality(String) MATERIALIZED '',
    ADD COLUMN IF NOT EXISTS span_http_status_code LowCardinality(String) MATERIALIZED '',
    ADD COLUMN IF NOT EXISTS span_db_system_name LowCardinality(String) MATERIALIZED '',
    ADD COLUMN IF NOT EXISTS span_db_system LowCardinality(String) MATERIALIZED '',
    ADD COLUMN IF NOT EXISTS span_db_operation_name LowCardinality(String) MATERIALIZED '',
    ADD COLUMN IF NOT EXISTS span_rpc_service LowCardinality(String) MATERIALIZED '',
    ADD COLUMN IF NOT EXISTS span_rpc_method LowCardinality(String) MATERIALIZED '',
    ADD COLUMN IF NOT EXISTS span_messaging_destination_name LowCardinality(String) MATERIALIZED '',
    ADD COLUMN IF NOT EXISTS span_error_type LowCardinality(String) MATERIALIZED '',
    ADD COLUMN IF NOT EXISTS resource_service_version LowCardinality(String) MATERIALIZED '',
    ADD COLUMN IF NOT EXISTS resource_service_namespace LowCardinality(String) MATERIALIZED '',
    ADD COLUMN IF NOT EXISTS resource_deployment_environment_name LowCardinality(String) MATERIALIZED '',
    ADD COLUMN IF NOT EXISTS resource_deployment_environment LowCardinality(String) MATERIALIZED '',
    ADD COLUMN IF NOT EXISTS resource_k8s_namespace_name LowCardinality(String) MATERIALIZED '',
    ADD COLUMN IF NOT EXISTS resource_k8s_pod_name LowCardinality(String) MATERIALIZED '',
    ADD COLUMN IF NOT EXISTS resource_host_name LowCardinality(String) MATERIALIZED '';
