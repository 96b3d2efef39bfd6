/**
 * Snappy's block format, encoded (github.com/google/snappy format_description): repetitions within 64 KiB are found by a
 * table of what stood where, greedily; each fragment stands alone, so offsets fit two bytes.
 */
const fragmentBytes = 65_536;
const slotBits = 14;
const matchMin = 4;

/** The block of `bytes` in pieces, for bodies so large that others must have a turn meanwhile. */
export function* snappyPieces(bytes: Uint8Array): Generator<Buffer> {
  yield lengthOf(bytes);
  const slots = new Uint16Array(1 << slotBits);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let start = 0; start < bytes.length; start += fragmentBytes) {
    const end = Math.min(start + fragmentBytes, bytes.length);
    const out = new Output(end - start);
    slots.fill(0);
    encodeFragment({ bytes, view, slots, out }, start, end);
    yield out.finish();
  }
}

function lengthOf({ length }: Uint8Array): Buffer {
  const bytes: number[] = [];
  let rest = length;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Buffer.from([...bytes, rest]);
}

interface Encoding {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Positions within the fragment, by the hash of the four bytes there. */
  readonly slots: Uint16Array;
  readonly out: Output;
}

function encodeFragment({ bytes, view, slots, out }: Encoding, start: number, end: number): void {
  const last = end - matchMin;
  let literal = start;
  let at = start + 1;
  let misses = 0;
  while (at <= last) {
    const word = view.getUint32(at, true);
    const slot = Math.imul(word, 0x1e35a7bd) >>> (32 - slotBits);
    const earlier = start + (slots[slot] as number);
    slots[slot] = at - start;
    if (earlier >= at || view.getUint32(earlier, true) !== word) {
      // What does not repeat is passed over faster and faster.
      at += 1 + (misses++ >>> 5);
      continue;
    }
    let length = matchMin;
    while (at + length < end && bytes[at + length] === bytes[earlier + length]) length++;
    out.literal(bytes, literal, at);
    out.copy(at - earlier, length);
    at += length;
    literal = at;
    misses = 0;
  }
  out.literal(bytes, literal, end);
}

class Output {
  private readonly buffer: Buffer;
  private at = 0;

  constructor(length: number) {
    // A literal costs three bytes more than it holds, and a copy of four or more is no longer than what it stands for.
    this.buffer = Buffer.allocUnsafe(32 + length + Math.ceil(length / 6));
  }

  literal(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (length === 0) return;
    const { buffer } = this;
    const count = length - 1;
    if (count < 60) buffer[this.at++] = count << 2;
    else if (count < 256) {
      buffer[this.at++] = 60 << 2;
      buffer[this.at++] = count;
    } else {
      buffer[this.at++] = 61 << 2;
      buffer[this.at++] = count & 255;
      buffer[this.at++] = count >>> 8;
    }
    buffer.set(bytes.subarray(start, end), this.at);
    this.at += length;
  }

  copy(offset: number, length: number): void {
    let left = length;
    while (left > 0) {
      const count = Math.min(left, 64);
      this.buffer[this.at++] = ((count - 1) << 2) | 2;
      this.buffer[this.at++] = offset & 255;
      this.buffer[this.at++] = offset >>> 8;
      left -= count;
    }
  }

  finish(): Buffer {
    return this.buffer.subarray(0, this.at);
  }
}
