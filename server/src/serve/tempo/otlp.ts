/** A stored trace as OTLP's ResourceSpans (opentelemetry/proto/trace/v1/trace.proto), as JSON and as protobuf. */
import type { Attribute } from '@farol/contract';
import { ProtoWriter } from '#kit';
import type { StoredSpan } from '#query/traces';
import { type KeyValue, keyValues, writeKeyValues } from './anyvalue.ts';

interface ScopeGroup {
  readonly name: string;
  readonly version: string;
  readonly attributes: readonly KeyValue[];
  readonly spans: StoredSpan[];
}

export interface ResourceGroup {
  readonly attributes: readonly KeyValue[];
  readonly scopes: Map<string, ScopeGroup>;
}

/** Spans under the resource and scope they came with. */
export function groupedSpans(spans: readonly StoredSpan[]): ResourceGroup[] {
  const groups = new Map<string, ResourceGroup>();
  for (const span of spans) {
    const group = resourceGroup(groups, span.resource);
    const { name, version, attributes } = span.scope;
    const key = `${name}\u0000${version}\u0000${JSON.stringify(attributes)}`;
    const scope = group.scopes.get(key) ?? { name, version, attributes: keyValues(attributes), spans: [] };
    group.scopes.set(key, scope);
    scope.spans.push(span);
  }
  return [...groups.values()];
}

function resourceGroup(groups: Map<string, ResourceGroup>, resource: readonly Attribute[]): ResourceGroup {
  const key = JSON.stringify(resource);
  const group = groups.get(key) ?? { attributes: keyValues(resource), scopes: new Map<string, ScopeGroup>() };
  groups.set(key, group);
  return group;
}

/** Tempo's JSON is protobuf's: ids are base64, enumerations are named, defaults are left out. */
export function resourceSpansJson(groups: readonly ResourceGroup[]): unknown[] {
  return groups.map(({ attributes, scopes }) => ({
    resource: { attributes },
    scopeSpans: [...scopes.values()].map((scope) => ({
      scope: {
        name: scope.name,
        ...(scope.version !== '' && { version: scope.version }),
        ...(scope.attributes.length > 0 && { attributes: scope.attributes }),
      },
      spans: scope.spans.map(spanJson),
    })),
  }));
}

const base64 = (hex: string): string => Buffer.from(hex, 'hex').toString('base64');

const statusNumbers: Readonly<Record<StoredSpan['status'], number>> = { unset: 0, ok: 1, error: 2 };
const kindNumbers: Readonly<Record<StoredSpan['kind'], number>> = {
  unspecified: 0,
  internal: 1,
  server: 2,
  client: 3,
  producer: 4,
  consumer: 5,
};

function spanJson(span: StoredSpan): object {
  return {
    traceId: base64(span.traceId),
    spanId: base64(span.spanId),
    ...(span.traceState !== '' && { traceState: span.traceState }),
    ...(span.parentSpanId !== '' && { parentSpanId: base64(span.parentSpanId) }),
    ...(span.flags !== 0 && { flags: span.flags }),
    name: span.name,
    ...(span.kind !== 'unspecified' && { kind: `SPAN_KIND_${span.kind.toUpperCase()}` }),
    startTimeUnixNano: String(span.startNs),
    endTimeUnixNano: String(endOf(span)),
    ...(span.attributes.length > 0 && { attributes: keyValues(span.attributes) }),
    ...(span.events.length > 0 && {
      events: span.events.map(({ timeNs, name, attributes }) => ({
        timeUnixNano: String(timeNs),
        name,
        ...(attributes.length > 0 && { attributes: keyValues(attributes) }),
      })),
    }),
    ...(span.links.length > 0 && {
      links: span.links.map(({ traceId, spanId, attributes }) => ({
        traceId: base64(traceId),
        spanId: base64(spanId),
        ...(attributes.length > 0 && { attributes: keyValues(attributes) }),
      })),
    }),
    status: {
      ...(span.statusMessage !== '' && { message: span.statusMessage }),
      ...(span.status !== 'unset' && { code: `STATUS_CODE_${span.status.toUpperCase()}` }),
    },
  };
}

const endOf = ({ startNs, durationNs }: StoredSpan): bigint => startNs + BigInt(durationNs);

/** The message `Trace`, which is OTLP's `TracesData`. */
export function traceProtobuf(groups: readonly ResourceGroup[]): Buffer {
  const writer = new ProtoWriter();
  writeResourceSpans(writer, groups);
  return writer.finish();
}

/** tempopb's TraceByIDResponse; `partial` says why the trace is not whole. */
export function traceResponseProtobuf(groups: readonly ResourceGroup[], partial: string | undefined): Buffer {
  const writer = new ProtoWriter();
  writer.message(1, () => writeResourceSpans(writer, groups)).message(2, () => undefined);
  if (partial !== undefined) writer.varint(3, 1).text(4, partial);
  return writer.finish();
}

function writeResourceSpans(writer: ProtoWriter, groups: readonly ResourceGroup[]): void {
  for (const { attributes, scopes } of groups) {
    writer.message(1, () => {
      writer.message(1, () => writeKeyValues(writer, 1, attributes));
      for (const scope of scopes.values()) writer.message(2, () => writeScopeSpans(writer, scope));
    });
  }
}

function writeScopeSpans(writer: ProtoWriter, scope: ScopeGroup): void {
  writer.message(1, () => {
    writer.text(1, scope.name).text(2, scope.version);
    writeKeyValues(writer, 3, scope.attributes);
  });
  for (const span of scope.spans) writer.message(2, () => writeSpan(writer, span));
}

function writeSpan(writer: ProtoWriter, span: StoredSpan): void {
  writer.bytes(1, Buffer.from(span.traceId, 'hex')).bytes(2, Buffer.from(span.spanId, 'hex'));
  if (span.traceState !== '') writer.text(3, span.traceState);
  if (span.parentSpanId !== '') writer.bytes(4, Buffer.from(span.parentSpanId, 'hex'));
  writer.text(5, span.name).varint(6, kindNumbers[span.kind]);
  writer.fixed64(7, span.startNs).fixed64(8, endOf(span));
  writeKeyValues(writer, 9, keyValues(span.attributes));
  for (const { timeNs, name, attributes } of span.events) {
    writer.message(11, () => {
      writer.fixed64(1, timeNs).text(2, name);
      writeKeyValues(writer, 3, keyValues(attributes));
    });
  }
  for (const { traceId, spanId, attributes } of span.links) {
    writer.message(13, () => {
      writer.bytes(1, Buffer.from(traceId, 'hex')).bytes(2, Buffer.from(spanId, 'hex'));
      writeKeyValues(writer, 4, keyValues(attributes));
    });
  }
  writer.message(15, () => {
    if (span.statusMessage !== '') writer.text(2, span.statusMessage);
    if (span.status !== 'unset') writer.varint(3, statusNumbers[span.status]);
  });
  if (span.flags !== 0) writer.fixed32(16, span.flags);
}
