/** OTLP's JSON for the parts of a span that are read only with the whole trace (OTLP 1.x, "JSON Protobuf Encoding"). */
import type { Attributes, AttributeType, SpanEvent, SpanLink } from '#model';

export function eventsJson(events: readonly SpanEvent[]): string {
  if (events.length === 0) return '';
  let json = '[';
  for (const event of events) {
    if (json.length > 1) json += ',';
    json += `{"timeUnixNano":"${event.timeNs}","name":${JSON.stringify(event.name)}`;
    json += `${attributesJson(event.attributes)}${droppedJson(event.droppedAttributes)}}`;
  }
  return `${json}]`;
}

export function linksJson(links: readonly SpanLink[]): string {
  if (links.length === 0) return '';
  let json = '[';
  for (const link of links) {
    if (json.length > 1) json += ',';
    json += `{"traceId":"${link.traceId}","spanId":"${link.spanId}"`;
    if (link.traceState !== '') json += `,"traceState":${JSON.stringify(link.traceState)}`;
    if (link.flags !== 0) json += `,"flags":${link.flags}`;
    json += `${attributesJson(link.attributes)}${droppedJson(link.droppedAttributes)}}`;
  }
  return `${json}]`;
}

function attributesJson(attributes: Attributes): string {
  if (attributes.keys.length === 0) return '';
  let json = ',"attributes":[';
  for (let i = 0; i < attributes.keys.length; i++) {
    if (i > 0) json += ',';
    const value = anyValueJson(attributes.types?.[i] ?? 'string', attributes.values[i] ?? '');
    json += `{"key":${JSON.stringify(attributes.keys[i])},"value":${value}}`;
  }
  return `${json}]`;
}

const droppedJson = (count: number): string => (count === 0 ? '' : `,"droppedAttributesCount":${count}`);

function anyValueJson(type: AttributeType, value: string): string {
  switch (type) {
    case 'string':
      return `{"stringValue":${JSON.stringify(value)}}`;
    case 'int':
      return `{"intValue":${JSON.stringify(value)}}`;
    case 'double':
      return `{"doubleValue":${Number.isFinite(Number(value)) && value !== '' ? Number(value) : JSON.stringify(value)}}`;
    case 'bool':
      return `{"boolValue":${value === 'true'}}`;
    case 'bytes':
      return `{"bytesValue":${JSON.stringify(value)}}`;
    case 'array':
      return `{"arrayValue":${value === '' ? '{}' : value}}`;
    case 'kvlist':
      return `{"kvlistValue":${value === '' ? '{}' : value}}`;
    case 'empty':
      return '{}';
  }
}
