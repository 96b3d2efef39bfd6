import type { MetricKind } from '../../data/prometheus.ts';

/** The query one most often wants for a metric of this kind. Pure. */
export function suggestionFor({ name, type, native }: Pick<MetricKind, 'name' | 'type' | 'native'>): string {
  const metric = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name) ? name : undefined;
  if (metric === undefined) return `{"${name.replace(/\\/g, '\\\\').replace(/"/g, '\\"')}"}`;
  switch (type) {
    case 'counter':
      return `rate(${metric}[5m])`;
    case 'histogram':
      if (native) return `histogram_quantile(0.95, sum(rate(${metric}[5m])))`;
      return `histogram_quantile(0.95, sum by (le) (rate(${metric}_bucket[5m])))`;
    case 'summary':
      return `rate(${metric}_sum[5m]) / rate(${metric}_count[5m])`;
    default:
      if (/_bucket$/.test(metric)) return `histogram_quantile(0.95, sum by (le) (rate(${metric}[5m])))`;
      return /_(total|count|sum)$/.test(metric) ? `rate(${metric}[5m])` : metric;
  }
}
