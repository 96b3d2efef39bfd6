/**
 * Series by the raw bytes of their label block: a sender repeats the same blocks for ever, so a known series costs a hash
 * and a comparison instead of decoding its labels. Open addressing over typed arrays; bytes live in one arena.
 * Bounded: when entries or arena are full, everything is forgotten and learned again. Hot: bench/receive.ts.
 */
import type { SeriesRef } from '#model';

export interface SeriesTableBounds {
  readonly entriesMax: number;
  readonly arenaBytesMax: number;
}

const NONE = -1;

export class SeriesTable {
  private readonly bounds: SeriesTableBounds;
  private slots = new Int32Array(4096).fill(NONE);
  private hashes = new Int32Array(2048);
  private starts = new Int32Array(2048);
  private lengths = new Int32Array(2048);
  private refs = new Int32Array(2048);
  private tenants = new Int32Array(2048);
  private arena = new Uint8Array(256 * 1024);
  private arenaUsed = 0;
  private count = 0;

  constructor(bounds: SeriesTableBounds) {
    this.bounds = bounds;
  }

  get size(): number {
    return this.count;
  }

  /** The series of the block `bytes[start, end)`, or -1. `hash` is `hashOf` the same block. */
  find(tenant: number, hash: number, bytes: Uint8Array, start: number, end: number): SeriesRef {
    const mask = this.slots.length - 1;
    const length = end - start;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = this.slots[slot] as number;
      if (entry === NONE) return NONE;
      if (
        this.hashes[entry] === hash &&
        this.lengths[entry] === length &&
        this.tenants[entry] === tenant &&
        this.isSame(this.starts[entry] as number, bytes, start, length)
      ) {
        return this.refs[entry] as number;
      }
    }
  }

  /** Remembers a block that `find` did not know. Blocks past a sixteenth of the arena are not worth it. */
  add(tenant: number, hash: number, bytes: Uint8Array, start: number, end: number, ref: SeriesRef): void {
    const length = end - start;
    if (length > this.bounds.arenaBytesMax / 16) return;
    if (this.count >= this.bounds.entriesMax || this.arenaUsed + length > this.bounds.arenaBytesMax) this.clear();
    if (this.count === this.refs.length) this.growEntries();
    if (this.arenaUsed + length > this.arena.length) this.growArena(length);
    const entry = this.count++;
    this.hashes[entry] = hash;
    this.starts[entry] = this.arenaUsed;
    this.lengths[entry] = length;
    this.refs[entry] = ref;
    this.tenants[entry] = tenant;
    this.arena.set(bytes.subarray(start, end), this.arenaUsed);
    this.arenaUsed += length;
    this.place(entry);
  }

  private place(entry: number): void {
    const mask = this.slots.length - 1;
    let slot = (this.hashes[entry] as number) & mask;
    while (this.slots[slot] !== NONE) slot = (slot + 1) & mask;
    this.slots[slot] = entry;
  }

  private isSame(at: number, bytes: Uint8Array, start: number, length: number): boolean {
    const { arena } = this;
    for (let i = 0; i < length; i++) if (arena[at + i] !== bytes[start + i]) return false;
    return true;
  }

  clear(): void {
    this.slots.fill(NONE);
    this.count = 0;
    this.arenaUsed = 0;
  }

  private growEntries(): void {
    const size = this.refs.length * 2;
    this.hashes = grown(this.hashes, size);
    this.starts = grown(this.starts, size);
    this.lengths = grown(this.lengths, size);
    this.refs = grown(this.refs, size);
    this.tenants = grown(this.tenants, size);
    // Half empty at most times, so that a search ends soon.
    this.slots = new Int32Array(size * 2).fill(NONE);
    for (let entry = 0; entry < this.count; entry++) this.place(entry);
  }

  private growArena(length: number): void {
    const size = Math.min(this.bounds.arenaBytesMax, Math.max(this.arena.length * 2, this.arenaUsed + length));
    const arena = new Uint8Array(size);
    arena.set(this.arena.subarray(0, this.arenaUsed));
    this.arena = arena;
  }
}

function grown(from: Int32Array, size: number): Int32Array<ArrayBuffer> {
  const to = new Int32Array(size);
  to.set(from);
  return to;
}

/** A 32-bit hash of `bytes[start, end)`, four bytes at a time (Murmur3's mixing). */
export function hashOf(view: DataView, start: number, end: number): number {
  let hash = end - start;
  let at = start;
  for (const last = end - 3; at < last; at += 4) {
    let word = Math.imul(view.getInt32(at, true), 0xcc9e2d51);
    word = (word << 15) | (word >>> 17);
    hash ^= Math.imul(word, 0x1b873593);
    hash = (hash << 13) | (hash >>> 19);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }
  for (; at < end; at++) hash = Math.imul(hash ^ view.getUint8(at), 0x01000193);
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
