import type { MetricObject, MetricObjectWithValues, MetricValue } from 'prom-client';
import { type Labels, labelsFrom, type MetadataRow, type SampleColumns, type SeriesRef } from '#model';

interface NamedValue extends MetricValue<string> {
  readonly metricName?: string;
}

/** The registry's metrics as samples at `nowMs`, each with our own labels besides its own. */
export function samplesOf(
  metrics: readonly MetricObjectWithValues<MetricValue<string>>[],
  ownLabels: readonly (readonly [string, string])[],
  nowMs: number,
  refOf: (labels: Labels) => SeriesRef,
): SampleColumns {
  const cells = metrics.flatMap((metric) =>
    metric.values.map((value: NamedValue) => ({ name: value.metricName ?? metric.name, value })),
  );
  const refs = new Int32Array(cells.length);
  const timesMs = new Float64Array(cells.length).fill(nowMs);
  const values = new Float64Array(cells.length);
  cells.forEach(({ name, value }, i) => {
    const own = Object.entries(value.labels).map(([key, text]) => [key, labelText(key, text)] as const);
    refs[i] = refOf(labelsFrom([...ownLabels, ...own, ['__name__', name]]));
    values[i] = value.value;
  });
  return { count: cells.length, refs, timesMs, values };
}

/** What the registry says of its metrics; none of ours has a unit beside its name. */
export function metadataOf(metrics: readonly MetricObject[]): MetadataRow[] {
  // prom-client gives the type in words where its declarations have a number.
  return metrics.map(({ name, type, help }) => ({
    metric: name,
    type: String(type) as MetadataRow['type'],
    unit: '',
    help,
  }));
}

function labelText(key: string, value: string | number | undefined): string {
  if (key === 'le' && value === Number.POSITIVE_INFINITY) return '+Inf';
  return value === undefined ? '' : String(value);
}
