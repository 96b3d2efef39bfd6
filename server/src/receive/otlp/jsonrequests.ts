/** OTLP requests from JSON: the same wire records that the protobuf decoders make. */
import type { Resource, Scope } from '#model';
import type { Wired, WireLog, WireMetrics, WireSpan, WireSpanEvent, WireSpanLink } from '#normalise';
import { parseJson } from '../json.ts';
import {
  anyValue,
  arrayAt,
  asObject,
  attributesAt,
  idAt,
  intAt,
  type Json,
  objectAt,
  textAt,
  timeAt,
} from './jsonfields.ts';
import { metricOf } from './jsonpoints.ts';

export function decodeTracesJson(body: Buffer, nestingMax: number): Wired<WireSpan>[] {
  return groupsOf(body, nestingMax, { groups: 'resourceSpans', scopes: 'scopeSpans', items: 'spans' }, spanOf);
}

export function decodeLogsJson(body: Buffer, nestingMax: number): Wired<WireLog>[] {
  return groupsOf(body, nestingMax, { groups: 'resourceLogs', scopes: 'scopeLogs', items: 'logRecords' }, logOf);
}

export function decodeMetricsJson(body: Buffer, nestingMax: number): WireMetrics[] {
  const names = { groups: 'resourceMetrics', scopes: 'scopeMetrics', items: 'metrics' };
  return groupsOf(body, nestingMax, names, metricOf).map(({ resource, scopes }) => ({
    resource,
    resourceKey: JSON.stringify(resource),
    metrics: scopes.flatMap((scope) => scope.items),
  }));
}

interface Names {
  readonly groups: string;
  readonly scopes: string;
  readonly items: string;
}

function groupsOf<Item>(body: Buffer, nestingMax: number, names: Names, read: (item: Json) => Item): Wired<Item>[] {
  const request = asObject(parseJson(body, nestingMax), 'the request');
  return arrayAt(request, names.groups).map((item) => {
    const group = asObject(item, names.groups);
    return {
      resource: resourceOf(group),
      scopes: arrayAt(group, names.scopes).map((scopeItem) => {
        const scope = asObject(scopeItem, names.scopes);
        const items = arrayAt(scope, names.items).map((record) => read(asObject(record, names.items)));
        return { scope: scopeOf(scope), items };
      }),
    };
  });
}

function resourceOf(group: Json): Resource {
  const resource = objectAt(group, 'resource');
  return {
    attributes: attributesAt(resource, 'attributes'),
    schemaUrl: textAt(group, 'schemaUrl'),
    droppedAttributes: intAt(resource, 'droppedAttributesCount'),
  };
}

function scopeOf(group: Json): Scope {
  const scope = objectAt(group, 'scope');
  return {
    name: textAt(scope, 'name'),
    version: textAt(scope, 'version'),
    schemaUrl: textAt(group, 'schemaUrl'),
    attributes: attributesAt(scope, 'attributes'),
    droppedAttributes: intAt(scope, 'droppedAttributesCount'),
  };
}

function spanOf(span: Json): WireSpan {
  const status = objectAt(span, 'status');
  return {
    traceId: idAt(span, 'traceId'),
    spanId: idAt(span, 'spanId'),
    parentSpanId: idAt(span, 'parentSpanId'),
    traceState: textAt(span, 'traceState'),
    flags: intAt(span, 'flags'),
    name: textAt(span, 'name'),
    kind: intAt(span, 'kind'),
    startNs: timeAt(span, 'startTimeUnixNano'),
    endNs: timeAt(span, 'endTimeUnixNano'),
    attributes: attributesAt(span, 'attributes'),
    droppedAttributes: intAt(span, 'droppedAttributesCount'),
    events: arrayAt(span, 'events').map((event) => eventOf(asObject(event, 'events'))),
    droppedEvents: intAt(span, 'droppedEventsCount'),
    links: arrayAt(span, 'links').map((link) => linkOf(asObject(link, 'links'))),
    droppedLinks: intAt(span, 'droppedLinksCount'),
    statusCode: intAt(status, 'code'),
    statusMessage: textAt(status, 'message'),
  };
}

function eventOf(event: Json): WireSpanEvent {
  return {
    timeNs: timeAt(event, 'timeUnixNano'),
    name: textAt(event, 'name'),
    attributes: attributesAt(event, 'attributes'),
    droppedAttributes: intAt(event, 'droppedAttributesCount'),
  };
}

function linkOf(link: Json): WireSpanLink {
  return {
    traceId: idAt(link, 'traceId'),
    spanId: idAt(link, 'spanId'),
    traceState: textAt(link, 'traceState'),
    flags: intAt(link, 'flags'),
    attributes: attributesAt(link, 'attributes'),
    droppedAttributes: intAt(link, 'droppedAttributesCount'),
  };
}

function logOf(record: Json): WireLog {
  const body = anyValue(objectAt(record, 'body'));
  return {
    timeNs: timeAt(record, 'timeUnixNano'),
    observedNs: timeAt(record, 'observedTimeUnixNano'),
    severityNumber: intAt(record, 'severityNumber'),
    severityText: textAt(record, 'severityText'),
    body: body.text,
    bodyType: body.type,
    traceId: idAt(record, 'traceId'),
    spanId: idAt(record, 'spanId'),
    flags: intAt(record, 'flags'),
    eventName: textAt(record, 'eventName'),
    attributes: attributesAt(record, 'attributes'),
    droppedAttributes: intAt(record, 'droppedAttributesCount'),
  };
}
