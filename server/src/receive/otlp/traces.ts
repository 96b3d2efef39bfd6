/** `ExportTraceServiceRequest` from protobuf, in one pass over the bytes. Hot: bench/receive.ts. */

import type { ProtoCursor } from '#kit';
import type { Wired, WireSpan, WireSpanEvent, WireSpanLink } from '#normalise';
import { type AttributeColumns, finishColumns, type ValueReader } from './attributes.ts';
import { decodeGroups, type ReadItem, resourceGroup } from './envelope.ts';

/** Refuses malformed bytes. */
export function decodeTraces(body: Uint8Array, nestingMax: number): Wired<WireSpan>[] {
  return decodeGroups(body, nestingMax, readTraceGroup);
}

const readTraceGroup: ReadItem<Wired<WireSpan>> = (cursor, values, end) => resourceGroup(cursor, values, end, readSpan);

const noEvents: readonly WireSpanEvent[] = [];
const noLinks: readonly WireSpanLink[] = [];

function readSpan(cursor: ProtoCursor, values: ValueReader, end: number): WireSpan {
  let traceId = '';
  let spanId = '';
  let parentSpanId = '';
  let traceState = '';
  let flags = 0;
  let name = '';
  let kind = 0;
  let startNs = 0n;
  let endNs = 0n;
  let attributes: AttributeColumns | undefined;
  let droppedAttributes = 0;
  let events: WireSpanEvent[] | undefined;
  let droppedEvents = 0;
  let links: WireSpanLink[] | undefined;
  let droppedLinks = 0;
  let statusCode = 0;
  let statusMessage = '';
  while (cursor.at < end) {
    const tag = cursor.varint(end);
    // Most fields of a span are its attributes.
    if (tag === 0x4a) attributes = values.attribute(attributes, end);
    else if (tag === 0x0a) traceId = cursor.hex(end);
    else if (tag === 0x12) spanId = cursor.hex(end);
    else if (tag === 0x1a) traceState = cursor.text(end);
    else if (tag === 0x22) parentSpanId = cursor.hex(end);
    else if (tag === 0x2a) name = cursor.text(end);
    else if (tag === 0x30) kind = cursor.int32(end);
    else if (tag === 0x39) startNs = cursor.bigFixed64(end);
    else if (tag === 0x41) endNs = cursor.bigFixed64(end);
    else if (tag === 0x50) droppedAttributes = cursor.varint(end);
    else if (tag === 0x5a) {
      events ??= [];
      events.push(readEvent(cursor, values, cursor.message(end)));
    } else if (tag === 0x60) droppedEvents = cursor.varint(end);
    else if (tag === 0x6a) {
      links ??= [];
      links.push(readLink(cursor, values, cursor.message(end)));
    } else if (tag === 0x70) droppedLinks = cursor.varint(end);
    else if (tag === 0x7a) {
      const stop = cursor.message(end);
      while (cursor.at < stop) {
        const inner = cursor.varint(stop);
        if (inner === 0x12) statusMessage = cursor.text(stop);
        else if (inner === 0x18) statusCode = cursor.int32(stop);
        else cursor.skip(inner, stop);
      }
    } else if (tag === 0x85) flags = cursor.fixed32(end);
    else cursor.skip(tag, end);
  }
  return {
    traceId,
    spanId,
    parentSpanId,
    traceState,
    flags,
    name,
    kind,
    startNs,
    endNs,
    attributes: finishColumns(attributes),
    droppedAttributes,
    events: events ?? noEvents,
    droppedEvents,
    links: links ?? noLinks,
    droppedLinks,
    statusCode,
    statusMessage,
  };
}

function readEvent(cursor: ProtoCursor, values: ValueReader, end: number): WireSpanEvent {
  let timeNs = 0n;
  let name = '';
  let attributes: AttributeColumns | undefined;
  let droppedAttributes = 0;
  while (cursor.at < end) {
    const tag = cursor.varint(end);
    if (tag === 0x1a) attributes = values.attribute(attributes, end);
    else if (tag === 0x09) timeNs = cursor.bigFixed64(end);
    else if (tag === 0x12) name = cursor.text(end);
    else if (tag === 0x20) droppedAttributes = cursor.varint(end);
    else cursor.skip(tag, end);
  }
  return { timeNs, name, attributes: finishColumns(attributes), droppedAttributes };
}

function readLink(cursor: ProtoCursor, values: ValueReader, end: number): WireSpanLink {
  let traceId = '';
  let spanId = '';
  let traceState = '';
  let flags = 0;
  let attributes: AttributeColumns | undefined;
  let droppedAttributes = 0;
  while (cursor.at < end) {
    const tag = cursor.varint(end);
    if (tag === 0x0a) traceId = cursor.hex(end);
    else if (tag === 0x12) spanId = cursor.hex(end);
    else if (tag === 0x1a) traceState = cursor.text(end);
    else if (tag === 0x22) attributes = values.attribute(attributes, end);
    else if (tag === 0x28) droppedAttributes = cursor.varint(end);
    else if (tag === 0x35) flags = cursor.fixed32(end);
    else cursor.skip(tag, end);
  }
  return { traceId, spanId, traceState, flags, attributes: finishColumns(attributes), droppedAttributes };
}
