/** A growing list of series refs; 4 bytes each. Refs only ever grow, so a list filled at intern is ascending. */
export class RefList {
  length = 0;
  private cells = new Int32Array(4);

  push(ref: number): void {
    if (this.length === this.cells.length) {
      const grown = new Int32Array(this.cells.length * 2);
      grown.set(this.cells);
      this.cells = grown;
    }
    this.cells[this.length++] = ref;
  }

  at(index: number): number {
    return this.cells[index] as number;
  }

  /** A view of the refs so far; a later push does not change it. */
  view(): Int32Array {
    return this.cells.subarray(0, this.length);
  }
}
