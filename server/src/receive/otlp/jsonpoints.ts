/** Metrics and their data points from OTLP JSON. */
import type {
  WireAttributes,
  WireBuckets,
  WireExemplar,
  WireExponentialPoint,
  WireHistogramPoint,
  WireMetric,
  WireNumberPoint,
  WireSummaryPoint,
} from '#normalise';
import { invalid } from '../json.ts';
import {
  arrayAt,
  asDouble,
  asObject,
  attributesAt,
  bigAt,
  boolAt,
  doubleAt,
  has,
  idAt,
  intAt,
  type Json,
  objectAt,
  textAt,
  timeMsAt,
} from './jsonfields.ts';

export function metricOf(metric: Json): WireMetric {
  const head = {
    name: textAt(metric, 'name'),
    description: textAt(metric, 'description'),
    unit: textAt(metric, 'unit'),
  };
  if (has(metric, 'gauge')) return { ...head, kind: 'gauge', points: pointsOf(metric, 'gauge', numberPoint) };
  if (has(metric, 'sum')) {
    const monotonic = boolAt(objectAt(metric, 'sum'), 'isMonotonic');
    return { ...head, kind: 'sum', monotonic, ...temporal(metric, 'sum', numberPoint) };
  }
  if (has(metric, 'histogram')) return { ...head, kind: 'histogram', ...temporal(metric, 'histogram', histogramPoint) };
  if (has(metric, 'exponentialHistogram')) {
    return { ...head, kind: 'exponential', ...temporal(metric, 'exponentialHistogram', exponentialPoint) };
  }
  if (has(metric, 'summary')) return { ...head, kind: 'summary', points: pointsOf(metric, 'summary', summaryPoint) };
  return { ...head, kind: 'none', points: [] };
}

function temporal<Point>(metric: Json, field: string, read: (point: Json) => Point) {
  return {
    temporality: intAt(objectAt(metric, field), 'aggregationTemporality'),
    points: pointsOf(metric, field, read),
  };
}

function pointsOf<Point>(metric: Json, field: string, read: (point: Json) => Point): Point[] {
  return arrayAt(objectAt(metric, field), 'dataPoints').map((point) => read(asObject(point, 'dataPoints')));
}

function head(point: Json): { attributes: WireAttributes; startMs: number; timeMs: number; flags: number } {
  const attributes = attributesAt(point, 'attributes');
  return {
    attributes: { key: JSON.stringify(attributes), read: () => attributes },
    startMs: timeMsAt(point, 'startTimeUnixNano'),
    timeMs: timeMsAt(point, 'timeUnixNano'),
    flags: intAt(point, 'flags'),
  };
}

function numberPoint(point: Json): WireNumberPoint {
  return { ...head(point), value: numberAt(point), exemplars: exemplarsAt(point) };
}

function numberAt(point: Json): number | undefined {
  if (has(point, 'asInt')) return Number(bigAt(point, 'asInt'));
  return has(point, 'asDouble') ? doubleAt(point, 'asDouble') : undefined;
}

function sumAt(point: Json): number | undefined {
  return has(point, 'sum') ? doubleAt(point, 'sum') : undefined;
}

function histogramPoint(point: Json): WireHistogramPoint {
  return {
    ...head(point),
    count: countAt(point, 'count'),
    sum: sumAt(point),
    bucketCounts: countsAt(point, 'bucketCounts'),
    bounds: arrayAt(point, 'explicitBounds').map((bound) => asDouble(bound, 'explicitBounds')),
    exemplars: exemplarsAt(point),
  };
}

function exponentialPoint(point: Json): WireExponentialPoint {
  return {
    ...head(point),
    count: countAt(point, 'count'),
    sum: sumAt(point),
    scale: intAt(point, 'scale'),
    zeroCount: countAt(point, 'zeroCount'),
    zeroThreshold: doubleAt(point, 'zeroThreshold'),
    positive: bucketsAt(point, 'positive'),
    negative: bucketsAt(point, 'negative'),
    exemplars: exemplarsAt(point),
  };
}

function bucketsAt(point: Json, name: string): WireBuckets {
  const buckets = objectAt(point, name);
  return { offset: intAt(buckets, 'offset'), counts: countsAt(buckets, 'bucketCounts') };
}

function summaryPoint(point: Json): WireSummaryPoint {
  const quantiles: number[] = [];
  for (const item of arrayAt(point, 'quantileValues')) {
    const quantile = asObject(item, 'quantileValues');
    quantiles.push(doubleAt(quantile, 'quantile'), doubleAt(quantile, 'value'));
  }
  return { ...head(point), count: countAt(point, 'count'), sum: doubleAt(point, 'sum'), quantiles };
}

function countsAt(from: Json, name: string): number[] {
  return arrayAt(from, name).map((count) => countAt({ [name]: count }, name));
}

function countAt(from: Json, name: string): number {
  const count = intAt(from, name);
  if (count < 0) throw invalid(`field ${name} is ${count}; a count is never negative`);
  return count;
}

function exemplarsAt(point: Json): WireExemplar[] {
  return arrayAt(point, 'exemplars').map((item) => {
    const exemplar = asObject(item, 'exemplars');
    return {
      timeMs: timeMsAt(exemplar, 'timeUnixNano'),
      value: numberAt(exemplar) ?? 0,
      traceId: idAt(exemplar, 'traceId'),
      spanId: idAt(exemplar, 'spanId'),
      attributes: attributesAt(exemplar, 'filteredAttributes'),
    };
  });
}
