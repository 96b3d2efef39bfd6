/** `ExportLogsServiceRequest` from protobuf, in one pass over the bytes. Hot: bench/receive.ts. */

import type { ProtoCursor } from '#kit';
import type { AttributeType } from '#model';
import type { Wired, WireLog } from '#normalise';
import { type AttributeColumns, finishColumns, type ValueReader } from './attributes.ts';
import { decodeGroups, type ReadItem, resourceGroup } from './envelope.ts';

/** Refuses malformed bytes. */
export function decodeLogs(body: Uint8Array, nestingMax: number): Wired<WireLog>[] {
  return decodeGroups(body, nestingMax, readLogGroup);
}

const readLogGroup: ReadItem<Wired<WireLog>> = (cursor, values, end) => resourceGroup(cursor, values, end, readLog);

function readLog(cursor: ProtoCursor, values: ValueReader, end: number): WireLog {
  let timeNs = 0n;
  let observedNs = 0n;
  let severityNumber = 0;
  let severityText = '';
  let body = '';
  let bodyType: AttributeType = 'empty';
  let traceId = '';
  let spanId = '';
  let flags = 0;
  let eventName = '';
  let attributes: AttributeColumns | undefined;
  let droppedAttributes = 0;
  while (cursor.at < end) {
    const tag = cursor.varint(end);
    if (tag === 0x32) attributes = values.attribute(attributes, end);
    else if (tag === 0x09) timeNs = cursor.bigFixed64(end);
    else if (tag === 0x10) severityNumber = cursor.int32(end);
    else if (tag === 0x1a) severityText = cursor.text(end);
    else if (tag === 0x2a) {
      values.anyValue(cursor.message(end));
      body = values.value;
      bodyType = values.type;
    } else if (tag === 0x38) droppedAttributes = cursor.varint(end);
    else if (tag === 0x45) flags = cursor.fixed32(end);
    else if (tag === 0x4a) traceId = cursor.hex(end);
    else if (tag === 0x52) spanId = cursor.hex(end);
    else if (tag === 0x59) observedNs = cursor.bigFixed64(end);
    else if (tag === 0x62) eventName = cursor.text(end);
    else cursor.skip(tag, end);
  }
  return {
    timeNs,
    observedNs,
    severityNumber,
    severityText,
    body,
    bodyType,
    traceId,
    spanId,
    flags,
    eventName,
    attributes: finishColumns(attributes),
    droppedAttributes,
  };
}
