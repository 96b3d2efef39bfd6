/** A metric's Prometheus name and type. */
import type { MetadataRow, MetricType } from '#model';
import { metricName, type NamedKind } from '../names.ts';
import { unitWord } from '../units.ts';
import type { WireMetric } from '../wire.ts';

export function familyOf(metric: WireMetric): string {
  return metricName(metric.name, metric.unit, namedKind(metric));
}

function namedKind(metric: WireMetric): NamedKind {
  if (metric.kind === 'gauge') return 'gauge';
  return metric.kind === 'sum' && metric.monotonic ? 'counter' : 'other';
}

const helpCharsMax = 4096;

export function metadataOf(family: string, metric: WireMetric): MetadataRow {
  return {
    metric: family,
    type: typeOf(metric),
    unit: unitWord(metric.unit),
    help: metric.description.slice(0, helpCharsMax),
  };
}

function typeOf(metric: WireMetric): MetricType {
  switch (metric.kind) {
    case 'gauge':
      return 'gauge';
    case 'sum':
      return metric.monotonic ? 'counter' : 'gauge';
    case 'histogram':
    case 'exponential':
      return 'histogram';
    case 'summary':
      return 'summary';
    case 'none':
      return 'unknown';
  }
}
