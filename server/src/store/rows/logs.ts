import type { LogRow } from '#model';
import { AttributeColumns, pushLabels, ResourceColumns, ScopeColumns } from './attributes.ts';
import { Cells } from './cells.ts';
import { Dictionary } from './dictionary.ts';
import { lowCardinality, plain, Table, TextMap } from './table.ts';

export interface Arrival {
  /** The slice of the client's request that the row belongs to; 0n when it has none. */
  readonly request: bigint;
  readonly receivedSeconds: number;
}

export class LogRows {
  private readonly tenant = new Dictionary();
  private readonly service = new Dictionary();
  private readonly time = new Cells();
  private readonly observed = new Cells();
  private readonly severityNumber = new Cells();
  private readonly severityText = new Dictionary();
  private readonly level = new Dictionary();
  private readonly body = new Cells();
  private readonly bodyType = new Dictionary();
  private readonly traceId = new Cells();
  private readonly spanId = new Cells();
  private readonly flags = new Cells();
  private readonly eventName = new Dictionary();
  private readonly stream = new TextMap(new Cells());
  private readonly resource = new ResourceColumns();
  private readonly scope = new ScopeColumns();
  private readonly attributes = new AttributeColumns();
  private readonly dropped = new Cells();
  private readonly request = new Cells();
  private readonly received = new Cells();
  readonly table = new Table('logs', [
    lowCardinality('tenant', this.tenant),
    lowCardinality('service', this.service),
    plain('time', "DateTime64(9, 'UTC')", this.time),
    plain('observed', "DateTime64(9, 'UTC')", this.observed),
    plain('severity_number', 'UInt8', this.severityNumber),
    lowCardinality('severity_text', this.severityText),
    lowCardinality('level', this.level),
    plain('body', 'String', this.body),
    lowCardinality('body_type', this.bodyType),
    plain('trace_id', 'String', this.traceId),
    plain('span_id', 'String', this.spanId),
    plain('flags', 'UInt32', this.flags),
    lowCardinality('event_name', this.eventName),
    this.stream.column('stream'),
    ...this.resource.columns(),
    ...this.scope.columns(),
    ...this.attributes.columns('attributes'),
    plain('dropped', 'UInt32', this.dropped),
    plain('request', 'UInt64', this.request),
    plain('received', "DateTime('UTC')", this.received),
  ]);

  /** Hot. */
  push(rows: readonly LogRow[], arrival: Arrival): void {
    try {
      for (let i = 0; i < rows.length; i++) this.pushOne(rows[i] as LogRow, arrival);
      this.table.rows += rows.length;
    } finally {
      // The next request has other objects; and what was written here may be taken back.
      this.resource.forget();
      this.scope.forget();
    }
  }

  private pushOne(row: LogRow, arrival: Arrival): void {
    this.tenant.push(row.tenant);
    this.service.push(row.service);
    this.time.bigint64(row.timeNs);
    this.observed.bigint64(row.observedNs);
    this.severityNumber.uint8(row.severityNumber);
    this.severityText.push(row.severityText);
    this.level.push(row.level);
    this.body.text(row.body);
    this.bodyType.push(row.bodyType);
    this.traceId.text(row.traceId);
    this.spanId.text(row.spanId);
    this.flags.uint32(row.flags);
    this.eventName.push(row.eventName);
    pushLabels(this.stream, row.stream);
    this.resource.push(row.resource);
    this.scope.push(row.scope);
    this.attributes.push(row.attributes);
    this.dropped.uint32(row.droppedAttributes);
    this.request.bigint64(arrival.request);
    this.received.uint32(arrival.receivedSeconds);
  }
}
