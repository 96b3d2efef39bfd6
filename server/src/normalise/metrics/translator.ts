/**
 * OTLP metrics → samples, native histograms, exemplars and metadata, as Prometheus' OTLP receiver translates them, with
 * two differences: delta points are summed up to cumulative ones, and a series' start time becomes a zero sample.
 */
import { type ExemplarRow, type HistogramRow, type MetadataRow, Refusal, type SampleColumns } from '#model';
import { SampleBuffer } from '../columns.ts';
import { type Tallies, type Tally, tallyOf } from '../tally.ts';
import { outsideWindow, type Window, windowFault } from '../window.ts';
import type { WireMetric, WireMetrics, WirePoint } from '../wire.ts';
import { DeltaMemory } from './delta.ts';
import { translateExponential } from './exponential.ts';
import { metadataOf } from './family.ts';
import { translateHistogram } from './histogram.ts';
import { translateNumber } from './number.ts';
import { type Out, refuse } from './out.ts';
import {
  type KnownMetric,
  type KnownPoint,
  type KnownResource,
  type SeriesDeps,
  SeriesMemory,
  unnameable,
} from './series.ts';
import { translateSummary } from './summary.ts';

export interface MetricRows {
  readonly samples: SampleColumns | undefined;
  readonly histograms: readonly HistogramRow[];
  readonly exemplars: readonly ExemplarRow[];
  readonly metadata: readonly MetadataRow[];
  /** By service; items are data points (and exemplars that were dropped). */
  readonly tallies: Tallies;
  /** Call it when the rows could not be written: the series that begin with them will begin again. */
  readonly forgetBegun: () => void;
}

export interface MetricTranslator {
  translate(tenant: string, wired: readonly WireMetrics[], window: Window): MetricRows;
}

export interface TranslatorDeps extends SeriesDeps {
  /** Series whose deltas are summed up; the one least recently written is forgotten first. */
  readonly deltaSeriesMax: number;
}

// Metadata does not change; it is repeated now and then in case a write of it failed.
const metadataEveryMs = 10 * 60_000;

export function createMetricTranslator(deps: TranslatorDeps): MetricTranslator {
  const series = new SeriesMemory(deps);
  const deltas = new DeltaMemory(deps.deltaSeriesMax);
  return {
    translate(tenant, wired, window) {
      const out: Out = {
        tenant,
        window,
        limits: deps.limits,
        series,
        deltas,
        samples: new SampleBuffer(),
        histograms: [],
        exemplars: [],
        begun: [],
      };
      const metadata: MetadataRow[] = [];
      const tallies: Tallies = new Map();
      for (const group of wired) translateResource(group, out, metadata, tallies);
      return {
        samples: out.samples.columns(),
        histograms: out.histograms,
        exemplars: out.exemplars,
        metadata,
        tallies,
        forgetBegun: () => {
          for (const life of out.begun) life.startMs = life.lastMs = 0;
        },
      };
    },
  };
}

function translateResource(group: WireMetrics, out: Out, metadata: MetadataRow[], tallies: Tallies): void {
  const resource = out.series.resource(out.tenant, group);
  const tally = tallyOf(tallies, resource.service);
  let newestMs = Number.NEGATIVE_INFINITY;
  for (const metric of group.metrics) {
    const known = out.series.metric(resource, metric);
    const acceptedBefore = tally.accepted;
    newestMs = Math.max(newestMs, translateMetric(metric, known, resource, tally, out));
    if (tally.accepted > acceptedBefore && out.window.nowMs - known.metadataMs >= metadataEveryMs) {
      known.metadataMs = out.window.nowMs;
      metadata.push(metadataOf(known.family, metric));
    }
  }
  if (newestMs === Number.NEGATIVE_INFINITY) return;
  const info = out.series.targetInfo(resource);
  if (info !== undefined) out.samples.push(info, newestMs, 1);
}

/** Returns the newest time among the points taken. */
function translateMetric(
  metric: WireMetric,
  known: KnownMetric,
  resource: KnownResource,
  tally: Tally,
  out: Out,
): number {
  tally.receive(metric.points.length);
  if (known.family === '') {
    const fault = unnameable(metric);
    if (metric.points.length > 0) tally.reject(fault.reason, metric.points.length, () => fault.example);
    return Number.NEGATIVE_INFINITY;
  }
  if (isSummed(metric) && metric.temporality !== 1 && metric.temporality !== 2) {
    const message = () =>
      `metric ${known.family} has aggregation temporality ${metric.temporality}; send delta (1) or cumulative (2)`;
    if (metric.points.length > 0) tally.reject('unknown_temporality', metric.points.length, message);
    return Number.NEGATIVE_INFINITY;
  }
  let newestMs = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < metric.points.length; i++) {
    if (translatePoint(metric, i, known, resource, tally, out)) {
      newestMs = Math.max(newestMs, metric.points[i]?.timeMs ?? newestMs);
    }
  }
  return newestMs;
}

/** The kinds that say how their points add up. A decoder may leave an unset temporality on the others. */
function isSummed(metric: WireMetric): metric is Extract<WireMetric, { temporality: unknown }> {
  return metric.kind === 'sum' || metric.kind === 'histogram' || metric.kind === 'exponential';
}

function translatePoint(
  metric: WireMetric,
  index: number,
  known: KnownMetric,
  resource: KnownResource,
  tally: Tally,
  out: Out,
): boolean {
  const point = metric.points[index] as WirePoint;
  if (outsideWindow(point.timeMs, out.window)) return refuseTime(point, known, tally, out.window);
  const series = out.series.point(resource, known, point.attributes);
  if (series.fault) return refuse(tally, series.fault.reason, series.fault.example);
  try {
    return translateKind(metric, index, known.family, series, tally, out);
  } catch (error) {
    // One series too many must not cost the sender the series that are known.
    if (error instanceof Refusal && error.code === 'SERIES_LIMIT') return refuse(tally, 'series_limit', error.message);
    throw error;
  }
}

function translateKind(
  metric: WireMetric,
  index: number,
  family: string,
  series: KnownPoint,
  tally: Tally,
  out: Out,
): boolean {
  switch (metric.kind) {
    case 'gauge':
      return taken(metric.points[index], (point) => translateNumber(point, 'gauge', family, series, tally, out));
    case 'sum': {
      const kind = metric.temporality === 1 ? 'delta' : metric.monotonic ? 'counter' : 'gauge';
      return taken(metric.points[index], (point) => translateNumber(point, kind, family, series, tally, out));
    }
    case 'histogram':
      return taken(metric.points[index], (point) =>
        translateHistogram(point, metric.temporality === 1, family, series, tally, out),
      );
    case 'exponential':
      return taken(metric.points[index], (point) =>
        translateExponential(point, metric.temporality === 1, family, series, tally, out),
      );
    case 'summary':
      return taken(metric.points[index], (point) => translateSummary(point, family, series, tally, out));
    case 'none':
      return false;
  }
}

function taken<Point>(point: Point | undefined, translate: (point: Point) => boolean): boolean {
  return point !== undefined && translate(point);
}

function refuseTime(point: WirePoint, known: KnownMetric, tally: Tally, window: Window): false {
  if (point.timeMs === 0) {
    return refuse(tally, 'missing_time', `a point of ${known.family} has no time_unix_nano; set it`);
  }
  const fault = windowFault(point.timeMs, window, `a point of ${known.family}`);
  tally.reject(fault.reason, 1, fault.example);
  return false;
}
