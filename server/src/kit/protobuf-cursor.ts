/**
 * A position in protobuf bytes. Hand-written because it is hot (bench/receive.ts) and because input is hostile: every read
 * is checked against the end of its message, and malformed bytes are a `Refusal`, never a crash.
 * Fields are told apart by their whole tag (number and wire type), so a known number with an odd wire type is an unknown
 * field and skipped, as the encoding demands.
 */
import { Refusal } from '#model';
import { textAt } from './texts.ts';

/** Wire types. */
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

const scratchWords = new Uint32Array(2);
const scratchBig = new BigUint64Array(scratchWords.buffer);

export class ProtoCursor {
  readonly bytes: Buffer;
  private readonly view: DataView;
  at = 0;
  /** The 32-bit words of the last varint or fixed64. `low` and `high` may be negative as numbers; their bits count. */
  low = 0;
  high = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** A varint's low 32 bits, unsigned. All 64 are in `low` and `high`. */
  varint(end: number): number {
    const at = this.at;
    if (at < end) {
      const byte = this.bytes[at] as number;
      if (byte < 0x80) {
        this.at = at + 1;
        this.low = byte;
        this.high = 0;
        return byte;
      }
    }
    return this.longVarint(end);
  }

  private longVarint(end: number): number {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.at >= end) throw malformed('ends inside a number', this.at);
      const byte = this.bytes[this.at++] as number;
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >> 4;
      } else high |= bits << (shift - 32);
      if (byte < 0x80) {
        this.low = low;
        this.high = high;
        return low >>> 0;
      }
    }
    throw malformed('has a number of more than 10 bytes', this.at);
  }

  /** A signed 64-bit varint as a number: exact up to 2^53, the nearest double beyond. */
  int64(end: number): number {
    this.varint(end);
    return this.high * 0x1_0000_0000 + (this.low >>> 0);
  }

  uint64(end: number): number {
    this.varint(end);
    return (this.high >>> 0) * 0x1_0000_0000 + (this.low >>> 0);
  }

  int32(end: number): number {
    return this.varint(end) | 0;
  }

  sint32(end: number): number {
    const zigzag = this.varint(end);
    return (zigzag >>> 1) ^ -(zigzag & 1);
  }

  sint64(end: number): number {
    this.varint(end);
    const isNegative = (this.low & 1) === 1;
    const half = (this.high >>> 0) * 0x8000_0000 + (this.low >>> 1);
    return isNegative ? -half - 1 : half;
  }

  fixed32(end: number): number {
    const at = this.advance(4, end);
    return this.view.getUint32(at, true);
  }

  /** Reads 8 bytes into `low` and `high`. */
  fixed64(end: number): void {
    const at = this.advance(8, end);
    this.low = this.view.getUint32(at, true);
    this.high = this.view.getUint32(at + 4, true);
  }

  double(end: number): number {
    return this.view.getFloat64(this.advance(8, end), true);
  }

  /** The last 64 bits as an unsigned bigint. */
  bigUint(): bigint {
    scratchWords[0] = this.low;
    scratchWords[1] = this.high;
    return scratchBig[0] as bigint;
  }

  /** A fixed64 as an unsigned bigint. */
  bigFixed64(end: number): bigint {
    this.fixed64(end);
    return this.bigUint();
  }

  bigInt(): bigint {
    return BigInt.asIntN(64, this.bigUint());
  }

  /** A length-delimited field: its end. `at` is its start. */
  message(end: number): number {
    const length = this.varint(end);
    const stop = this.at + length;
    if (this.high !== 0 || stop > end) throw malformed('ends inside a field', this.at);
    return stop;
  }

  /** A UTF-8 string; invalid UTF-8 is malformed (proto3 says so). */
  text(end: number): string {
    const stop = this.message(end);
    const start = this.at;
    this.at = stop;
    return textAt(this.bytes, start, stop);
  }

  /** Bytes as lower-case hex. */
  hex(end: number): string {
    const stop = this.message(end);
    const start = this.at;
    this.at = stop;
    return this.bytes.toString('hex', start, stop);
  }

  skip(tag: number, end: number): void {
    if (tag >>> 3 === 0) throw malformed('has a field with number 0', this.at);
    switch (tag & 7) {
      case VARINT:
        this.varint(end);
        return;
      case FIXED64:
        this.advance(8, end);
        return;
      case BYTES:
        this.at = this.message(end);
        return;
      case FIXED32:
        this.advance(4, end);
        return;
      default:
        throw malformed(`has wire type ${tag & 7}, which OTLP, remote write and Loki do not use`, this.at);
    }
  }

  private advance(length: number, end: number): number {
    const at = this.at;
    if (at + length > end) throw malformed('ends inside a fixed-size field', at);
    this.at = at + length;
    return at;
  }
}

function malformed(what: string, at: number): Refusal {
  return new Refusal(`protobuf ${what}, at byte ${at}; the body is truncated or not the message this path takes`, {
    code: 'BAD_REQUEST',
  });
}
