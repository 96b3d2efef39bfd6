/** What the store says about itself, in Prometheus' conventions. */
import { counter, gauge, histogram } from '#kit';

export const insertSeconds = histogram(
  'farol_store_insert_duration_seconds',
  'Time until an insert was durable, retries included.',
  ['table'],
);
export const gatherSeconds = histogram(
  'farol_store_gather_seconds',
  'How long writes waited on purpose, to be inserted together with others.',
);
export const insertRetries = counter('farol_store_insert_retries_total', 'Inserts that were tried again.', ['table']);
export const rowsWritten = counter('farol_store_rows_written_total', 'Rows that became durable.', ['table']);
export const bytesWritten = counter('farol_store_bytes_written_total', 'Encoded bytes of durable rows.', ['table']);
export const duplicateRows = counter(
  'farol_store_duplicate_rows_total',
  'Rows not written because their request had been written before.',
  ['signal'],
);
export const writesRefused = counter('farol_store_writes_refused_total', 'Batches refused, by reason.', ['reason']);
export const readSeconds = histogram('farol_store_read_duration_seconds', 'Time of a read, by its source.', ['source']);
export const samplesRead = counter('farol_store_samples_read_total', 'Samples given to queries, by source.', [
  'source',
]);
export const queuedRows = gauge('farol_store_queued_rows', 'Rows that wait to become durable.');
export const queuedBytes = gauge('farol_store_queued_bytes', 'Encoded bytes that wait to become durable.');
export const headBytes = gauge('farol_store_head_bytes', 'Memory of the recent samples.');
export const headSamples = gauge('farol_store_head_samples', 'Samples held in memory.');
export const headWindowSeconds = gauge(
  'farol_store_head_window_seconds',
  'How far back memory answers; 0: not at all.',
);
export const headOutOfOrder = counter('farol_store_head_out_of_order_total', 'Samples older than their series had.');
export const seriesKnown = gauge('farol_store_series', 'Series known to this process.');
export const seriesForgotten = counter(
  'farol_store_series_forgotten_total',
  'Series that were let go of because nothing of them is within the retention.',
);
export const detachedParts = gauge('farol_store_detached_parts', 'Parts set aside because they were broken.');
export const freeDiskBytes = gauge('farol_store_free_disk_bytes', 'Free bytes where the store keeps its data.');
