import { ByteWriter } from '../rows/byte-writer.ts';

/** Encoded rows of one table that are written with one insert. */
export class TableRows {
  readonly table: string;
  readonly columns: string;
  readonly out = new ByteWriter(4096);
  rows = 0;

  constructor(table: string, columns: string) {
    this.table = table;
    this.columns = columns;
  }

  clear(): void {
    this.out.length = 0;
    this.rows = 0;
  }
}
