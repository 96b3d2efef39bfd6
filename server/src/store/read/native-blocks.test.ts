import { expect, test } from 'vitest';
import { Cells } from '../rows/cells.ts';
import { plain, Table } from '../rows/table.ts';
import { nativeBlocks } from './native-blocks.ts';

function blockOf(rows: number): Buffer {
  const id = new Cells();
  const value = new Cells();
  const table = new Table('t', [plain('id', 'UInt64', id), plain('value', 'Float64', value)]);
  for (let row = 0; row < rows; row++) {
    id.integer64(row);
    value.float64(row / 2);
  }
  table.rows = rows;
  return Buffer.concat(table.native());
}

async function* piecesOf(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(chunks: AsyncIterable<Buffer>): Promise<number[][]> {
  const found: number[][] = [];
  for await (const { rows, words } of nativeBlocks(chunks, ['id', 'value'])) {
    found.push([rows, words[2 * (rows - 1)] as number, new Float64Array(words.buffer)[2 * rows - 1] as number]);
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
