import type { Attribute, Span, SpanEvent, SpanLink } from '@farol/contract';
import { type Sql, sql } from '#store';
import { attributesFrom, attributesFromOtlp } from '../stored/index.ts';

/** A span as it was stored, before it has a place in its trace. Times are absolute. */
export interface StoredSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly traceState: string;
  readonly flags: number;
  readonly service: string;
  readonly name: string;
  readonly kind: Span['kind'];
  readonly startNs: bigint;
  readonly durationNs: number;
  readonly status: Span['status'];
  readonly statusMessage: string;
  readonly attributes: readonly Attribute[];
  readonly resource: readonly Attribute[];
  readonly scope: { readonly name: string; readonly version: string; readonly attributes: readonly Attribute[] };
  readonly events: readonly StoredEvent[];
  readonly links: readonly SpanLink[];
}

interface StoredEvent extends Omit<SpanEvent, 'offsetNs'> {
  readonly timeNs: bigint;
}

export interface SpanLine {
  readonly trace_id: string;
  readonly span_id: string;
  readonly parent_span_id: string;
  readonly service: string;
  readonly name: string;
  readonly kind: string;
  readonly start_ns: string;
  readonly duration_ns: string;
  readonly status: string;
  readonly status_message: string;
  readonly attribute_keys: readonly string[];
  readonly attribute_values: readonly string[];
  readonly events: string;
  readonly links: string;
  readonly trace_state: string;
  readonly shared: string;
}

export const spanColumns: Sql = sql`trace_id, span_id, parent_span_id, service, name, kind,
  toUnixTimestamp64Nano(time) AS start_ns, duration_ns, status, status_message,
  mapKeys(attributes) AS attribute_keys, mapValues(attributes) AS attribute_values, events, links, trace_state, shared`;

type Texts = readonly string[];

/** As store/schema/009-span-shared.sql lists it. */
type Shared = readonly [
  own: readonly [flags: string, scopeName: string, scopeVersion: string],
  ...attributeTypes: readonly [keys: Texts, types: Texts],
  ...resource: readonly [keys: Texts, values: Texts, typeKeys: Texts, types: Texts],
  ...scope: readonly [keys: Texts, values: Texts, typeKeys: Texts, types: Texts],
];

export function spanFrom(line: SpanLine): StoredSpan {
  const [own, typeKeys, types, ...maps] = JSON.parse(line.shared) as Shared;
  const [flags, scopeName, scopeVersion] = own;
  const [resourceKeys, resourceValues, resourceTypeKeys, resourceTypes, ...scope] = maps;
  const [scopeKeys, scopeValues, scopeTypeKeys, scopeTypes] = scope;
  return {
    traceId: line.trace_id,
    spanId: line.span_id,
    parentSpanId: line.parent_span_id,
    traceState: line.trace_state,
    flags: Number(flags),
    service: line.service,
    name: line.name,
    kind: line.kind as Span['kind'],
    startNs: BigInt(line.start_ns),
    durationNs: Number(line.duration_ns),
    status: line.status as Span['status'],
    statusMessage: line.status_message,
    attributes: attributesFrom({ keys: line.attribute_keys, values: line.attribute_values, typeKeys, types }),
    resource: attributesFrom({
      keys: resourceKeys,
      values: resourceValues,
      typeKeys: resourceTypeKeys,
      types: resourceTypes,
    }),
    scope: {
      name: scopeName,
      version: scopeVersion,
      attributes: attributesFrom({ keys: scopeKeys, values: scopeValues, typeKeys: scopeTypeKeys, types: scopeTypes }),
    },
    events: listFrom(line.events).map(eventFrom),
    links: listFrom(line.links).map(linkFrom),
  };
}

/** OTLP JSON as the store keeps events and links; '' when there are none. */
function listFrom(json: string): readonly Readonly<Record<string, unknown>>[] {
  if (json === '') return [];
  const list: unknown = JSON.parse(json);
  return Array.isArray(list) ? list : [];
}

function eventFrom(event: Readonly<Record<string, unknown>>): StoredEvent {
  return {
    name: String(event.name ?? ''),
    timeNs: BigInt(String(event.timeUnixNano ?? 0)),
    attributes: attributesFromOtlp(event.attributes),
  };
}

function linkFrom(link: Readonly<Record<string, unknown>>): SpanLink {
  return {
    traceId: String(link.traceId ?? ''),
    spanId: String(link.spanId ?? ''),
    attributes: attributesFromOtlp(link.attributes),
  };
}

/** The first attribute among `keys` that has a value. */
export function attributeOf(attributes: readonly Attribute[], ...keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const found = attributes.find((attribute) => attribute.key === key);
    if (found && found.value !== '') return found.value;
  }
  return undefined;
}
