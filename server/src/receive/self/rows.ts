import { hostname } from 'node:os';
import type { WorkEvent } from '#kit';
import {
  type Attributes,
  type AttributeType,
  type Level,
  type LogRow,
  labelsFrom,
  noAttributes,
  type Resource,
  type Scope,
  type SpanRow,
} from '#model';

export interface SelfIdentity {
  /** Labels of our own series. */
  readonly labels: readonly (readonly [string, string])[];
  readonly resource: Resource;
  readonly scope: Scope;
}

const service = 'farol';

export function selfIdentity(version: string, instance: string): SelfIdentity {
  const keys = ['service.name', 'service.version', 'service.instance.id', 'host.name', 'telemetry.sdk.language'];
  const values = [service, version, instance, hostname(), 'nodejs'];
  return {
    labels: [
      ['job', service],
      ['service_name', service],
      ['service_version', version],
      ['instance', instance],
    ],
    resource: { attributes: { keys, values }, schemaUrl: '', droppedAttributes: 0 },
    scope: { name: service, version, schemaUrl: '', attributes: noAttributes, droppedAttributes: 0 },
  };
}

/** A line of our own log (pino's JSON) as a log row. */
export function logRowOf(line: string, identity: SelfIdentity, nowMs: number): LogRow {
  const { level = 30, time, msg = '', trace_id = '', span_id = '', ...rest } = JSON.parse(line);
  const nowNs = BigInt(Math.trunc(nowMs)) * 1_000_000n;
  const timeMs = Date.parse(time);
  return {
    tenant: 'main',
    service,
    timeNs: Number.isNaN(timeMs) ? nowNs : BigInt(timeMs) * 1_000_000n,
    observedNs: nowNs,
    severityNumber: severityOf(level).number,
    severityText: '',
    level: severityOf(level).level,
    body: msg,
    bodyType: 'string',
    traceId: trace_id,
    spanId: span_id,
    flags: 0,
    eventName: '',
    stream: labelsFrom([['service_name', service]]),
    resource: identity.resource,
    scope: identity.scope,
    attributes: attributesOf(rest),
    droppedAttributes: 0,
  };
}

/** pino's levels (10 trace … 60 fatal) as OpenTelemetry's severity numbers (logs data model, "Severity Fields"). */
function severityOf(level: number): { number: number; level: Level } {
  if (level >= 60) return { number: 21, level: 'fatal' };
  if (level >= 50) return { number: 17, level: 'error' };
  if (level >= 40) return { number: 13, level: 'warn' };
  if (level >= 30) return { number: 9, level: 'info' };
  if (level >= 20) return { number: 5, level: 'debug' };
  return { number: 1, level: 'trace' };
}

export function spanRowOf(event: WorkEvent, identity: SelfIdentity): SpanRow {
  const startNs = BigInt(event.startMs) * 1_000_000n;
  const durationNs = BigInt(Math.max(0, Math.round(event.durationMs * 1e6)));
  const { error } = event;
  return {
    tenant: 'main',
    service,
    traceId: event.traceId,
    spanId: event.spanId,
    parentSpanId: event.parentSpanId,
    traceState: '',
    flags: 1,
    name: event.name,
    kind: event.kind,
    startNs,
    durationNs,
    status: error ? 'error' : 'unset',
    statusMessage: error?.message ?? '',
    resource: identity.resource,
    scope: identity.scope,
    attributes: attributesOf(event.attributes),
    events: error ? [exceptionOf(error, startNs + durationNs)] : [],
    links: [],
    droppedAttributes: 0,
    droppedEvents: 0,
    droppedLinks: 0,
  };
}

function exceptionOf(error: Error, timeNs: bigint): SpanRow['events'][number] {
  const keys = ['exception.type', 'exception.message', 'exception.stacktrace'];
  const values = [error.name, error.message, error.stack ?? ''];
  return { timeNs, name: 'exception', attributes: { keys, values }, droppedAttributes: 0 };
}

function attributesOf(values: Record<string, unknown>): Attributes {
  const keys = Object.keys(values);
  return { keys, values: keys.map((key) => textOf(values[key])), types: keys.map((key) => typeOf(values[key])) };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function typeOf(value: unknown): AttributeType {
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'double';
  return 'string';
}
