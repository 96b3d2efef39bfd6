import type { Attribute } from '@farol/contract';
import type { Attributes, SpanRow } from '#model';
import type { StoredSpan } from './span.ts';

/** A span that was never stored, as if it were. */
export function storedSpanOf(row: SpanRow): StoredSpan {
  return {
    traceId: row.traceId,
    spanId: row.spanId,
    parentSpanId: row.parentSpanId,
    traceState: row.traceState,
    flags: row.flags,
    service: row.service,
    name: row.name,
    kind: row.kind,
    startNs: row.startNs,
    durationNs: Number(row.durationNs),
    status: row.status,
    statusMessage: row.statusMessage,
    attributes: attributesOf(row.attributes),
    resource: attributesOf(row.resource.attributes),
    scope: { name: row.scope.name, version: row.scope.version, attributes: attributesOf(row.scope.attributes) },
    events: row.events.map(({ name, timeNs, attributes }) => ({ name, timeNs, attributes: attributesOf(attributes) })),
    links: row.links.map(({ traceId, spanId, attributes }) => ({
      traceId,
      spanId,
      attributes: attributesOf(attributes),
    })),
  };
}

function attributesOf({ keys, values, types }: Attributes): Attribute[] {
  return keys.map((key, i) => ({ key, value: values[i] ?? '', type: types?.[i] ?? 'string' }));
}
