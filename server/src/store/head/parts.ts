/** Puts together what a series has in chunks, plain cells and late samples. */
import { cellsOf, type SampleCells } from '#model';
import type { Floats } from '../read/columns.ts';
import type { ChunksFound, ChunkTable } from './chunks.ts';

/** Where the samples between two times lie; `isSure` and `estimate` are about all of them. */
export interface Parts extends ChunksFound {
  /** The plain cells behind the chunks. */
  readonly plain: SampleCells | undefined;
  /** Samples that came too late for their chunk; they replace what it has of their times. */
  readonly late: Floats | undefined;
}

/** The samples with startMs <= time <= endMs, in new arrays. Hot. */
export function unpackParts(parts: Parts, startMs: number, endMs: number, table: ChunkTable): Floats {
  const { late } = parts;
  const timesMs = roomFor(cellsIn(parts));
  const values = roomFor(timesMs.length);
  unpackInto(timesMs, values, parts, table);
  const whole = cut({ timesMs, values }, startMs, endMs);
  return late === undefined ? whole : mergeFloats(whole, cut(late, startMs, endMs));
}

/** Of a series without late samples: the same, in arrays that the next glance overwrites. Hot. */
export function glanceAtParts(parts: Parts, startMs: number, endMs: number, table: ChunkTable): SampleCells {
  const cells = cellsIn(parts);
  if (cells > glancedMax) return cellsOf(unpackParts(parts, startMs, endMs, table));
  if (glanced.timesMs.length < cells) {
    glanced = { timesMs: new Float64Array(2 * cells), values: new Float64Array(2 * cells) };
  }
  const { timesMs, values } = glanced;
  const end = unpackInto(timesMs, values, parts, table);
  return { timesMs, values, from: firstFrom(timesMs, startMs, end), to: firstFrom(timesMs, endMs + 1, end) };
}

/** Small enough to stay in a core's cache, for most series. */
let glanced: Floats = { timesMs: new Float64Array(0), values: new Float64Array(0) };
/** A day of samples at one second's distance; who has more gets arrays of their own. */
const glancedMax = 100_000;

const cellsIn = ({ packedSamples, plain }: Parts): number =>
  packedSamples + (plain === undefined ? 0 : plain.to - plain.from);

/** Returns the end. */
function unpackInto(timesMs: Float64Array, values: Float64Array, { chunks, plain }: Parts, table: ChunkTable): number {
  let end = 0;
  for (let i = chunks.length - 1; i >= 0; i--) end = table.unpack(chunks[i] as number, timesMs, values, end);
  if (plain === undefined) return end;
  timesMs.set(plain.timesMs.subarray(plain.from, plain.to), end);
  values.set(plain.values.subarray(plain.from, plain.to), end);
  return end + plain.to - plain.from;
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
  const from = firstFrom(timesMs, startMs, timesMs.length);
  const to = firstFrom(timesMs, endMs + 1, timesMs.length);
  return { timesMs: timesMs.subarray(from, to), values: values.subarray(from, to) };
}

/** Of the first `end` cells. */
function firstFrom(timesMs: Float64Array, limitMs: number, end: number): number {
  let low = 0;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((timesMs[middle] as number) < limitMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
