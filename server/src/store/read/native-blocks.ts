/**
 * Blocks of ClickHouse's `Native` format whose columns are all of one width each: a column of a block stands together,
 * so that a block is read with one copy and no work per cell. The format's frame: for each block the number of columns
 * and of rows (varints), then for each column its name, its type and its cells.
 */
import { brokenAnswer } from '../refusals.ts';

export interface NativeColumn {
  readonly name: string;
  /** Of one cell. A block's columns stand one after another: the wider first, else they are not aligned. */
  readonly bytes: 4 | 8;
}

export interface NativeBlock {
  readonly rows: number;
  /** Cells of all columns, one column after another (little-endian). */
  readonly cells: ArrayBuffer;
}

/** Yields blocks in the order they come. The caller owns each. */
export async function* nativeBlocks(
  chunks: AsyncIterable<Buffer>,
  columns: readonly NativeColumn[],
): AsyncGenerator<NativeBlock> {
  const assembler = new BlockAssembler(columns);
  for await (const chunk of chunks) {
    for (const block of assembler.push(chunk)) yield block;
  }
  assembler.end();
}

/** No header is longer: a few columns with short names. */
const headerBytesMax = 1024;

class BlockAssembler {
  private readonly columns: readonly NativeColumn[];
  private readonly rowBytes: number;
  private rest: Buffer = Buffer.alloc(0);
  private rows = 0;
  private cells = new Uint8Array(0);
  private filled = 0;
  /** Where the column ends that is being filled. */
  private columnEnd = 0;
  /** Columns of the block whose header was read; 0 between blocks. */
  private column = 0;

  constructor(columns: readonly NativeColumn[]) {
    this.columns = columns;
    this.rowBytes = columns.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  push(chunk: Buffer): NativeBlock[] {
    const blocks: NativeBlock[] = [];
    const bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    let at = 0;
    while (at < bytes.length) {
      if (this.filled === this.columnEnd) {
        const end = this.readHeader(bytes, at);
        if (end === undefined) break;
        at = end;
      }
      const taken = bytes.subarray(at, at + this.columnEnd - this.filled);
      this.cells.set(taken, this.filled);
      this.filled += taken.length;
      at += taken.length;
      if (this.filled === this.cells.length && this.column === this.columns.length) this.finish(blocks);
    }
    this.rest = bytes.subarray(at);
    return blocks;
  }

  /** Throws when the answer broke off, or ended in an exception instead of a block. */
  end(): void {
    if (this.rest.length > 0 || this.column > 0) throw brokenAnswer(this.rest);
  }

  private finish(blocks: NativeBlock[]): void {
    if (this.rows > 0) blocks.push({ rows: this.rows, cells: this.cells.buffer as ArrayBuffer });
    this.cells = new Uint8Array(0);
    this.filled = 0;
    this.columnEnd = 0;
    this.column = 0;
    this.rows = 0;
  }

  /** Where the cells start, or undefined when the header is not all there yet. */
  private readHeader(bytes: Buffer, start: number): number | undefined {
    const reader = { at: start, short: false };
    let rows = this.rows;
    if (this.column === 0) {
      const columns = readVarint(bytes, reader);
      rows = readVarint(bytes, reader);
      if (!reader.short && columns !== this.columns.length) throw brokenAnswer(bytes.subarray(start));
    }
    const name = readText(bytes, reader);
    const type = readText(bytes, reader);
    if (reader.short) {
      if (bytes.length - start > headerBytesMax) throw brokenAnswer(bytes.subarray(start));
      return undefined;
    }
    const expected = this.columns[this.column] as NativeColumn;
    if (name !== expected.name || widthOf(type) !== expected.bytes) throw brokenAnswer(bytes.subarray(start));
    if (this.column === 0) this.cells = new Uint8Array(new ArrayBuffer(this.rowBytes * rows));
    this.rows = rows;
    this.columnEnd += expected.bytes * rows;
    this.column++;
    return reader.at;
  }
}

function widthOf(type: string): number | undefined {
  if (type === 'UInt32') return 4;
  return /^(UInt64|Int64|Float64|DateTime64\(\d(, '\w+')?\))$/.test(type) ? 8 : undefined;
}

interface Reader {
  at: number;
  short: boolean;
}

function readVarint(bytes: Buffer, reader: Reader): number {
  let value = 0;
  for (let scale = 1; reader.at < bytes.length; scale *= 128) {
    const byte = bytes[reader.at++] as number;
    value += (byte & 127) * scale;
    if (byte < 128) return value;
  }
  reader.short = true;
  return 0;
}

function readText(bytes: Buffer, reader: Reader): string {
  const length = readVarint(bytes, reader);
  const end = reader.at + length;
  if (reader.short || end > bytes.length) {
    reader.short = true;
    return '';
  }
  const text = bytes.toString('utf8', reader.at, end);
  reader.at = end;
  return text;
}
