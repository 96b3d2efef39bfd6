import type { LogRow, Resource, Scope } from '#model';
import { resourceColumns, scopeColumns, writeAttributes, writeLabels, writeResource, writeScope } from './attributes.ts';
import { ByteWriter } from './byte-writer.ts';

export const logColumns = `tenant, service, time, observed, severity_number, severity_text, level, body, body_type, \
trace_id, span_id, flags, event_name, stream, ${resourceColumns}, ${scopeColumns}, \
attributes, attributes_types, dropped, request, received`;

export interface Arrival {
  /** The slice of the client's request that the row belongs to; 0n when it has none. */
  readonly request: bigint;
  readonly receivedSeconds: number;
}

/** Rows of one request share their resource and scope objects: they are encoded once and copied. Hot. */
export class ContextBytes {
  private readonly resourceBytes = new ByteWriter();
  private readonly scopeBytes = new ByteWriter();
  private resource: Resource | undefined;
  private scope: Scope | undefined;

  write(out: ByteWriter, resource: Resource, scope: Scope): void {
    if (resource !== this.resource) {
      this.resourceBytes.length = 0;
      writeResource(this.resourceBytes, resource);
      this.resource = resource;
    }
    if (scope !== this.scope) {
      this.scopeBytes.length = 0;
      writeScope(this.scopeBytes, scope);
      this.scope = scope;
    }
    out.raw(this.resourceBytes.written());
    out.raw(this.scopeBytes.written());
  }

  /** The last request's objects must not stay alive between requests. */
  forget(): void {
    this.resource = undefined;
    this.scope = undefined;
  }
}

/** One RowBinary row in the order of `logColumns`. Hot. */
export function writeLog(out: ByteWriter, row: LogRow, arrival: Arrival, context: ContextBytes): void {
  out.text(row.tenant);
  out.text(row.service);
  out.bigint64(row.timeNs);
  out.bigint64(row.observedNs);
  out.uint8(row.severityNumber);
  out.text(row.severityText);
  out.text(row.level);
  out.text(row.body);
  out.text(row.bodyType);
  out.text(row.traceId);
  out.text(row.spanId);
  out.uint32(row.flags);
  out.text(row.eventName);
  writeLabels(out, row.stream);
  context.write(out, row.resource, row.scope);
  writeAttributes(out, row.attributes);
  out.uint32(row.droppedAttributes);
  out.bigint64(arrival.request);
  out.uint32(arrival.receivedSeconds);
}
