/** The pieces that every data point is made of: attributes that stay bytes, times, 64-bit numbers. Hot: bench/receive.ts. */

import type { ProtoCursor } from '#kit';
import { type Attributes, noAttributes } from '#model';
import type { WireAttributes } from '#normalise';
import { type AttributeColumns, finishColumns, newColumns, type ValueReader } from './attributes.ts';

export const noPointAttributes: WireAttributes = { key: '', read: () => noAttributes };

/** The bytes of one point's attribute fields, tags and lengths included: key and lazy decoder at once. */
export class AttributeBytes implements WireAttributes {
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

export function addAttribute(
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
export function milliseconds(cursor: ProtoCursor, end: number): number {
  cursor.fixed64(end);
  const high = cursor.high >>> 0;
  const low = cursor.low >>> 0;
  // 2^32 is 4294 million and 967296, so high · 2^32 divides without leaving 53 bits.
  return high * 4294 + Math.floor((high * 967296 + low) / 1e6);
}

export function uint64(cursor: ProtoCursor, end: number): number {
  cursor.fixed64(end);
  return (cursor.high >>> 0) * 0x1_0000_0000 + (cursor.low >>> 0);
}

export function int64(cursor: ProtoCursor, end: number): number {
  cursor.fixed64(end);
  return (cursor.high | 0) * 0x1_0000_0000 + (cursor.low >>> 0);
}
