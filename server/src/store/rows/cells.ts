/** The cells of a column, one after another: little-endian numbers, texts with a varint length in bytes. Hot. */
export class Cells {
  bytes: Buffer;
  length = 0;
  private view: DataView;

  constructor(capacityBytes = 1024) {
    this.bytes = Buffer.allocUnsafeSlow(capacityBytes);
    this.view = new DataView(this.bytes.buffer);
  }

  /** What was written, as a view: it stays right until `length` is set back, and later writes do not change it. */
  written(): Buffer {
    return this.bytes.subarray(0, this.length);
  }

  uint8(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  uint32(value: number): void {
    this.reserve(4);
    this.view.setUint32(this.length, value, true);
    this.length += 4;
  }

  /** An integer of at most 53 bits, as a signed or unsigned 64-bit cell. */
  integer64(value: number): void {
    this.reserve(8);
    const high = Math.floor(value / 4294967296);
    this.view.setUint32(this.length, value - high * 4294967296, true);
    this.view.setInt32(this.length + 4, high, true);
    this.length += 8;
  }

  bigint64(value: bigint): void {
    this.reserve(8);
    this.view.setBigUint64(this.length, BigInt.asUintN(64, value), true);
    this.length += 8;
  }

  float64(value: number): void {
    this.reserve(8);
    this.view.setFloat64(this.length, value, true);
    this.length += 8;
  }

  /** A double by its two words, so that a NaN keeps its payload. */
  words64(low: number, high: number): void {
    this.reserve(8);
    this.view.setUint32(this.length, low, true);
    this.view.setUint32(this.length + 4, high, true);
    this.length += 8;
  }

  varint(value: number): void {
    this.reserve(5);
    let rest = value;
    while (rest > 127) {
      this.bytes[this.length++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.bytes[this.length++] = rest;
  }

  text(value: string): void {
    if (value.length > 40 || !this.shortAscii(value)) this.longText(value);
  }

  /** Writes once more what stands between the two places. */
  repeat(from: number, to: number): void {
    this.reserve(to - from);
    this.bytes.copyWithin(this.length, from, to);
    this.length += to - from;
  }

  /** False, with nothing written, when the text is not ASCII. */
  private shortAscii(value: string): boolean {
    const chars = value.length;
    this.reserve(1 + chars);
    const bytes = this.bytes;
    let at = this.length + 1;
    for (let i = 0; i < chars; i++) {
      const code = value.charCodeAt(i);
      if (code > 127) return false;
      bytes[at++] = code;
    }
    bytes[this.length] = chars;
    this.length = at;
    return true;
  }

  // The text is written where it will stand if it is ASCII; other texts may need a longer length before them.
  private longText(value: string): void {
    this.reserve(10 + 3 * value.length);
    const start = this.length;
    const guess = varintBytes(value.length);
    const size = this.bytes.write(value, start + guess, 'utf8');
    const need = varintBytes(size);
    if (need !== guess) this.bytes.copyWithin(start + need, start + guess, start + guess + size);
    this.varint(size);
    this.length += size;
  }

  private reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.length + more));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }
}

function varintBytes(value: number): number {
  return value < 128 ? 1 : value < 16384 ? 2 : value < 2097152 ? 3 : value < 268435456 ? 4 : 5;
}
