/** Data points and exemplars from protobuf. A point's attributes stay bytes until a series is new. Hot: bench/receive.ts. */
import type {
  WireBuckets,
  WireExemplar,
  WireExponentialPoint,
  WireHistogramPoint,
  WireNumberPoint,
  WireSummaryPoint,
} from '#normalise';
import type { ProtoCursor } from '../protobuf.ts';
import { type AttributeColumns, finishColumns, newColumns, type ValueReader } from './attributes.ts';
import { type AttributeBytes, addAttribute, int64, milliseconds, noPointAttributes, uint64 } from './pointparts.ts';

const noExemplars: readonly WireExemplar[] = [];
const noBuckets: WireBuckets = { offset: 0, counts: [] };

export function readNumberPoint(cursor: ProtoCursor, values: ValueReader, end: number): WireNumberPoint {
  let attributes: AttributeBytes | undefined;
  let startMs = 0;
  let timeMs = 0;
  let value: number | undefined;
  let flags = 0;
  let exemplars: WireExemplar[] | undefined;
  while (cursor.at < end) {
    const tag = cursor.varint(end);
    switch (tag) {
      case 0x3a:
        attributes = addAttribute(attributes, cursor, values, end);
        break;
      case 0x11:
        startMs = milliseconds(cursor, end);
        break;
      case 0x19:
        timeMs = milliseconds(cursor, end);
        break;
      case 0x21:
        value = cursor.double(end);
        break;
      case 0x31:
        value = int64(cursor, end);
        break;
      case 0x2a:
        exemplars ??= [];
        exemplars.push(readExemplar(cursor, values, cursor.message(end)));
        break;
      case 0x40:
        flags = cursor.varint(end);
        break;
      default:
        cursor.skip(tag, end);
    }
  }
  return {
    attributes: attributes ?? noPointAttributes,
    startMs,
    timeMs,
    value,
    flags,
    exemplars: exemplars ?? noExemplars,
  };
}

export function readHistogramPoint(cursor: ProtoCursor, values: ValueReader, end: number): WireHistogramPoint {
  let attributes: AttributeBytes | undefined;
  let startMs = 0;
  let timeMs = 0;
  let count = 0;
  let sum: number | undefined;
  const bucketCounts: number[] = [];
  const bounds: number[] = [];
  let flags = 0;
  let exemplars: WireExemplar[] | undefined;
  while (cursor.at < end) {
    const tag = cursor.varint(end);
    switch (tag) {
      case 0x4a:
        attributes = addAttribute(attributes, cursor, values, end);
        break;
      case 0x11:
        startMs = milliseconds(cursor, end);
        break;
      case 0x19:
        timeMs = milliseconds(cursor, end);
        break;
      case 0x21:
        count = uint64(cursor, end);
        break;
      case 0x29:
        sum = cursor.double(end);
        break;
      case 0x32: {
        const stop = cursor.message(end);
        while (cursor.at < stop) bucketCounts.push(uint64(cursor, stop));
        break;
      }
      case 0x31:
        bucketCounts.push(uint64(cursor, end));
        break;
      case 0x3a: {
        const stop = cursor.message(end);
        while (cursor.at < stop) bounds.push(cursor.double(stop));
        break;
      }
      case 0x39:
        bounds.push(cursor.double(end));
        break;
      case 0x42:
        exemplars ??= [];
        exemplars.push(readExemplar(cursor, values, cursor.message(end)));
        break;
      case 0x50:
        flags = cursor.varint(end);
        break;
      default:
        cursor.skip(tag, end);
    }
  }
  return {
    attributes: attributes ?? noPointAttributes,
    startMs,
    timeMs,
    count,
    sum,
    bucketCounts,
    bounds,
    flags,
    exemplars: exemplars ?? noExemplars,
  };
}

export function readExponentialPoint(cursor: ProtoCursor, values: ValueReader, end: number): WireExponentialPoint {
  let attributes: AttributeBytes | undefined;
  let startMs = 0;
  let timeMs = 0;
  let count = 0;
  let sum: number | undefined;
  let scale = 0;
  let zeroCount = 0;
  let zeroThreshold = 0;
  let positive = noBuckets;
  let negative = noBuckets;
  let flags = 0;
  let exemplars: WireExemplar[] | undefined;
  while (cursor.at < end) {
    const tag = cursor.varint(end);
    switch (tag) {
      case 0x0a:
        attributes = addAttribute(attributes, cursor, values, end);
        break;
      case 0x11:
        startMs = milliseconds(cursor, end);
        break;
      case 0x19:
        timeMs = milliseconds(cursor, end);
        break;
      case 0x21:
        count = uint64(cursor, end);
        break;
      case 0x29:
        sum = cursor.double(end);
        break;
      case 0x30:
        scale = cursor.sint32(end);
        break;
      case 0x39:
        zeroCount = uint64(cursor, end);
        break;
      case 0x42:
        positive = readBuckets(cursor, cursor.message(end));
        break;
      case 0x4a:
        negative = readBuckets(cursor, cursor.message(end));
        break;
      case 0x50:
        flags = cursor.varint(end);
        break;
      case 0x5a:
        exemplars ??= [];
        exemplars.push(readExemplar(cursor, values, cursor.message(end)));
        break;
      case 0x71:
        zeroThreshold = cursor.double(end);
        break;
      default:
        cursor.skip(tag, end);
    }
  }
  return {
    attributes: attributes ?? noPointAttributes,
    startMs,
    timeMs,
    count,
    sum,
    scale,
    zeroCount,
    zeroThreshold,
    positive,
    negative,
    flags,
    exemplars: exemplars ?? noExemplars,
  };
}

function readBuckets(cursor: ProtoCursor, end: number): WireBuckets {
  let offset = 0;
  const counts: number[] = [];
  while (cursor.at < end) {
    const tag = cursor.varint(end);
    if (tag === 0x08) offset = cursor.sint32(end);
    else if (tag === 0x12) {
      const stop = cursor.message(end);
      while (cursor.at < stop) counts.push(cursor.uint64(stop));
    } else if (tag === 0x10) counts.push(cursor.uint64(end));
    else cursor.skip(tag, end);
  }
  return { offset, counts };
}

export function readSummaryPoint(cursor: ProtoCursor, values: ValueReader, end: number): WireSummaryPoint {
  let attributes: AttributeBytes | undefined;
  let startMs = 0;
  let timeMs = 0;
  let count = 0;
  let sum = 0;
  const quantiles: number[] = [];
  let flags = 0;
  while (cursor.at < end) {
    const tag = cursor.varint(end);
    switch (tag) {
      case 0x3a:
        attributes = addAttribute(attributes, cursor, values, end);
        break;
      case 0x11:
        startMs = milliseconds(cursor, end);
        break;
      case 0x19:
        timeMs = milliseconds(cursor, end);
        break;
      case 0x21:
        count = uint64(cursor, end);
        break;
      case 0x29:
        sum = cursor.double(end);
        break;
      case 0x32:
        readQuantile(cursor, cursor.message(end), quantiles);
        break;
      case 0x40:
        flags = cursor.varint(end);
        break;
      default:
        cursor.skip(tag, end);
    }
  }
  return { attributes: attributes ?? noPointAttributes, startMs, timeMs, count, sum, quantiles, flags };
}

function readQuantile(cursor: ProtoCursor, end: number, into: number[]): void {
  let quantile = 0;
  let value = 0;
  while (cursor.at < end) {
    const tag = cursor.varint(end);
    if (tag === 0x09) quantile = cursor.double(end);
    else if (tag === 0x11) value = cursor.double(end);
    else cursor.skip(tag, end);
  }
  into.push(quantile, value);
}

function readExemplar(cursor: ProtoCursor, values: ValueReader, end: number): WireExemplar {
  let timeMs = 0;
  let value = 0;
  let traceId = '';
  let spanId = '';
  let attributes: AttributeColumns | undefined;
  while (cursor.at < end) {
    const tag = cursor.varint(end);
    switch (tag) {
      case 0x3a:
        attributes ??= newColumns();
        values.keyValue(attributes, cursor.message(end));
        break;
      case 0x11:
        timeMs = milliseconds(cursor, end);
        break;
      case 0x19:
        value = cursor.double(end);
        break;
      case 0x31:
        value = int64(cursor, end);
        break;
      case 0x22:
        spanId = cursor.hex(end);
        break;
      case 0x2a:
        traceId = cursor.hex(end);
        break;
      default:
        cursor.skip(tag, end);
    }
  }
  return { timeMs, value, traceId, spanId, attributes: finishColumns(attributes) };
}
