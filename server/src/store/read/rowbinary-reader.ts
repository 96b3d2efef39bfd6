/** Rows of `RowBinary`, as they stream in. A row that is not all there yet is read again when more has come. */
import { brokenAnswer } from '../refusals.ts';

export class ByteReader {
  /** Something was read past the end: the row must be read again. */
  short = false;
  at = 0;
  private bytes: Buffer = Buffer.alloc(0);
  private view: DataView = new DataView(new ArrayBuffer(0));

  load(bytes: Buffer): void {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.at = 0;
    this.short = false;
  }

  get length(): number {
    return this.bytes.length;
  }

  uint8(): number {
    return this.has(1) ? (this.bytes[this.at++] as number) : 0;
  }

  int8(): number {
    return (this.uint8() << 24) >> 24;
  }

  uint16(): number {
    return this.uint8() | (this.uint8() << 8);
  }

  int32(): number {
    if (!this.has(4)) return 0;
    this.at += 4;
    return this.view.getInt32(this.at - 4, true);
  }

  uint32(): number {
    return this.int32() >>> 0;
  }

  /** A 64-bit integer that is exact as a number. */
  integer64(): number {
    if (!this.has(8)) return 0;
    this.at += 8;
    return this.view.getInt32(this.at - 4, true) * 4294967296 + this.view.getUint32(this.at - 8, true);
  }

  float64(): number {
    if (!this.has(8)) return 0;
    this.at += 8;
    return this.view.getFloat64(this.at - 8, true);
  }

  varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.uint8();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  text(): string {
    const length = this.varint();
    if (!this.has(length)) return '';
    this.at += length;
    return this.bytes.toString('utf8', this.at - length, this.at);
  }

  /** An array, or a map whose `item` reads a key and a value. */
  list<T>(item: () => T): T[] {
    const items: T[] = [];
    for (let left = this.varint(); left > 0 && !this.short; left--) items.push(item());
    return items;
  }

  /** A map as names and values by turns, in the order of the cells. */
  pairs(): string[] {
    const flat: string[] = [];
    for (let left = this.varint(); left > 0 && !this.short; left--) flat.push(this.text(), this.text());
    return flat;
  }

  bigint64(): bigint {
    if (!this.has(8)) return 0n;
    this.at += 8;
    return this.view.getBigInt64(this.at - 8, true);
  }

  skipText(): void {
    const length = this.varint();
    if (this.has(length)) this.at += length;
  }

  /** Skips a map of texts. */
  skipPairs(): void {
    for (let left = this.varint(); left > 0 && !this.short; left--) {
      this.skipText();
      this.skipText();
    }
  }

  /** The bytes from `start` to here, one character each: a key under which what they mean can be remembered. */
  bytesSince(start: number): string {
    return this.bytes.toString('latin1', start, this.at);
  }

  private has(bytes: number): boolean {
    if (this.at + bytes <= this.bytes.length) return true;
    this.short = true;
    return false;
  }
}

/** Yields the rows of each chunk. `rowBytesMax` bounds what is kept for a row that has no end. */
export async function* rowBinaryRows<Row>(
  chunks: AsyncIterable<Buffer>,
  readRow: (reader: ByteReader) => Row,
  rowBytesMax = 64 * 1024 * 1024,
): AsyncGenerator<Row[]> {
  const reader = new ByteReader();
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    reader.load(bytes);
    const { rows, end } = readRows(reader, readRow);
    rest = bytes.subarray(end);
    if (rest.length > rowBytesMax) throw brokenAnswer(rest);
    if (rows.length > 0) yield rows;
  }
  if (rest.length > 0) throw brokenAnswer(rest);
}

function readRows<Row>(reader: ByteReader, readRow: (reader: ByteReader) => Row): { rows: Row[]; end: number } {
  const rows: Row[] = [];
  for (;;) {
    const end = reader.at;
    if (end === reader.length) return { rows, end };
    const row = readRow(reader);
    if (reader.short) return { rows, end };
    rows.push(row);
  }
}
