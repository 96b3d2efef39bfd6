/**
 * Bits, highest first, and the numbers of variable width that Prometheus' chunks are made of.
 * Source: Prometheus' tsdb/docs/format/chunks.md and tsdb/chunkenc/varbit.go.
 */
const firstBytes = 1024;

export class BitWriter {
  private buffer = Buffer.alloc(firstBytes);
  private at = 0;
  /** Bits of the byte at hand, and how many there are. */
  private current = 0;
  private used = 0;

  /** Forgets what was written. */
  begin(): void {
    this.at = 0;
    this.current = 0;
    this.used = 0;
  }

  /** The lowest `count` bits of `value`; at most 32. */
  bits(value: number, count: number): void {
    for (let left = count; left > 0; ) {
      const taken = Math.min(8 - this.used, left);
      left -= taken;
      this.current = (this.current << taken) | ((value >>> left) & ((1 << taken) - 1));
      this.used += taken;
      if (this.used === 8) this.nextByte();
    }
  }

  /** The lowest `count` bits of the 64 in two words. */
  wideBits(high: number, low: number, count: number): void {
    if (count > 32) this.bits(high, count - 32);
    this.bits(low, Math.min(count, 32));
  }

  byte(value: number): void {
    this.bits(value, 8);
  }

  /** What was written, the last byte filled up with zeros. */
  finish(): Buffer {
    if (this.used > 0) this.bits(0, 8 - this.used);
    return Buffer.from(this.buffer.subarray(0, this.at));
  }

  private nextByte(): void {
    if (this.at === this.buffer.length) this.buffer = Buffer.concat([this.buffer], this.buffer.length * 2);
    this.buffer[this.at++] = this.current;
    this.current = 0;
    this.used = 0;
  }
}

/** The upper word of a whole number, as two's complement has it. The lower one is `number >>> 0`. */
export function highWord(value: number): number {
  return Math.floor(value / 2 ** 32) >>> 0;
}

export function uvarint(into: BitWriter, value: number): void {
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) into.byte((rest % 0x80) | 0x80);
  into.byte(rest);
}

/** Zigzag. */
export function varint(into: BitWriter, value: number): void {
  uvarint(into, value < 0 ? -value * 2 - 1 : value * 2);
}

/** Bits of the widths to choose from; what fits none takes 64. */
const widths = [3, 6, 9, 12, 18, 25, 56];

/** `<varbit_int>` of a whole number up to 2^53. */
export function varbitInt(into: BitWriter, value: number): void {
  if (value === 0) into.bits(0, 1);
  else varbit(into, value, (width) => fitsSigned(value, width));
}

/** `<varbit_uint>` */
export function varbitUint(into: BitWriter, value: number): void {
  if (value === 0) into.bits(0, 1);
  else varbit(into, value, (width) => value < 2 ** width);
}

/** As Prometheus has it, one more on the positive side. */
export function fitsSigned(value: number, width: number): boolean {
  const half = 2 ** (width - 1);
  return value > -half && value <= half;
}

function varbit(into: BitWriter, value: number, fits: (width: number) => boolean): void {
  const index = widths.findIndex(fits);
  // One 1 for each narrower width, the first included, and a 0; the widest of all needs none.
  if (index < 0) into.bits(0xff, 8);
  else into.bits(2 ** (index + 2) - 2, index + 2);
  into.wideBits(highWord(value), value >>> 0, widths[index] ?? 64);
}
