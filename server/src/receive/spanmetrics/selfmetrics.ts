import { counter, gauge } from '#kit';

export const overflowTotal = counter(
  'farol_span_metrics_overflow_total',
  'Spans and requests counted under metric_overflow="true", for limits.spanMetrics.seriesMax was reached.',
  ['metrics'],
);
export const uncountedTotal = counter(
  'farol_span_metrics_uncounted_total',
  'Spans and requests of tenants past the first thousand, which are in no metric.',
);
export const unpairedTotal = counter(
  'farol_span_metrics_unpaired_total',
  'Spans whose other side was not seen and has no name, by why the wait for it ended (expired, full, stopped).',
  ['reason'],
);
export const failuresTotal = counter(
  'farol_span_metrics_write_failures_total',
  'Writes of metrics made of spans that the store refused; they are written again at the next.',
);
export const refusedSets = gauge(
  'farol_span_metrics_refused_label_sets',
  'Label sets of span metrics that the series catalogue had no room for at the last write.',
);
export const seriesKept = gauge('farol_span_metrics_series', 'Series made of spans that are kept up.');
export const spansWaiting = gauge(
  'farol_span_metrics_waiting_spans',
  'Spans kept for the other side of their request.',
);
