/**
 * Which series a data point belongs to, remembered: resource → metric → attributes, each found by a key, so that the hot
 * path builds no label set. Bounded: past `entriesMax` everything is forgotten and learned again.
 */
import { type Attributes, type Labels, type Limits, labelsFrom, Refusal, type Resource, type SeriesRef } from '#model';
import { type LabelFault, labelsFault } from '../labelset.ts';
import { labelName } from '../names.ts';
import { type IsPromoted, seriesIdentity, serviceOf, targetInfoLabels } from '../resource.ts';
import type { Life } from '../starts.ts';
import { excerpt } from '../tally.ts';
import type { WireAttributes, WireMetric, WireMetrics } from '../wire.ts';
import { familyOf } from './family.ts';

export interface SeriesDeps {
  /** May refuse with SERIES_LIMIT. */
  readonly intern: (tenant: string, labels: Labels) => SeriesRef;
  /** Changes when the store forgets series: everything is learned again. */
  readonly forgets?: () => number;
  readonly limits: Limits['receive'];
  readonly isPromoted: IsPromoted;
  readonly entriesMax: number;
}

export interface KnownResource {
  readonly tenant: string;
  readonly service: string;
  readonly identity: readonly [string, string][];
  readonly resource: Resource;
  readonly metrics: Map<string, KnownMetric>;
  targetInfo: SeriesRef | 'none' | undefined;
}

export interface KnownMetric {
  /** The Prometheus name, `''` when the metric cannot be named. */
  readonly family: string;
  readonly points: Map<string, KnownPoint>;
  metadataMs: number;
}

/** What is known of the points with one set of attributes. `refs` depends on the kind of metric. */
export interface KnownPoint extends Life {
  readonly pairs: readonly [string, string][];
  readonly fault: LabelFault | undefined;
  refs: readonly SeriesRef[];
  /** Bounds or quantiles that `refs` were made for. */
  shape: readonly number[];
}

export class SeriesMemory {
  private readonly resources = new Map<string, KnownResource>();
  private entries = 0;
  private forgets = 0;
  private readonly deps: SeriesDeps;

  constructor(deps: SeriesDeps) {
    this.deps = deps;
  }

  resource(tenant: string, { resource, resourceKey }: WireMetrics): KnownResource {
    this.followForgets();
    const key = `${tenant}\n${resourceKey}`;
    const known = this.resources.get(key);
    if (known) return known;
    this.makeRoom();
    const learned: KnownResource = {
      tenant,
      service: serviceOf(resource),
      identity: [...seriesIdentity(resource, this.deps.isPromoted)],
      resource,
      metrics: new Map(),
      targetInfo: undefined,
    };
    this.resources.set(key, learned);
    return learned;
  }

  metric(of: KnownResource, metric: WireMetric): KnownMetric {
    const monotonic = metric.kind === 'sum' && metric.monotonic;
    const key = `${metric.kind}${monotonic ? '+' : ''}\n${metric.unit}\n${metric.name}`;
    const known = of.metrics.get(key);
    if (known) return known;
    this.makeRoom();
    const learned: KnownMetric = { family: familyOf(metric), points: new Map(), metadataMs: Number.NEGATIVE_INFINITY };
    of.metrics.set(key, learned);
    return learned;
  }

  point(of: KnownResource, metric: KnownMetric, attributes: WireAttributes): KnownPoint {
    const known = metric.points.get(attributes.key);
    if (known) return known;
    this.makeRoom();
    const pairs = [...pairsOf(attributes.read(), of.identity)];
    // Room for __name__ and le/quantile is part of the check.
    const fault = labelsFault(labelsFrom([...pairs, ['__name__', metric.family]]), this.deps.limits);
    const learned: KnownPoint = { pairs, fault, refs: [], shape: [], startMs: 0, lastMs: 0 };
    metric.points.set(attributes.key, learned);
    return learned;
  }

  /** The series of `point` under `name`, with one more label or none. */
  ref(tenant: string, point: KnownPoint, name: string, extra?: readonly [string, string]): SeriesRef {
    const pairs: (readonly [string, string])[] = [...point.pairs, ['__name__', name]];
    if (extra) pairs.push(extra);
    return this.deps.intern(tenant, labelsFrom(pairs));
  }

  targetInfo(of: KnownResource): SeriesRef | undefined {
    if (of.targetInfo === undefined) {
      const labels = targetInfoLabels(of.resource);
      const usable = labels && !labelsFault(labels, this.deps.limits);
      of.targetInfo = usable ? this.internOrNone(of.tenant, labels) : 'none';
    }
    return of.targetInfo === 'none' ? undefined : of.targetInfo;
  }

  /** `target_info` is a courtesy: past the series limit it is left out, and the points themselves report the limit. */
  private internOrNone(tenant: string, labels: Labels): SeriesRef | 'none' {
    try {
      return this.deps.intern(tenant, labels);
    } catch (error) {
      if (error instanceof Refusal && error.code === 'SERIES_LIMIT') return 'none';
      throw error;
    }
  }

  private makeRoom(): void {
    if (this.entries >= this.deps.entriesMax) this.clear();
    this.entries++;
  }

  private followForgets(): void {
    const forgets = this.deps.forgets?.() ?? 0;
    if (forgets !== this.forgets) this.clear();
    this.forgets = forgets;
  }

  private clear(): void {
    this.resources.clear();
    this.entries = 0;
  }
}

/** Names that collide after escaping are joined with `;` in the order of the OTLP names; the resource's identity wins. */
function pairsOf(attributes: Attributes, identity: readonly [string, string][]): Map<string, string> {
  const order = attributes.keys.map((_, i) => i);
  order.sort((a, b) => ((attributes.keys[a] ?? '') < (attributes.keys[b] ?? '') ? -1 : 1));
  const pairs = new Map<string, string>();
  for (const i of order) {
    const name = labelName(attributes.keys[i] ?? '');
    const value = attributes.values[i] ?? '';
    if (name === '') continue;
    const taken = pairs.get(name);
    pairs.set(name, taken === undefined ? value : `${taken};${value}`);
  }
  for (const [name, value] of identity) {
    if (name === 'job' || name === 'instance' || name === 'service_name' || !pairs.has(name)) pairs.set(name, value);
  }
  return pairs;
}

export function unnameable(metric: WireMetric): LabelFault {
  return {
    reason: 'invalid_metric_name',
    example: `metric ${excerpt(metric.name)} has no letter or digit to name it by; rename it`,
  };
}
