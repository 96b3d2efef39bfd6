/**
 * Compresses a template with real snappy matches, but keeps the holes out of them: a hole is always a literal and never
 * what a match points at. So the holes can be filled in the compressed bytes, and the receiver has real work to do.
 */
import { type Hole, type Template, varint } from './template.ts';

const offsetMax = 65_535;
const copyMax = 64;
const hashBits = 14;

export function compressAround({ bytes, holes }: Template): Template {
  const masked = new Uint8Array(bytes.length);
  for (const { at, bytes: width } of holes) masked.fill(1, at, at + width);
  const out = Buffer.alloc(bytes.length + bytes.length / 6 + 32);
  const landed = new Uint32Array(bytes.length);
  let length = varint(bytes.length).copy(out);

  function literal(from: number, to: number): void {
    for (let at = from; at < to; at += 65_536) {
      const size = Math.min(65_536, to - at);
      if (size <= 60) out[length++] = (size - 1) << 2;
      else {
        out[length++] = 61 << 2;
        out.writeUInt16LE(size - 1, length);
        length += 2;
      }
      bytes.copy(out, length, at, at + size);
      for (let i = 0; i < size; i++) landed[at + i] = length + i;
      length += size;
    }
  }

  function copy(offset: number, size: number): void {
    for (let rest = size; rest > 0; rest -= copyMax) {
      out[length++] = ((Math.min(rest, copyMax) - 1) << 2) | 2;
      out.writeUInt16LE(offset, length);
      length += 2;
    }
  }

  const seen = new Int32Array(1 << hashBits).fill(-1);
  let pending = 0;
  let at = 0;
  while (at + 4 <= bytes.length) {
    if (masked[at] || masked[at + 1] || masked[at + 2] || masked[at + 3]) {
      at++;
      continue;
    }
    const key = Math.imul(bytes.readInt32LE(at), 0x1e35a7bd) >>> (32 - hashBits);
    const from = seen[key] ?? -1;
    seen[key] = at;
    const size = from >= 0 && at - from <= offsetMax ? matchLength(bytes, masked, from, at) : 0;
    if (size < 4) {
      at++;
      continue;
    }
    literal(pending, at);
    copy(at - from, size);
    at += size;
    pending = at;
  }
  literal(pending, bytes.length);
  const moved: Hole[] = holes.map((hole) => ({ at: landed[hole.at] ?? 0, bytes: hole.bytes }));
  return { bytes: Buffer.from(out.subarray(0, length)), holes: moved };
}

function matchLength(bytes: Buffer, masked: Uint8Array, from: number, at: number): number {
  let size = 0;
  while (at + size < bytes.length && bytes[from + size] === bytes[at + size]) {
    if (masked[from + size] || masked[at + size]) break;
    size++;
  }
  return size;
}
