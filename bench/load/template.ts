/**
 * A request's bytes, encoded once, with holes of fixed width that are filled anew for every request: so the loader
 * spends its time sending, not encoding. The writer below speaks just enough protobuf for that.
 */
export interface Hole {
  readonly at: number;
  readonly bytes: number;
}

export interface Template {
  readonly bytes: Buffer;
  /** In the order they were punched. */
  readonly holes: readonly Hole[];
}

export class TemplateWriter {
  private readonly chunks: Buffer[] = [];
  private readonly punched: Hole[] = [];
  length = 0;

  tag(field: number, wire: 0 | 1 | 2): this {
    return this.raw(varint((field << 3) | wire));
  }

  integer(field: number, value: number): this {
    return this.tag(field, 0).raw(varint(value));
  }

  text(field: number, value: string): this {
    const bytes = Buffer.from(value);
    return this.tag(field, 2).raw(varint(bytes.length)).raw(bytes);
  }

  message(field: number, fill: (inner: TemplateWriter) => void): this {
    const inner = new TemplateWriter();
    fill(inner);
    this.tag(field, 2).raw(varint(inner.length));
    for (const hole of inner.punched) this.punched.push({ at: hole.at + this.length, bytes: hole.bytes });
    this.chunks.push(...inner.chunks);
    this.length += inner.length;
    return this;
  }

  /** Bytes that each request fills in: fixed64, double, ids, or a varint of known width. */
  hole(bytes: number): this {
    this.punched.push({ at: this.length, bytes });
    return this.raw(Buffer.alloc(bytes));
  }

  raw(bytes: Buffer): this {
    this.chunks.push(bytes);
    this.length += bytes.length;
    return this;
  }

  finish(): Template {
    return { bytes: Buffer.concat(this.chunks), holes: this.punched };
  }
}

export function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  return Buffer.from([...bytes, rest]);
}

/** Milliseconds since the epoch as the six bytes a varint of this century takes. Hot. */
export function writeTimeVarint(into: Buffer, at: number, timeMs: number): void {
  let rest = timeMs;
  for (let i = 0; i < 5; i++) {
    into[at + i] = (rest % 128) | 128;
    rest = Math.floor(rest / 128);
  }
  into[at + 5] = rest;
}
