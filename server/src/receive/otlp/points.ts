/** Data points and exemplars from protobuf. A point's attributes stay bytes until a series is new. Hot: bench/receive.ts. */

import type { ProtoCursor } from '#kit';
import type {
  WireAttributes,
  WireBuckets,
  WireExemplar,
  WireExponentialPoint,
  WireHistogramPoint,
  WireNumberPoint,
  WireSummaryPoint,
} from '#normalise';
import { type AttributeColumns, finishColumns, type ValueReader } from './attributes.ts';
import { type AttributeBytes, addAttribute, int64, milliseconds, noPointAttributes, uint64 } from './pointparts.ts';

const noExemplars: readonly WireExemplar[] = [];
const noBuckets: WireBuckets = { offset: 0, counts: [] };

/** What every kind of point has; the kinds number it differently, but for the times (2 and 3). */
class Point {
  attributes: WireAttributes = noPointAttributes;
  startMs = 0;
  timeMs = 0;
  flags = 0;
  exemplars: readonly WireExemplar[] = noExemplars;
  private own: AttributeBytes | undefined = undefined;
  private list: WireExemplar[] | undefined = undefined;

  /** Reads a field that is not the kind's own. */
  shared(tag: number, tags: Tags, cursor: ProtoCursor, values: ValueReader, end: number): void {
    if (tag === tags.attributes) {
      this.own = addAttribute(this.own, cursor, values, end);
      this.attributes = this.own;
    } else if (tag === 0x19) this.timeMs = milliseconds(cursor, end);
    else if (tag === 0x11) this.startMs = milliseconds(cursor, end);
    else if (tag === tags.flags) this.flags = cursor.varint(end);
    else if (tag === tags.exemplars) {
      this.list ??= [];
      this.list.push(readExemplar(cursor, values, cursor.message(end)));
      this.exemplars = this.list;
    } else cursor.skip(tag, end);
  }
}

interface Tags {
  readonly attributes: number;
  readonly flags: number;
  readonly exemplars: number;
}

class NumberPoint extends Point implements WireNumberPoint {
  value: number | undefined = undefined;
}

const numberTags: Tags = { attributes: 0x3a, flags: 0x40, exemplars: 0x2a };

export function readNumberPoint(cursor: ProtoCursor, values: ValueReader, end: number): WireNumberPoint {
  const point = new NumberPoint();
  while (cursor.at < end) {
    const tag = cursor.varint(end);
    if (tag === 0x21) point.value = cursor.double(end);
    else if (tag === 0x31) point.value = int64(cursor, end);
    else point.shared(tag, numberTags, cursor, values, end);
  }
  return point;
}

class HistogramPoint extends Point implements WireHistogramPoint {
  count = 0;
  sum: number | undefined = undefined;
  readonly bucketCounts: number[] = [];
  readonly bounds: number[] = [];
}

const histogramTags: Tags = { attributes: 0x4a, flags: 0x50, exemplars: 0x42 };

export function readHistogramPoint(cursor: ProtoCursor, values: ValueReader, end: number): WireHistogramPoint {
  const point = new HistogramPoint();
  const { bucketCounts, bounds } = point;
  while (cursor.at < end) {
    const tag = cursor.varint(end);
    if (tag === 0x21) point.count = uint64(cursor, end);
    else if (tag === 0x29) point.sum = cursor.double(end);
    else if (tag === 0x32) {
      const stop = cursor.message(end);
      while (cursor.at < stop) bucketCounts.push(uint64(cursor, stop));
    } else if (tag === 0x31) bucketCounts.push(uint64(cursor, end));
    else if (tag === 0x3a) {
      const stop = cursor.message(end);
      while (cursor.at < stop) bounds.push(cursor.double(stop));
    } else if (tag === 0x39) bounds.push(cursor.double(end));
    else point.shared(tag, histogramTags, cursor, values, end);
  }
  return point;
}

class ExponentialPoint extends Point implements WireExponentialPoint {
  count = 0;
  sum: number | undefined = undefined;
  scale = 0;
  zeroCount = 0;
  zeroThreshold = 0;
  positive = noBuckets;
  negative = noBuckets;
}

const exponentialTags: Tags = { attributes: 0x0a, flags: 0x50, exemplars: 0x5a };

export function readExponentialPoint(cursor: ProtoCursor, values: ValueReader, end: number): WireExponentialPoint {
  const point = new ExponentialPoint();
  while (cursor.at < end) {
    const tag = cursor.varint(end);
    if (tag === 0x21) point.count = uint64(cursor, end);
    else if (tag === 0x29) point.sum = cursor.double(end);
    else if (tag === 0x30) point.scale = cursor.sint32(end);
    else if (tag === 0x39) point.zeroCount = uint64(cursor, end);
    else if (tag === 0x42) point.positive = readBuckets(cursor, cursor.message(end));
    else if (tag === 0x4a) point.negative = readBuckets(cursor, cursor.message(end));
    else if (tag === 0x71) point.zeroThreshold = cursor.double(end);
    else point.shared(tag, exponentialTags, cursor, values, end);
  }
  return point;
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

class SummaryPoint extends Point implements WireSummaryPoint {
  count = 0;
  sum = 0;
  /** Quantile and value by turns. */
  readonly quantiles: number[] = [];
}

/** A summary has no exemplars. */
const summaryTags: Tags = { attributes: 0x3a, flags: 0x40, exemplars: -1 };

export function readSummaryPoint(cursor: ProtoCursor, values: ValueReader, end: number): WireSummaryPoint {
  const point = new SummaryPoint();
  while (cursor.at < end) {
    const tag = cursor.varint(end);
    if (tag === 0x21) point.count = uint64(cursor, end);
    else if (tag === 0x29) point.sum = cursor.double(end);
    else if (tag === 0x32) readQuantile(cursor, cursor.message(end), point.quantiles);
    else point.shared(tag, summaryTags, cursor, values, end);
  }
  return point;
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
    if (tag === 0x3a) attributes = values.attribute(attributes, end);
    else if (tag === 0x11) timeMs = milliseconds(cursor, end);
    else if (tag === 0x19) value = cursor.double(end);
    else if (tag === 0x31) value = int64(cursor, end);
    else if (tag === 0x22) spanId = cursor.hex(end);
    else if (tag === 0x2a) traceId = cursor.hex(end);
    else cursor.skip(tag, end);
  }
  return { timeMs, value, traceId, spanId, attributes: finishColumns(attributes) };
}
