import type { SpanKind, SpanRow, SpanStatus } from '#model';
import { eventsJson, linksJson } from './anyvalue.ts';
import { AttributeColumns, ResourceColumns, ScopeColumns } from './attributes.ts';
import { Cells } from './cells.ts';
import { Dictionary } from './dictionary.ts';
import type { Arrival } from './logs.ts';
import { lowCardinality, NumberArray, plain, Table } from './table.ts';

/** Enum8 columns come as Int8, which ClickHouse casts. */
const kinds: Record<SpanKind, number> = { unspecified: 0, internal: 1, server: 2, client: 3, producer: 4, consumer: 5 };
const statuses: Record<SpanStatus, number> = { unset: 0, ok: 1, error: 2 };

export class SpanRows {
  private readonly tenant = new Dictionary();
  private readonly service = new Dictionary();
  private readonly traceId = new Cells();
  private readonly spanId = new Cells();
  private readonly parentSpanId = new Cells();
  private readonly traceState = new Cells();
  private readonly flags = new Cells();
  private readonly name = new Dictionary();
  private readonly kind = new Cells();
  private readonly time = new Cells();
  private readonly durationNs = new Cells();
  private readonly status = new Cells();
  private readonly statusMessage = new Cells();
  private readonly resource = new ResourceColumns();
  private readonly scope = new ScopeColumns();
  private readonly attributes = new AttributeColumns();
  private readonly events = new Cells();
  private readonly links = new Cells();
  private readonly dropped = new NumberArray('UInt32');
  private readonly request = new Cells();
  private readonly received = new Cells();
  readonly table = new Table('spans', [
    lowCardinality('tenant', this.tenant),
    lowCardinality('service', this.service),
    plain('trace_id', 'String', this.traceId),
    plain('span_id', 'String', this.spanId),
    plain('parent_span_id', 'String', this.parentSpanId),
    plain('trace_state', 'String', this.traceState),
    plain('flags', 'UInt32', this.flags),
    lowCardinality('name', this.name),
    plain('kind', 'Int8', this.kind),
    plain('time', "DateTime64(9, 'UTC')", this.time),
    plain('duration_ns', 'UInt64', this.durationNs),
    plain('status', 'Int8', this.status),
    plain('status_message', 'String', this.statusMessage),
    ...this.resource.columns(),
    ...this.scope.columns(),
    ...this.attributes.columns('attributes'),
    plain('events', 'String', this.events),
    plain('links', 'String', this.links),
    this.dropped.column('dropped'),
    plain('request', 'UInt64', this.request),
    plain('received', "DateTime('UTC')", this.received),
  ]);

  /** Hot. */
  push(rows: readonly SpanRow[], arrival: Arrival): void {
    try {
      for (let i = 0; i < rows.length; i++) this.pushOne(rows[i] as SpanRow, arrival);
      this.table.rows += rows.length;
    } finally {
      // The next request has other objects; and what was written here may be taken back.
      this.resource.forget();
      this.scope.forget();
    }
  }

  private pushOne(row: SpanRow, arrival: Arrival): void {
    this.tenant.push(row.tenant);
    this.service.push(row.service);
    this.traceId.text(row.traceId);
    this.spanId.text(row.spanId);
    this.parentSpanId.text(row.parentSpanId);
    this.traceState.text(row.traceState);
    this.flags.uint32(row.flags);
    this.name.push(row.name);
    this.kind.uint8(kinds[row.kind]);
    this.time.bigint64(row.startNs);
    this.durationNs.bigint64(row.durationNs);
    this.status.uint8(statuses[row.status]);
    this.statusMessage.text(row.statusMessage);
    this.resource.push(row.resource);
    this.scope.push(row.scope);
    this.attributes.push(row.attributes);
    this.events.text(eventsJson(row.events));
    this.links.text(linksJson(row.links));
    this.pushDropped(row);
    this.request.bigint64(arrival.request);
    this.received.uint32(arrival.receivedSeconds);
  }

  private pushDropped({ droppedAttributes, droppedEvents, droppedLinks }: SpanRow): void {
    if (droppedAttributes > 0 || droppedEvents > 0 || droppedLinks > 0) {
      this.dropped.cells.uint32(droppedAttributes);
      this.dropped.cells.uint32(droppedEvents);
      this.dropped.cells.uint32(droppedLinks);
    }
    this.dropped.endRow();
  }
}

/** The time that each trace of some spans covers: what a lookup by id needs to read one day instead of all. */
export class TraceTimeRows {
  private readonly tenant = new Dictionary();
  private readonly traceId = new Cells();
  private readonly start = new Cells();
  private readonly end = new Cells();
  readonly table = new Table('trace_times', [
    lowCardinality('tenant', this.tenant),
    plain('trace_id', 'String', this.traceId),
    plain('start', "DateTime64(9, 'UTC')", this.start),
    plain('end', "DateTime64(9, 'UTC')", this.end),
  ]);

  push(tenant: string, rows: readonly SpanRow[]): void {
    const byTrace = new Map<string, { startNs: bigint; endNs: bigint }>();
    for (const row of rows) {
      const endNs = row.startNs + row.durationNs;
      const known = byTrace.get(row.traceId);
      if (known === undefined) {
        byTrace.set(row.traceId, { startNs: row.startNs, endNs });
        continue;
      }
      if (row.startNs < known.startNs) known.startNs = row.startNs;
      if (endNs > known.endNs) known.endNs = endNs;
    }
    for (const [traceId, { startNs, endNs }] of byTrace) {
      this.tenant.push(tenant);
      this.traceId.text(traceId);
      this.start.bigint64(startNs);
      this.end.bigint64(endNs);
    }
    this.table.rows += byTrace.size;
  }
}
