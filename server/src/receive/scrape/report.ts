/** The series that every target has, whatever it exposes: `up` and its like. */
import type { MetadataRow } from '#model';

export interface Report {
  readonly up: boolean;
  readonly durationSeconds: number;
  readonly scraped: number;
  readonly relabelled: number;
  readonly seriesAdded: number;
  readonly timeoutSeconds: number;
  readonly samplesMax: number;
  /** -1 when the body was over its limit. */
  readonly bodyBytes: number;
}

interface ReportMetric extends MetadataRow {
  readonly value: (report: Report) => number;
  readonly extra?: true;
}

const gauge = (metric: string, unit: string, help: string, value: ReportMetric['value']): ReportMetric => ({
  metric,
  type: 'gauge',
  unit,
  help,
  value,
});

export const reportMetrics: readonly ReportMetric[] = [
  gauge('up', 'targets', 'Health of the scrape target. 1 means the target is healthy, 0 if the scrape failed.', (r) =>
    r.up ? 1 : 0,
  ),
  gauge('scrape_duration_seconds', 'seconds', 'Duration of the last scrape in seconds.', (r) => r.durationSeconds),
  gauge('scrape_samples_scraped', 'samples', 'Number of samples last scraped.', (r) => r.scraped),
  gauge(
    'scrape_samples_post_metric_relabeling',
    'samples',
    'Number of samples remaining after metric relabeling was applied.',
    (r) => r.relabelled,
  ),
  gauge('scrape_series_added', 'series', 'Number of new series in the last scrape.', (r) => r.seriesAdded),
  {
    ...gauge(
      'scrape_timeout_seconds',
      'seconds',
      'The configured scrape timeout for a target.',
      (r) => r.timeoutSeconds,
    ),
    extra: true,
  },
  {
    ...gauge(
      'scrape_sample_limit',
      'samples',
      'The configured sample limit for a target. Zero: no limit.',
      (r) => r.samplesMax,
    ),
    extra: true,
  },
  {
    ...gauge(
      'scrape_body_size_bytes',
      'bytes',
      'The uncompressed size of the last scrape response. -1: over body_size_limit; 0: failed otherwise.',
      (r) => r.bodyBytes,
    ),
    extra: true,
  },
];
