/** How chDB is opened: memory, caches and threads small enough to live beside the server, and no file it writes unasked. */

export interface EngineBounds {
  readonly memoryBytesMax: number;
  readonly threadsMax: number;
}

const mebibyte = 1024 * 1024;

/**
 * ClickHouse's configuration file. Its own defaults are for a server with the machine to itself (caches of 5 GB, pools of
 * hundreds of threads). Broken parts never keep the engine from starting: they are set aside, counted and reported.
 */
export function configXml(bounds: EngineBounds): string {
  const values = {
    max_server_memory_usage: bounds.memoryBytesMax,
    mark_cache_size: 24 * mebibyte,
    primary_index_cache_size: 16 * mebibyte,
    index_mark_cache_size: 8 * mebibyte,
    index_uncompressed_cache_size: 0,
    uncompressed_cache_size: 0,
    text_index_tokens_cache_size: 8 * mebibyte,
    text_index_header_cache_size: 8 * mebibyte,
    text_index_postings_cache_size: 16 * mebibyte,
    vector_similarity_index_cache_size: mebibyte,
    parquet_metadata_cache_size: mebibyte,
    iceberg_metadata_files_cache_size: mebibyte,
    query_condition_cache_size: 4 * mebibyte,
    compiled_expression_cache_size: mebibyte,
    compiled_expression_cache_elements_size: 100,
    mmap_cache_size: 16,
    max_thread_pool_size: 256,
    max_thread_pool_free_size: 4,
    max_io_thread_pool_size: 16,
    max_io_thread_pool_free_size: 0,
    max_parts_cleaning_thread_pool_size: 4,
    max_active_parts_loading_thread_pool_size: 4,
    max_outdated_parts_loading_thread_pool_size: 2,
    load_marks_threadpool_pool_size: 4,
    prefetch_threadpool_pool_size: 4,
    background_pool_size: 2,
    background_merges_mutations_concurrency_ratio: 2,
    background_schedule_pool_size: 2,
    background_common_pool_size: 1,
    background_move_pool_size: 1,
    background_fetches_pool_size: 1,
  };
  const mergeTree = {
    max_suspicious_broken_parts: 1_000_000,
    max_suspicious_broken_parts_bytes: 1_000_000_000_000,
    // A merge that needs more than the engine may use would fail again and again.
    merge_max_block_size_bytes: 4 * mebibyte,
    number_of_free_entries_in_pool_to_execute_mutation: 1,
    number_of_free_entries_in_pool_to_lower_max_size_of_merge: 1,
    number_of_free_entries_in_pool_to_execute_optimize_entire_partition: 1,
  };
  return `<clickhouse>\n${elements(values)}<merge_tree>\n${elements(mergeTree)}</merge_tree>\n</clickhouse>\n`;
}

function elements(values: Record<string, number>): string {
  return Object.entries(values)
    .map(([name, value]) => `  <${name}>${value}</${name}>\n`)
    .join('');
}

export type SessionSettings = Readonly<Record<string, string | number>>;

/** Every session: synchronous inserts (an acknowledgement is durable), bounded memory with spilling before the bound. */
export function writerSettings(bounds: EngineBounds): SessionSettings {
  return {
    async_insert: 0,
    max_threads: bounds.threadsMax,
    // ClickHouse takes a second thread only where a gibibyte more is free, which here never is.
    max_threads_min_free_memory_per_thread: 64 * mebibyte,
    max_insert_threads: 1,
    max_memory_usage: Math.floor(bounds.memoryBytesMax * 0.8),
    max_bytes_before_external_group_by: Math.floor(bounds.memoryBytesMax * 0.25),
    max_bytes_before_external_sort: Math.floor(bounds.memoryBytesMax * 0.25),
    input_format_parallel_parsing: 0,
    output_format_parallel_formatting: 0,
    max_query_size: 64 * mebibyte,
    allow_introspection_functions: 0,
    compile_expressions: 0,
    compile_aggregate_expressions: 0,
    compile_sort_description: 0,
  };
}

/** A reader's session: the same, tighter, and for good (`readonly = 1` also freezes the settings). */
export function readerSettings(bounds: EngineBounds): SessionSettings {
  return {
    ...writerSettings(bounds),
    max_memory_usage: Math.floor(bounds.memoryBytesMax * 0.6),
    max_execution_time: 300,
    output_format_json_quote_64bit_integers: 1,
    readonly: 1,
  };
}

/** `SET a = 1, b = 'x'`. Names are checked here, values become literals. */
export function setStatement(settings: SessionSettings): string {
  const pairs = Object.entries(settings).map(([name, value]) => {
    const literal =
      typeof value === 'number'
        ? String(value)
        : `'${value.replace(/['\\\0]/g, (char) => (char === '\0' ? '\\0' : `\\${char}`))}'`;
    return `${name} = ${literal}`;
  });
  return `SET ${pairs.join(', ')}`;
}
