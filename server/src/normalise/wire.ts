/**
 * OTLP records as they came over the wire, protobuf and JSON alike: ids as text, times as sent, attributes by column.
 * The decoders (`#receive/otlp`) fill these; this room judges and translates them.
 */
import type { Attributes, AttributeType, Resource, Scope } from '#model';

export interface Wired<Item> {
  readonly resource: Resource;
  readonly scopes: readonly WiredScope<Item>[];
}

export interface WiredScope<Item> {
  readonly scope: Scope;
  readonly items: readonly Item[];
}

export interface WireSpan {
  /** Hex as sent, in lower case; any length. */
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly traceState: string;
  readonly flags: number;
  readonly name: string;
  readonly kind: number;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly attributes: Attributes;
  readonly droppedAttributes: number;
  readonly events: readonly WireSpanEvent[];
  readonly droppedEvents: number;
  readonly links: readonly WireSpanLink[];
  readonly droppedLinks: number;
  readonly statusCode: number;
  readonly statusMessage: string;
}

export interface WireSpanEvent {
  readonly timeNs: bigint;
  readonly name: string;
  readonly attributes: Attributes;
  readonly droppedAttributes: number;
}

export interface WireSpanLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceState: string;
  readonly flags: number;
  readonly attributes: Attributes;
  readonly droppedAttributes: number;
}

export interface WireLog {
  readonly timeNs: bigint;
  readonly observedNs: bigint;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly body: string;
  readonly bodyType: AttributeType;
  readonly traceId: string;
  readonly spanId: string;
  readonly flags: number;
  readonly eventName: string;
  readonly attributes: Attributes;
  readonly droppedAttributes: number;
}

/** Attributes of a data point: `key` tells two sets apart; `read` decodes, and is only called for sets not seen before. */
export interface WireAttributes {
  readonly key: string;
  read(): Attributes;
}

export interface WireMetrics {
  readonly resource: Resource;
  /** Tells two resources apart. */
  readonly resourceKey: string;
  readonly metrics: readonly WireMetric[];
}

/** 1 is delta, 2 is cumulative (`AggregationTemporality`). */
export type Temporality = number;

interface MetricHead {
  readonly name: string;
  readonly description: string;
  readonly unit: string;
}

export type WireMetric = MetricHead &
  (
    | { readonly kind: 'gauge'; readonly points: readonly WireNumberPoint[] }
    | {
        readonly kind: 'sum';
        readonly temporality: Temporality;
        readonly monotonic: boolean;
        readonly points: readonly WireNumberPoint[];
      }
    | { readonly kind: 'histogram'; readonly temporality: Temporality; readonly points: readonly WireHistogramPoint[] }
    | {
        readonly kind: 'exponential';
        readonly temporality: Temporality;
        readonly points: readonly WireExponentialPoint[];
      }
    | { readonly kind: 'summary'; readonly points: readonly WireSummaryPoint[] }
    | { readonly kind: 'none'; readonly points: readonly never[] }
  );

export interface WirePoint {
  readonly attributes: WireAttributes;
  /** 0 when unset. Milliseconds, rounded down. */
  readonly startMs: number;
  readonly timeMs: number;
  readonly flags: number;
}

export interface WireNumberPoint extends WirePoint {
  /** Absent when the point carries neither `as_double` nor `as_int`. */
  readonly value: number | undefined;
  readonly exemplars: readonly WireExemplar[];
}

export interface WireHistogramPoint extends WirePoint {
  readonly count: number;
  readonly sum: number | undefined;
  readonly bucketCounts: readonly number[];
  readonly bounds: readonly number[];
  readonly exemplars: readonly WireExemplar[];
}

export interface WireBuckets {
  readonly offset: number;
  readonly counts: readonly number[];
}

export interface WireExponentialPoint extends WirePoint {
  readonly count: number;
  readonly sum: number | undefined;
  readonly scale: number;
  readonly zeroCount: number;
  readonly zeroThreshold: number;
  readonly positive: WireBuckets;
  readonly negative: WireBuckets;
  readonly exemplars: readonly WireExemplar[];
}

export interface WireSummaryPoint extends WirePoint {
  readonly count: number;
  readonly sum: number;
  /** Quantile and value by turns. */
  readonly quantiles: readonly number[];
}

export interface WireExemplar {
  readonly timeMs: number;
  readonly value: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly attributes: Attributes;
}

/** One stream of a Loki push. */
export interface WireStream {
  readonly labels: readonly (readonly [string, string])[];
  readonly entries: readonly WireEntry[];
}

export interface WireEntry {
  readonly timeNs: bigint;
  readonly line: string;
  /** Structured metadata. */
  readonly metadata: Attributes;
}
