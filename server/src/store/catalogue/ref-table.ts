/** Open addressing over typed arrays: a cell holds ref + 1, so that 0 is an empty one. At most half full. */
import type { SeriesRef } from '#model';

/** What the refs are found by: a number of each, by ref. Only its low bits choose the cell. */
type Keys = Int32Array | Float64Array;

export class RefTable {
  private cells = new Int32Array(1024);
  private mask = 1023;
  private count = 0;

  /** The ref with the key for which `is` holds, or -1. Hot. */
  find(key: number, keys: Keys, is?: (ref: SeriesRef) => boolean): SeriesRef {
    const { cells, mask } = this;
    for (let cell = key & mask; ; cell = (cell + 1) & mask) {
      const ref = (cells[cell] as number) - 1;
      if (ref < 0 || (keys[ref] === key && (is === undefined || is(ref)))) return ref;
    }
  }

  add(ref: SeriesRef, keys: Keys): void {
    if (++this.count * 2 > this.mask) this.grow(keys);
    this.place(ref, keys[ref] as number);
  }

  /** The refs behind it move up, so that no search ends at the gap. */
  remove(ref: SeriesRef, keys: Keys): void {
    const { cells, mask } = this;
    let gap = (keys[ref] as number) & mask;
    while (cells[gap] !== ref + 1) gap = (gap + 1) & mask;
    for (let cell = (gap + 1) & mask; cells[cell] !== 0; cell = (cell + 1) & mask) {
      const home = (keys[(cells[cell] as number) - 1] as number) & mask;
      if (((cell - home) & mask) < ((cell - gap) & mask)) continue;
      cells[gap] = cells[cell] as number;
      gap = cell;
    }
    cells[gap] = 0;
    this.count--;
  }

  private grow(keys: Keys): void {
    const old = this.cells;
    this.mask = this.mask * 2 + 1;
    this.cells = new Int32Array(this.mask + 1);
    for (let i = 0; i < old.length; i++) {
      const ref = (old[i] as number) - 1;
      if (ref >= 0) this.place(ref, keys[ref] as number);
    }
  }

  private place(ref: SeriesRef, key: number): void {
    let cell = key & this.mask;
    while (this.cells[cell] !== 0) cell = (cell + 1) & this.mask;
    this.cells[cell] = ref + 1;
  }
}
