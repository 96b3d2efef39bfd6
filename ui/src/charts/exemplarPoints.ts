import type { PromExemplar } from '../data/prometheus.ts';
import type { ChartPoint } from './Points.tsx';
import { printLabels } from './seriesNames.ts';

const pointsMax = 200;

/** Exemplars as points on a chart: each once, the newest when there are too many. */
export function exemplarPoints(
  exemplars: readonly PromExemplar[],
  say: (value: number) => string,
): readonly ChartPoint[] {
  const unique = [
    ...new Map(exemplars.map((exemplar) => [`${exemplar.traceId} ${exemplar.timeMs}`, exemplar])).values(),
  ];
  return unique.slice(-pointsMax).map(({ timeMs, value, traceId, labels, series }) => ({
    timeMs,
    value,
    traceId,
    spanId: labels.span_id ?? labels.spanID,
    label: printLabels(Object.fromEntries(Object.entries(series).filter(([key]) => key !== 'le'))),
    says: say(value),
    failed: /^5\d\d$/.test(
      series.http_response_status_code ?? series.status_code ?? series.code ?? series.status ?? '',
    ),
  }));
}
