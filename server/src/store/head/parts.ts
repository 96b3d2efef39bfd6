/** Puts together what a series has in chunks, plain cells and late samples. */
import type { Floats } from '../read/columns.ts';
import type { ChunksFound, ChunkTable } from './chunks.ts';

/** Where the samples between two times lie; `isSure` and `estimate` are about all of them. */
export interface Parts extends ChunksFound {
  /** The plain cells behind the chunks. */
  readonly plain: Floats;
  /** Samples that came too late for their chunk; they replace what it has of their times. */
  readonly late: Floats | undefined;
}

/** The samples with startMs <= time <= endMs, in new arrays. Hot. */
export function unpackParts(parts: Parts, startMs: number, endMs: number, table: ChunkTable): Floats {
  const { chunks, packedSamples, plain, late } = parts;
  const timesMs = roomFor(packedSamples + plain.timesMs.length);
  const values = roomFor(timesMs.length);
  let end = 0;
  for (let i = chunks.length - 1; i >= 0; i--) end = table.unpack(chunks[i] as number, timesMs, values, end);
  timesMs.set(plain.timesMs, end);
  values.set(plain.values, end);
  const whole = cut({ timesMs, values }, startMs, endMs);
  return late === undefined ? whole : mergeFloats(whole, cut(late, startMs, endMs));
}

/** Cells that nobody has written to. Many series share a buffer: a buffer of its own takes longer than its cells. */
function roomFor(cells: number): Float64Array {
  if (used + cells > buffer.length) {
    if (cells > bufferCells / 8) return new Float64Array(cells);
    buffer = new Float64Array(bufferCells);
    used = 0;
  }
  used += cells;
  return buffer.subarray(used - cells, used);
}

const bufferCells = 64 * 1024;
let buffer = new Float64Array(0);
let used = 0;

/** Of two samples at one time, the second's stays. Cells move as words, so that a NaN keeps its payload. */
export function mergeFloats(first: Floats, second: Floats): Floats {
  const timesMs = new Float64Array(first.timesMs.length + second.timesMs.length);
  const values = new Float64Array(timesMs.length);
  const words = new Uint32Array(values.buffer);
  let length = 0;
  const copy = ({ timesMs: times, values: from }: Floats, cell: number): void => {
    const cells = new Uint32Array(from.buffer, from.byteOffset + 8 * cell, 2);
    timesMs[length] = times[cell] as number;
    words.set(cells, 2 * length++);
  };
  let a = 0;
  let b = 0;
  while (a < first.timesMs.length || b < second.timesMs.length) {
    const aMs = a < first.timesMs.length ? (first.timesMs[a] as number) : Number.POSITIVE_INFINITY;
    const bMs = b < second.timesMs.length ? (second.timesMs[b] as number) : Number.POSITIVE_INFINITY;
    if (aMs < bMs) copy(first, a++);
    else {
      if (aMs === bMs) a++;
      copy(second, b++);
    }
  }
  return { timesMs: timesMs.subarray(0, length), values: values.subarray(0, length) };
}

function cut({ timesMs, values }: Floats, startMs: number, endMs: number): Floats {
  const from = firstFrom(timesMs, startMs);
  const to = firstFrom(timesMs, endMs + 1);
  return { timesMs: timesMs.subarray(from, to), values: values.subarray(from, to) };
}

function firstFrom(timesMs: Float64Array, limitMs: number): number {
  let low = 0;
  let high = timesMs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((timesMs[middle] as number) < limitMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
