import { expect, test } from 'vitest';
import { Cells } from '../rows/cells.ts';
import { plain, Table } from '../rows/table.ts';
import { nativeBlocks } from './native-blocks.ts';

function blockOf(rows: number): Buffer {
  const value = new Cells();
  const since = new Cells();
  const table = new Table('t', [plain('value', 'Float64', value), plain('since', 'UInt32', since)]);
  for (let row = 0; row < rows; row++) {
    value.float64(row / 2);
    since.uint32(row);
  }
  table.rows = rows;
  return Buffer.concat(table.native());
}

const columns = [
  { name: 'value', bytes: 8 },
  { name: 'since', bytes: 4 },
] as const;

async function* piecesOf(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(chunks: AsyncIterable<Buffer>): Promise<number[][]> {
  const found: number[][] = [];
  for await (const { rows, cells } of nativeBlocks(chunks, columns)) {
    const last = new Uint32Array(cells, 8 * rows).at(-1) as number;
    found.push([rows, last, new Float64Array(cells, 0, rows).at(-1) as number]);
  }
  return found;
}

test('blocks are read however the bytes are cut; empty ones are left out', async () => {
  const bytes = Buffer.concat([blockOf(0), blockOf(3), blockOf(1), blockOf(200)]);
  for (const size of [1, 2, 7, 16, 33, 100, 10_000]) {
    expect(await read(piecesOf(bytes, size))).toEqual([
      [3, 2, 1],
      [1, 0, 0],
      [200, 199, 99.5],
    ]);
  }
});

test('an answer that breaks off, or ends in an exception, is an error', async () => {
  const bytes = blockOf(3);
  await expect(read(piecesOf(bytes.subarray(0, 40), 16))).rejects.toMatchObject({ code: 'STORE_DOWN' });
  const exception = Buffer.concat([bytes, Buffer.from('Code: 241. DB::Exception: Memory limit exceeded')]);
  await expect(read(piecesOf(exception, 4096))).rejects.toThrow(/Code: 241/);
});
