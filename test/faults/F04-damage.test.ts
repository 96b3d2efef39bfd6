/**
 * F04: what a power loss leaves behind. Acknowledged rows are fsynced, so what can be damaged is what was not: half-written
 * parts, spool files, the engine's own notes. And one part is broken on purpose, to see that it is isolated and reported.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startProduct } from '../kit/product.ts';
import { faultless, judge } from './history.ts';
import { startLoad } from './load.ts';

async function loadedAndKilled() {
  const product = await startProduct();
  const load = startLoad(product);
  await new Promise((resolve) => setTimeout(resolve, 3000));
  await load.finish();
  await product.kill('both');
  return { product, load };
}

test('half-written files keep it from nothing', async () => {
  const { product, load } = await loadedAndKilled();
  await using _ = product;
  const { dataDir } = product;
  const table = tableDir(dataDir, 'logs');
  mkdirSync(join(table, 'tmp_insert_19700101_999_999_0'));
  writeFileSync(join(table, 'tmp_insert_19700101_999_999_0', 'data.bin'), Buffer.alloc(100));
  mkdirSync(join(dataDir, 'engine', 'spool'), { recursive: true });
  writeFileSync(join(dataDir, 'engine', 'spool', 'half.part'), Buffer.alloc(100));
  for (const note of ['engine.pid', 'config.xml']) truncateSync(join(dataDir, 'engine', note), 5);

  await product.start();
  expect(existsSync(join(dataDir, 'engine', 'spool', 'half.part'))).toBe(false);
  const verdict = await judge(product, load.attempts);
  expect(verdict).toMatchObject({ ...faultless, acked: verdict.attempted });
}, 120_000);

test('a broken part is set aside and reported, and costs its own rows only', async () => {
  const { product, load } = await loadedAndKilled();
  await using _ = product;
  const part = largestPart(tableDir(product.dataDir, 'logs'));
  const rows = Number(readFileSync(join(part, 'count.txt'), 'utf8'));
  truncateSync(largestFile(part), 10);

  await product.start();
  const status = (await (await fetch(`${product.url}/api/status`)).json()) as { detachedParts: number };
  expect(status.detachedParts).toBe(1);
  expect(product.output()).toMatch(/"detachedParts":1/);
  const verdict = await judge(product, load.attempts);
  expect(verdict).toMatchObject({ doubled: [], foreign: [] });
  expect(verdict.lost.length).toBeLessThanOrEqual(rows);
  expect(verdict.lost.filter((item) => !item.startsWith('log '))).toEqual([]);
}, 120_000);

function tableDir(dataDir: string, table: string): string {
  return realpathSync(join(dataDir, 'clickhouse', 'data', 'farol', table));
}

function largestPart(table: string): string {
  const parts = readdirSync(table).filter((name) => existsSync(join(table, name, 'count.txt')));
  const rowsOf = (name: string) => Number(readFileSync(join(table, name, 'count.txt'), 'utf8'));
  return join(table, parts.sort((a, b) => rowsOf(b) - rowsOf(a))[0] ?? '');
}

function largestFile(part: string): string {
  const files = readdirSync(part).filter((name) => name.endsWith('.bin'));
  const bytesOf = (name: string) => statSync(join(part, name)).size;
  return join(part, files.sort((a, b) => bytesOf(b) - bytesOf(a))[0] ?? '');
}
