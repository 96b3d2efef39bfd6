/**
 * How many bytes a span takes as protobuf, which is what Tempo counts in `traces_spanmetrics_size_total`. Made of the row,
 * so that it is the same however the span came. A letter counts as a byte, and a list or a map as its JSON.
 */
import type { Attributes, AttributeType, SpanRow } from '#model';

/** trace_id, span_id and both times, each with its tag. */
const plainBytes = 18 + 10 + 9 + 9;

/** Hot: once a span. */
export function bytesOf(span: SpanRow): number {
  let bytes = plainBytes + text(span.parentSpanId.length / 2) + text(span.traceState.length) + text(span.name.length);
  bytes += attributes(span.attributes) + dropped(span) + (span.flags === 0 ? 0 : 6);
  if (span.kind !== 'unspecified') bytes += 2;
  if (span.status !== 'unset' || span.statusMessage !== '') {
    bytes += message(text(span.statusMessage.length) + (span.status === 'unset' ? 0 : 2));
  }
  for (const event of span.events) {
    bytes += message(9 + text(event.name.length) + attributes(event.attributes) + count(event.droppedAttributes));
  }
  for (const link of span.links) {
    const own = 18 + 10 + text(link.traceState.length) + (link.flags === 0 ? 0 : 5);
    bytes += message(own + attributes(link.attributes) + count(link.droppedAttributes));
  }
  return bytes;
}

function attributes({ keys, values, types }: Attributes): number {
  let bytes = 0;
  for (let i = 0; i < keys.length; i++) {
    const value = message(valueBytes(types?.[i] ?? 'string', values[i] ?? ''));
    bytes += message(text((keys[i] ?? '').length) + value);
  }
  return bytes;
}

function valueBytes(type: AttributeType, written: string): number {
  switch (type) {
    case 'bool':
      return 2;
    case 'int':
      return 1 + (written.startsWith('-') ? 10 : varint(Number(written)));
    case 'double':
      return 9;
    case 'empty':
      return 0;
    case 'bytes':
      return message(Math.floor((written.replace(/=+$/, '').length * 3) / 4));
    default:
      return message(written.length);
  }
}

function dropped({ droppedAttributes, droppedEvents, droppedLinks }: SpanRow): number {
  return count(droppedAttributes) + count(droppedEvents) + count(droppedLinks);
}

/** A field of so many bytes, which is left out where it is empty. */
const text = (length: number): number => (length === 0 ? 0 : message(length));
const count = (value: number): number => (value === 0 ? 0 : 1 + varint(value));
const message = (length: number): number => 1 + varint(length) + length;

function varint(value: number): number {
  let bytes = 1;
  for (let left = value; left >= 128; left /= 128) bytes++;
  return bytes;
}
