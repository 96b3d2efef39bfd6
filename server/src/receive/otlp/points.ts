/** Data points and exemplars from protobuf. A point's attributes stay bytes until a series is new. Hot: bench/receive.ts. */
import { type Attributes, noAttributes } from '#model';
import type {
  WireAttributes,
  WireBuckets,
  WireExemplar,
  WireExponentialPoint,
  WireHistogramPoint,
  WireNumberPoint,
  WireSummaryPoint,
} from '#normalise';
import type { ProtoCursor } from '../protobuf.ts';
import { type AttributeColumns, finishColumns, newColumns, type ValueReader } from './attributes.ts';

export const noPointAttributes: WireAttributes = { key: '', read: () => noAttributes };
const noExemplars: readonly WireExemplar[] = [];
const noBuckets: WireBuckets = { offset: 0, counts: [] };

/** The bytes of one point's attribute fields, tags and lengths included: key and lazy decoder at once. */
class AttributeBytes implements WireAttributes {
  private readonly cursor: ProtoCursor;
  private readonly values: ValueReader;
  private readonly start: number;
  private end: number;
  /** Start and end by turns, of fields that do not follow the first ones; no encoder in use writes such. */
  private others: number[] | undefined;

  constructor(cursor: ProtoCursor, values: ValueReader, start: number, end: number) {
    this.cursor = cursor;
    this.values = values;
    this.start = start;
    this.end = end;
  }

  get key(): string {
    const { bytes } = this.cursor;
    let key = bytes.toString('latin1', this.start, this.end);
    const others = this.others ?? [];
    for (let i = 0; i < others.length; i += 2)
      key += bytes.toString('latin1', others[i] as number, others[i + 1] as number);
    return key;
  }

  add(start: number, end: number): void {
    if (start === this.end && this.others === undefined) {
      this.end = end;
    } else {
      this.others ??= [];
      this.others.push(start, end);
    }
  }

  read(): Attributes {
    const columns = newColumns();
    this.readRange(columns, this.start, this.end);
    const others = this.others ?? [];
    for (let i = 0; i < others.length; i += 2) this.readRange(columns, others[i] as number, others[i + 1] as number);
    return finishColumns(columns);
  }

  private readRange(into: AttributeColumns, start: number, end: number): void {
    const { cursor } = this;
    cursor.at = start;
    while (cursor.at < end) {
      cursor.varint(end);
      this.values.keyValue(into, cursor.message(end));
    }
  }
}

function addAttribute(
  into: AttributeBytes | undefined,
  cursor: ProtoCursor,
  values: ValueReader,
  end: number,
): AttributeBytes {
  // The tag is one byte: its field number is below 16.
  const start = cursor.at - 1;
  const stop = cursor.message(end);
  cursor.at = stop;
  if (into === undefined) return new AttributeBytes(cursor, values, start, stop);
  into.add(start, stop);
  return into;
}

/** A fixed64 of nanoseconds as milliseconds, rounded down; exact. */
function milliseconds(cursor: ProtoCursor, end: number): number {
  cursor.fixed64(end);
  const high = cursor.high >>> 0;
  const low = cursor.low >>> 0;
  // 2^32 is 4294 million and 967296, so high · 2^32 divides without leaving 53 bits.
  return high * 4294 + Math.floor((high * 967296 + low) / 1e6);
}

function uint64(cursor: ProtoCursor, end: number): number {
  cursor.fixed64(end);
  return (cursor.high >>> 0) * 0x1_0000_0000 + (cursor.low >>> 0);
}

function int64(cursor: ProtoCursor, end: number): number {
  cursor.fixed64(end);
  return (cursor.high | 0) * 0x1_0000_0000 + (cursor.low >>> 0);
}

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
