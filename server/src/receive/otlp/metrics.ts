/** `ExportMetricsServiceRequest` from protobuf, in one pass over the bytes. Points are read in `points.ts`. */

import type { ProtoCursor } from '#kit';
import type { WireMetric, WireMetrics } from '#normalise';
import type { AttributeColumns, ValueReader } from './attributes.ts';
import { decodeGroups, resourceFrom, resourceOf } from './envelope.ts';
import { readExponentialPoint, readHistogramPoint, readNumberPoint, readSummaryPoint } from './points.ts';

/** Refuses malformed bytes. The points keep a reference to `body` until they are translated. */
export function decodeMetrics(body: Uint8Array, nestingMax: number): WireMetrics[] {
  return decodeGroups(body, nestingMax, resourceMetrics);
}

function resourceMetrics(cursor: ProtoCursor, values: ValueReader, end: number): WireMetrics {
  let resource: { attributes: AttributeColumns | undefined; dropped: number } = { attributes: undefined, dropped: 0 };
  let resourceKey = '';
  let schemaUrl = '';
  const metrics: WireMetric[] = [];
  while (cursor.at < end) {
    const tag = cursor.varint(end);
    if (tag === 0x0a) {
      const stop = cursor.message(end);
      resourceKey = cursor.bytes.toString('latin1', cursor.at, stop);
      resource = resourceOf(cursor, values, stop);
    } else if (tag === 0x12) scopeMetrics(cursor, values, cursor.message(end), metrics);
    else if (tag === 0x1a) schemaUrl = cursor.text(end);
    else cursor.skip(tag, end);
  }
  return { resource: resourceFrom(resource, schemaUrl), resourceKey, metrics };
}

/** The scope is no part of a series' identity (Prometheus' default), so its metrics join the resource's. */
function scopeMetrics(cursor: ProtoCursor, values: ValueReader, end: number, into: WireMetric[]): void {
  while (cursor.at < end) {
    const tag = cursor.varint(end);
    if (tag === 0x12) into.push(readMetric(cursor, values, cursor.message(end)));
    else cursor.skip(tag, end);
  }
}

type Data = { kind: WireMetric['kind']; temporality: number; monotonic: boolean; points: unknown[] };

function readMetric(cursor: ProtoCursor, values: ValueReader, end: number): WireMetric {
  let name = '';
  let description = '';
  let unit = '';
  let data: Data = { kind: 'none', temporality: 0, monotonic: false, points: [] };
  while (cursor.at < end) {
    const tag = cursor.varint(end);
    switch (tag) {
      case 0x0a:
        name = cursor.text(end);
        break;
      case 0x12:
        description = cursor.text(end);
        break;
      case 0x1a:
        unit = cursor.text(end);
        break;
      case 0x2a:
        data = readData('gauge', cursor, values, cursor.message(end));
        break;
      case 0x3a:
        data = readData('sum', cursor, values, cursor.message(end));
        break;
      case 0x4a:
        data = readData('histogram', cursor, values, cursor.message(end));
        break;
      case 0x52:
        data = readData('exponential', cursor, values, cursor.message(end));
        break;
      case 0x5a:
        data = readData('summary', cursor, values, cursor.message(end));
        break;
      default:
        cursor.skip(tag, end);
    }
  }
  // The kind decided which points were read, so the pieces fit together.
  return { name, description, unit, ...data } as WireMetric;
}

const readers = {
  none: () => undefined,
  gauge: readNumberPoint,
  sum: readNumberPoint,
  histogram: readHistogramPoint,
  exponential: readExponentialPoint,
  summary: readSummaryPoint,
} as const;

/** All five share the numbering: 1 data_points, 2 aggregation_temporality, 3 is_monotonic. */
function readData(kind: WireMetric['kind'], cursor: ProtoCursor, values: ValueReader, end: number): Data {
  const read = readers[kind];
  const data: Data = { kind, temporality: 0, monotonic: false, points: [] };
  while (cursor.at < end) {
    const tag = cursor.varint(end);
    if (tag === 0x0a) data.points.push(read(cursor, values, cursor.message(end)));
    else if (tag === 0x10) data.temporality = cursor.int32(end);
    else if (tag === 0x18) data.monotonic = cursor.varint(end) !== 0;
    else cursor.skip(tag, end);
  }
  return data;
}
