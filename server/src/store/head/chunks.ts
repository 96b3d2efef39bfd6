/**
 * Sealed samples, packed, of all series together: chunks are written one behind another into slabs, and a slab is let
 * go of as a whole when all of it is old. A chunk knows the chunk before it of the same series, so that a series needs
 * to remember only its newest. What was written does not change, so whoever holds a `ChunkTable` may unpack at leisure.
 */
import { packCells, packedBytesMax, unpackCells } from './packed-cells.ts';

/** An address is the slab's number times this, plus the offset in it. Slabs are never numbered again. */
const slabBytes = 256 * 1024;
export const NO_CHUNK = -1;
/** Samples of a chunk at most. */
const chunkSamplesMax = 120;
const chunkSamplesMin = 24;

/** Doubles at a chunk's start: address of the chunk before it, first and last time, number of samples. */
const headerDoubles = 4;
const chunkBytesMax = 8 * headerDoubles + 2 * packedBytesMax(chunkSamplesMax) + 8;

interface Slab {
  readonly bytes: Uint8Array;
  readonly doubles: Float64Array;
  end: number;
  newestMs: number;
  samples: number;
  /** Chunks that are still part of a series. */
  live: number;
}

export interface ChunksFound {
  /** Newest first. */
  readonly chunks: readonly number[];
  readonly packedSamples: number;
  /** Whether there is a sample between the times for sure; else only unpacking tells. */
  readonly isSure: boolean;
  /** About how many samples there are between the times. */
  readonly estimate: number;
}

interface Chunk {
  readonly before: number;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly samples: number;
}

/** The slabs of one moment. */
export class ChunkTable {
  private readonly slabs: ReadonlyMap<number, Slab>;

  constructor(slabs: ReadonlyMap<number, Slab>) {
    this.slabs = slabs;
  }

  /** Undefined when it has been let go of. */
  at(address: number): Chunk | undefined {
    const slab = this.slabs.get(Math.floor(address / slabBytes));
    if (slab === undefined) return undefined;
    const { doubles } = slab;
    const cell = (address % slabBytes) / 8;
    return {
      before: doubles[cell] as number,
      firstMs: doubles[cell + 1] as number,
      lastMs: doubles[cell + 2] as number,
      samples: doubles[cell + 3] as number,
    };
  }

  /** The chunks from `newest` back that may have samples with startMs <= time <= endMs. Hot: makes nothing per chunk. */
  between(newest: number, startMs: number, endMs: number): ChunksFound {
    const chunks: number[] = [];
    let packedSamples = 0;
    let estimate = 0;
    let isSure = false;
    for (let at = newest; at !== NO_CHUNK; ) {
      const slab = this.slabs.get(Math.floor(at / slabBytes));
      if (slab === undefined) break;
      const { doubles } = slab;
      const cell = (at % slabBytes) / 8;
      const firstMs = doubles[cell + 1] as number;
      const lastMs = doubles[cell + 2] as number;
      if (lastMs < startMs) break;
      if (firstMs <= endMs) {
        const samples = doubles[cell + 3] as number;
        chunks.push(at);
        packedSamples += samples;
        isSure ||= firstMs >= startMs || lastMs <= endMs;
        const overlapMs = Math.min(lastMs, endMs) - Math.max(firstMs, startMs);
        estimate += overlapMs < lastMs - firstMs ? (samples * overlapMs) / (lastMs - firstMs) : samples;
      }
      at = doubles[cell] as number;
    }
    return { chunks, packedSamples, isSure, estimate: Math.ceil(estimate) };
  }

  /** Unpacks a chunk's cells to `to` and after; returns the end. Hot. */
  unpack(address: number, timesMs: Float64Array, values: Float64Array, to: number): number {
    const slab = this.slabs.get(Math.floor(address / slabBytes));
    if (slab === undefined) return to;
    const offset = address % slabBytes;
    const samples = slab.doubles[offset / 8 + 3] as number;
    const valuesAt = unpackCells(slab.bytes, offset + 8 * headerDoubles, samples, timesMs, to);
    unpackCells(slab.bytes, valuesAt, samples, values, to);
    return to + samples;
  }
}

/** Where chunks of about the same age are written side by side. */
export type Lane = 'newest' | 'older';

export class Chunks {
  private readonly slabs = new Map<number, Slab>();
  private readonly open = new Map<Lane, number>();
  private nextSlab = 0;
  /** The slabs at any time; for who does not wait between two looks. */
  readonly now = new ChunkTable(this.slabs);
  /** What the slabs hold in all. */
  samples = 0;
  /** Samples of the next chunk at most: many in one cost less, but as many wait plain until there are enough. */
  chunkSamples = chunkSamplesMax;
  /** A series with as many plain samples gets a chunk, however young they are. */
  plainMax = 8 * chunkSamplesMax;

  get bytes(): number {
    return this.slabs.size * slabBytes;
  }

  /** Sets how many samples of each of so many series stay plain, so that they take about `plainBytes` at most. */
  fitTo(series: number, plainBytes: number): void {
    const fitting = Math.floor(plainBytes / 16 / Math.max(1, series));
    this.chunkSamples = Math.min(chunkSamplesMax, Math.max(chunkSamplesMin, Math.floor(fitting / 2)));
    this.plainMax = Math.max(fitting, 2 * chunkSamplesMin);
  }

  /** The slabs as they are; chunks added later may or may not be found in it. */
  table(): ChunkTable {
    return new ChunkTable(new Map(this.slabs));
  }

  /** Packs the cells [from, to), at most chunkSamples of them; returns the chunk's address. */
  add(timesMs: Float64Array, values: Float64Array, from: number, to: number, before: number, lane: Lane): number {
    const { slab, number } = this.slabFor(lane);
    const offset = slab.end;
    const header = offset / 8;
    slab.doubles[header] = before;
    slab.doubles[header + 1] = timesMs[from] as number;
    slab.doubles[header + 2] = timesMs[to - 1] as number;
    slab.doubles[header + 3] = to - from;
    const valuesAt = packCells(timesMs, from, to, slab.bytes, offset + 8 * headerDoubles);
    const end = packCells(values, from, to, slab.bytes, valuesAt);
    slab.end = Math.ceil(end / 8) * 8;
    slab.newestMs = Math.max(slab.newestMs, timesMs[to - 1] as number);
    slab.samples += to - from;
    slab.live++;
    this.samples += to - from;
    return number * slabBytes + offset;
  }

  /** Puts the chunk at `before` in front of the series' oldest. */
  link(oldest: number, before: number): void {
    const slab = this.slabs.get(Math.floor(oldest / slabBytes));
    if (slab !== undefined) slab.doubles[(oldest % slabBytes) / 8] = before;
  }

  has(address: number): boolean {
    return this.slabs.has(Math.floor(address / slabBytes));
  }

  /** The chunk is no longer part of its series. */
  release(address: number, samples: number): void {
    const number = Math.floor(address / slabBytes);
    const slab = this.slabs.get(number);
    if (slab === undefined) return;
    slab.samples -= samples;
    this.samples -= samples;
    if (--slab.live === 0 && ![...this.open.values()].includes(number)) this.drop(number, slab);
  }

  dropBefore(fromMs: number): void {
    for (const [number, slab] of this.slabs) if (slab.newestMs < fromMs) this.drop(number, slab);
  }

  /** From when on samples may be kept so that the slabs shrink to `bytes`: all before it would be dropped. */
  startFor(bytes: number): number {
    const excess = Math.ceil(Math.max(0, this.bytes - bytes) / slabBytes);
    const byAge = [...this.slabs.values()].map(({ newestMs }) => newestMs).sort((a, b) => a - b);
    return excess === 0 ? Number.NEGATIVE_INFINITY : (byAge[excess - 1] as number) + 1;
  }

  private drop(number: number, slab: Slab): void {
    this.slabs.delete(number);
    this.samples -= slab.samples;
    for (const [lane, open] of this.open) if (open === number) this.open.delete(lane);
  }

  private slabFor(lane: Lane): { slab: Slab; number: number } {
    const open = this.open.get(lane) ?? NO_CHUNK;
    const current = this.slabs.get(open);
    if (current !== undefined && current.end + chunkBytesMax <= slabBytes) return { slab: current, number: open };
    const bytes = new Uint8Array(slabBytes);
    const doubles = new Float64Array(bytes.buffer);
    const slab = { bytes, doubles, end: 0, newestMs: Number.NEGATIVE_INFINITY, samples: 0, live: 0 };
    const number = this.nextSlab++;
    this.slabs.set(number, slab);
    this.open.set(lane, number);
    return { slab, number };
  }
}
