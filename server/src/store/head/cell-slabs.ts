/**
 * Where the plain cells of all series lie, side by side in a few long arrays: arrays of its own would cost a series more
 * than its cells, and every step to them a wait for memory. A series has a stretch of a slab for itself. What needs more
 * room takes another stretch, and the one it leaves is never written again, so whoever reads there may go on. A slab
 * that all have left is let go of; one that most have left says so, and those who are still in it are to leave, too.
 */

/** A time and a value. */
const cellBytes = 16;
/** A megabyte. */
const slabCellsMax = 64 * 1024;
const slabCellsMin = 256;
/** Of all cells in use, a new slab has such a part: what is left of slabs is little, however few series there are. */
const slabsLikely = 8;
/** A stretch that takes more than such a part of a slab gets one for itself, so that little is left at a slab's end. */
const stretchesMin = 8;
/** Who is in a slab of which less than this is in use leaves it when it can. */
const usedShareMin = 0.75;
/** Where less than this of all slabs is in use, it is time for that. */
const usedShareLow = 0.5;

export class CellSlab {
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
  /** The values as 32-bit words, so that a NaN keeps its payload. */
  readonly words: Uint32Array;
  private readonly slabs: CellSlabs;
  /** Cells from here on were never anybody's. */
  private end = 0;
  private used = 0;

  constructor(slabs: CellSlabs, cells: number) {
    this.slabs = slabs;
    this.timesMs = new Float64Array(cells);
    this.values = new Float64Array(cells);
    this.words = new Uint32Array(this.values.buffer);
  }

  get cells(): number {
    return this.timesMs.length;
  }

  get isSparse(): boolean {
    return this.used < usedShareMin * this.cells && !this.slabs.isOpen(this);
  }

  /** A slab with room for so many cells, which may be this one. */
  slabFor(cells: number): CellSlab {
    return this.slabs.slabFor(cells);
  }

  hasRoomFor(cells: number): boolean {
    return this.end + cells <= this.cells;
  }

  /** Returns where the stretch begins. There must be room for it. */
  take(cells: number): number {
    this.end += cells;
    this.used += cells;
    this.slabs.count(cells);
    return this.end - cells;
  }

  /** The cells may still be read. */
  leave(cells: number): void {
    this.used -= cells;
    this.slabs.count(-cells);
    if (this.used === 0 && !this.slabs.isOpen(this)) this.slabs.letGo(this);
  }

  get isLeft(): boolean {
    return this.used === 0;
  }
}

export class CellSlabs {
  /** Of all slabs. */
  private cells = 0;
  private used = 0;
  private open = this.made(slabCellsMin);

  /** All that the slabs take, whether series have it or not. */
  get bytes(): number {
    return this.cells * cellBytes;
  }

  /** Whether much is gained when all leave the sparse slabs. */
  get areSparse(): boolean {
    return this.used < usedShareLow * (this.cells - this.open.cells);
  }

  isOpen(slab: CellSlab): boolean {
    return slab === this.open;
  }

  slabFor(cells: number): CellSlab {
    const { open } = this;
    if (open.hasRoomFor(cells)) return open;
    if (cells * stretchesMin > slabCellsMax) return this.made(cells);
    const wanted = Math.max(slabCellsMin, stretchesMin * cells, this.used / slabsLikely);
    this.open = this.made(Math.min(slabCellsMax, Math.floor(wanted)));
    if (open.isLeft) this.letGo(open);
    return this.open;
  }

  count(cells: number): void {
    this.used += cells;
  }

  /** The memory is free when its last reader is done. */
  letGo({ cells }: CellSlab): void {
    this.cells -= cells;
  }

  private made(cells: number): CellSlab {
    this.cells += cells;
    return new CellSlab(this, cells);
  }
}
