/** Protobuf, written: only for the small answers that OTLP asks for. */
export class ProtoWriter {
  private readonly parts: Buffer[] = [];

  /** A non-negative integer; 0 is left out, as proto3 does. */
  int(field: number, value: number): this {
    if (value !== 0) this.parts.push(varint(field * 8), varint(value));
    return this;
  }

  text(field: number, value: string): this {
    return value === '' ? this : this.message(field, Buffer.from(value, 'utf8'));
  }

  /** A nested message, present even when empty. */
  message(field: number, bytes: Buffer): this {
    this.parts.push(varint(field * 8 + 2), varint(bytes.length), bytes);
    return this;
  }

  bytes(): Buffer {
    return Buffer.concat(this.parts);
  }
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  while (left >= 0x80) {
    bytes.push((left % 0x80) + 0x80);
    left = Math.floor(left / 0x80);
  }
  bytes.push(left);
  return Buffer.from(bytes);
}
