import type { SpanKind, SpanRow, SpanStatus } from '#model';
import { eventsJson, linksJson } from './anyvalue.ts';
import { resourceColumns, scopeColumns, writeAttributes } from './attributes.ts';
import type { ByteWriter } from './byte-writer.ts';
import type { Arrival, ContextBytes } from './logs.ts';

export const spanColumns = `tenant, service, trace_id, span_id, parent_span_id, trace_state, flags, name, kind, time, \
duration_ns, status, status_message, ${resourceColumns}, ${scopeColumns}, \
attributes, attributes_types, events, links, dropped, request, received`;

const kinds: Record<SpanKind, number> = { unspecified: 0, internal: 1, server: 2, client: 3, producer: 4, consumer: 5 };
const statuses: Record<SpanStatus, number> = { unset: 0, ok: 1, error: 2 };

/** One RowBinary row in the order of `spanColumns`. Hot. */
export function writeSpan(out: ByteWriter, row: SpanRow, arrival: Arrival, context: ContextBytes): void {
  out.text(row.tenant);
  out.text(row.service);
  out.text(row.traceId);
  out.text(row.spanId);
  out.text(row.parentSpanId);
  out.text(row.traceState);
  out.uint32(row.flags);
  out.text(row.name);
  out.uint8(kinds[row.kind]);
  out.bigint64(row.startNs);
  out.bigint64(row.durationNs);
  out.uint8(statuses[row.status]);
  out.text(row.statusMessage);
  context.write(out, row.resource, row.scope);
  writeAttributes(out, row.attributes);
  out.text(eventsJson(row.events));
  out.text(linksJson(row.links));
  writeDropped(out, row);
  out.bigint64(arrival.request);
  out.uint32(arrival.receivedSeconds);
}

function writeDropped(out: ByteWriter, row: SpanRow): void {
  if (row.droppedAttributes === 0 && row.droppedEvents === 0 && row.droppedLinks === 0) return out.uint8(0);
  out.varint(3);
  out.uint32(row.droppedAttributes);
  out.uint32(row.droppedEvents);
  out.uint32(row.droppedLinks);
}

export const traceTimeColumns = 'tenant, trace_id, start, end';

export interface TraceTime {
  readonly traceId: string;
  startNs: bigint;
  endNs: bigint;
}

/** The time that each trace of these rows covers: what a lookup by id needs to read one day instead of all. */
export function traceTimesOf(rows: readonly SpanRow[]): TraceTime[] {
  const byTrace = new Map<string, TraceTime>();
  for (const row of rows) {
    const endNs = row.startNs + row.durationNs;
    const known = byTrace.get(row.traceId);
    if (known === undefined) {
      byTrace.set(row.traceId, { traceId: row.traceId, startNs: row.startNs, endNs });
      continue;
    }
    if (row.startNs < known.startNs) known.startNs = row.startNs;
    if (endNs > known.endNs) known.endNs = endNs;
  }
  return [...byTrace.values()];
}

export function writeTraceTime(out: ByteWriter, tenant: string, time: TraceTime): void {
  out.text(tenant);
  out.text(time.traceId);
  out.bigint64(time.startNs);
  out.bigint64(time.endNs);
}
