/**
 * Protobuf bytes, written field by field in the order of the calls. It writes what it is told: leaving out a field that
 * has its default, as proto3 does outside of oneofs, is the caller's.
 */
const firstBytes = 1024;

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

export class ProtoWriter {
  private buffer = Buffer.allocUnsafe(firstBytes);
  private at = 0;

  /** How many bytes have been written; for whoever has a bound to keep. */
  get bytesWritten(): number {
    return this.at;
  }

  /** `uint32`, `uint64`, `int32`, `int64`, `enum`: a negative number takes ten bytes, as the encoding demands. */
  varint(field: number, value: number | bigint): this {
    this.tag(field, VARINT);
    this.plainVarint(value);
    return this;
  }

  /** `sint32`, `sint64`: the zigzag form. */
  zigzag(field: number, value: number | bigint): this {
    const big = BigInt(value);
    return this.varint(field, BigInt.asUintN(64, (big << 1n) ^ (big >> 63n)));
  }

  bool(field: number, value: boolean): this {
    return this.varint(field, value ? 1 : 0);
  }

  /** `fixed64`, `sfixed64`. */
  fixed64(field: number, value: bigint): this {
    this.tag(field, FIXED64);
    this.room(8);
    this.at = this.buffer.writeBigUInt64LE(BigInt.asUintN(64, value), this.at);
    return this;
  }

  fixed32(field: number, value: number): this {
    this.tag(field, FIXED32);
    this.room(4);
    this.at = this.buffer.writeUInt32LE(value >>> 0, this.at);
    return this;
  }

  /** Every bit of a NaN is kept. */
  double(field: number, value: number): this {
    this.tag(field, FIXED64);
    this.room(8);
    this.at = this.buffer.writeDoubleLE(value, this.at);
    return this;
  }

  text(field: number, value: string): this {
    const length = Buffer.byteLength(value);
    this.tag(field, BYTES);
    this.plainVarint(length);
    this.room(length);
    this.at += this.buffer.write(value, this.at, 'utf8');
    return this;
  }

  bytes(field: number, value: Uint8Array): this {
    this.tag(field, BYTES);
    this.plainVarint(value.length);
    this.room(value.length);
    this.buffer.set(value, this.at);
    this.at += value.length;
    return this;
  }

  /** A message inside this one: `write` fills it. Nothing written to it is a message without fields. */
  message(field: number, write: (inner: this) => void): this {
    return this.delimited(field, () => write(this));
  }

  packedVarints(field: number, values: Iterable<number | bigint>): this {
    return this.delimited(field, () => {
      for (const value of values) this.plainVarint(value);
    });
  }

  packedDoubles(field: number, values: Iterable<number>): this {
    return this.delimited(field, () => {
      for (const value of values) {
        this.room(8);
        this.at = this.buffer.writeDoubleLE(value, this.at);
      }
    });
  }

  /** The bytes so far; they stay as they are when more is written. */
  finish(): Buffer {
    return Buffer.from(this.buffer.subarray(0, this.at));
  }

  /** The length stands before what it measures: one byte is kept for it, and a longer one moves the body along. */
  private delimited(field: number, write: () => void): this {
    this.tag(field, BYTES);
    this.room(1);
    const start = ++this.at;
    write();
    const length = this.at - start;
    const extra = varintBytes(length) - 1;
    if (extra > 0) {
      this.room(extra);
      this.buffer.copyWithin(start + extra, start, this.at);
    }
    this.at = start - 1;
    this.plainVarint(length);
    this.at += length;
    return this;
  }

  private tag(field: number, wireType: number): void {
    this.plainVarint(field * 8 + wireType);
  }

  private plainVarint(value: number | bigint): void {
    this.room(10);
    if (typeof value === 'bigint' || value < 0) this.bigVarint(BigInt.asUintN(64, BigInt(value)));
    else {
      let large = value;
      for (; large > 0xffff_ffff; large = Math.floor(large / 0x80)) this.buffer[this.at++] = (large % 0x80) | 0x80;
      let rest = large >>> 0;
      while (rest >= 0x80) {
        this.buffer[this.at++] = (rest & 0x7f) | 0x80;
        rest >>>= 7;
      }
      this.buffer[this.at++] = rest;
    }
  }

  private bigVarint(value: bigint): void {
    let rest = value;
    while (rest >= 0x80n) {
      this.buffer[this.at++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.buffer[this.at++] = Number(rest);
  }

  private room(bytes: number): void {
    if (this.at + bytes <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.at + bytes));
    this.buffer.copy(larger, 0, 0, this.at);
    this.buffer = larger;
  }
}

function varintBytes(length: number): number {
  let bytes = 1;
  for (let rest = length; rest >= 0x80; rest = Math.floor(rest / 128)) bytes++;
  return bytes;
}
