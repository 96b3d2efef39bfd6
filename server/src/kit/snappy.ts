/**
 * Snappy's block format, decoded (github.com/google/snappy format_description). The length in the header is judged before
 * anything is decoded, every copy is checked, and the output buffer may be shared between calls. Hot: bench/receive.ts.
 */
import { Refusal } from '#model';

/** The decoded length that the header claims; refuses one over `bytesMax`, which the reader of the message knows as `limitName`. */
export function snappyLength(
  block: Uint8Array,
  bytesMax: number,
  limitName = 'limits.receive.decodedBytesMax',
): SnappyHeader {
  let length = 0;
  for (let i = 0; i < 5 && i < block.length; i++) {
    const byte = block[i] as number;
    length += (byte & 0x7f) * 2 ** (7 * i);
    if (byte >= 0x80) continue;
    if (length > bytesMax) {
      throw new Refusal(`body decodes to ${length} bytes, ${limitName} is ${bytesMax}; send smaller batches`, {
        code: 'BODY_TOO_LARGE',
      });
    }
    return { length, at: i + 1 };
  }
  throw corrupt('has no length in front');
}

/** Decodes `block` into the front of `out`, which must hold `length` bytes. Refuses corrupt input. */
export function snappyDecodeInto(out: Uint8Array, block: Uint8Array, header: SnappyHeader): void {
  new SnappyDecoder(out, block, header).decode(Number.POSITIVE_INFINITY);
}

export interface SnappyHeader {
  readonly length: number;
  readonly at: number;
}

/** The same in steps, for blocks so large that others must have a turn meanwhile. */
export class SnappyDecoder {
  private readonly out: Uint8Array;
  private readonly block: Uint8Array;
  private readonly length: number;
  private at: number;
  private to = 0;

  constructor(out: Uint8Array, block: Uint8Array, header: SnappyHeader) {
    this.out = out;
    this.block = block;
    this.length = header.length;
    this.at = header.at;
  }

  /** Goes on for at least `bytesMax` decoded bytes, or to the end. True when all is decoded. */
  decode(bytesMax: number): boolean {
    const { out, block, length } = this;
    const end = block.length;
    let { at, to } = this;
    const toMax = to + bytesMax;
    while (at < end && to < toMax) {
      const tag = block[at++] as number;
      if ((tag & 3) === 0) {
        let count = (tag >>> 2) + 1;
        if (count > 60) {
          const extra = count - 60;
          if (at + extra > end) throw corrupt('ends inside a literal');
          count = littleEndian(block, at, extra) + 1;
          at += extra;
        }
        if (at + count > end || to + count > length) throw corrupt('has a literal past its end');
        if (count <= 24) for (let i = 0; i < count; i++) out[to + i] = block[at + i] as number;
        else out.set(block.subarray(at, at + count), to);
        at += count;
        to += count;
        continue;
      }
      let count: number;
      let offset: number;
      if ((tag & 3) === 1) {
        if (at >= end) throw corrupt('ends inside a copy');
        count = ((tag >>> 2) & 7) + 4;
        offset = ((tag >>> 5) << 8) | (block[at] as number);
        at += 1;
      } else {
        const width = (tag & 3) === 2 ? 2 : 4;
        if (at + width > end) throw corrupt('ends inside a copy');
        count = (tag >>> 2) + 1;
        offset = littleEndian(block, at, width);
        at += width;
      }
      if (offset === 0 || offset > to || to + count > length) throw corrupt('copies from outside itself');
      const from = to - offset;
      if (count > 24 && offset >= count) out.copyWithin(to, from, from + count);
      else for (let i = 0; i < count; i++) out[to + i] = out[from + i] as number;
      to += count;
    }
    this.at = at;
    this.to = to;
    if (at < end) return false;
    if (to !== length) throw corrupt(`decodes to ${to} bytes where its header says ${length}`);
    return true;
  }
}

function littleEndian(bytes: Uint8Array, at: number, width: number): number {
  let value = 0;
  for (let i = width - 1; i >= 0; i--) value = value * 256 + (bytes[at + i] as number);
  return value;
}

function corrupt(what: string): Refusal {
  return new Refusal(`snappy block ${what}; send snappy's block format (not the framed one), whole`, {
    code: 'BAD_REQUEST',
  });
}
