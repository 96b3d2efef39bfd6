/** A growing buffer of RowBinary: little-endian numbers, strings with a varint length in bytes. Hot. */
export class ByteWriter {
  bytes: Buffer;
  length = 0;
  private view: DataView;

  constructor(capacityBytes = 1024) {
    this.bytes = Buffer.allocUnsafeSlow(capacityBytes);
    this.view = new DataView(this.bytes.buffer);
  }

  /** What was written, as a view: it stays right until the next `clear`, and later writes do not change it. */
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
    const chars = value.length;
    if (chars > 40) return this.longText(value);
    this.reserve(1 + 3 * chars);
    const bytes = this.bytes;
    let at = this.length + 1;
    for (let i = 0; i < chars; i++) {
      const code = value.charCodeAt(i);
      if (code > 127) return this.longText(value);
      bytes[at++] = code;
    }
    bytes[this.length] = chars;
    this.length = at;
  }

  /** Bytes that were encoded before. */
  raw(encoded: Uint8Array): void {
    this.reserve(encoded.length);
    this.bytes.set(encoded, this.length);
    this.length += encoded.length;
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
