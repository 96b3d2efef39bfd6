/** A growing list of series refs; 4 bytes each. Refs only ever grow, so a list filled at intern is ascending. */
import { roomFor } from './growing.ts';

export class RefList {
  private length = 0;
  private cells = new Int32Array(1024);

  push(ref: number): void {
    this.cells = roomFor(this.cells, this.length);
    this.cells[this.length++] = ref;
  }

  /** A view of the refs so far; nothing that comes later changes it. */
  view(): Int32Array {
    return this.cells.subarray(0, this.length);
  }

  /** Keeps the refs that pass. */
  keep(test: (ref: number) => boolean): void {
    this.cells = this.view().filter(test);
    this.length = this.cells.length;
  }
}
