/** F06: the disk fills up: writes are refused so that senders come again, reads go on, and it recovers by itself. */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statfsSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Product, startProduct } from '../kit/product.ts';
import { until } from '../kit/until.ts';
import { faultless, judge } from './history.ts';
import { startLoad } from './load.ts';

const mebibyte = 1024 * 1024;
const logs = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'x' } }] }] }] });

async function sendOne(product: Product) {
  const response = await fetch(`${product.url}/v1/logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: logs,
  });
  await response.arrayBuffer();
  return { status: response.status, retryAfter: response.headers.get('retry-after') };
}

async function expectReading(product: Product): Promise<void> {
  for (const path of ['/api/logs', '/api/status', '/prometheus/api/v1/query?query=vector(1)', '/-/healthy']) {
    expect((await fetch(`${product.url}${path}`)).status, path).toBe(200);
  }
}

function configWith(dir: string, freeDiskBytesMin: number): readonly string[] {
  const path = join(dir, 'farol.yaml');
  writeFileSync(path, `limits:\n  store:\n    freeDiskBytesMin: ${freeDiskBytesMin}\n`);
  return ['--config', path];
}

test('below the free space it is to keep, writes get 503 with Retry-After and reads go on', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'farol-full-'));
  try {
    const { bavail, bsize } = statfsSync(dir);
    await using product = await startProductNotReady(configWith(dir, bavail * bsize + 1024 ** 4));
    await until(async () => (await sendOne(product)).status === 503, 15_000, 'the refusal');
    expect(await sendOne(product)).toEqual({ status: 503, retryAfter: expect.stringMatching(/^[1-9]/) });
    expect((await fetch(`${product.url}/-/ready`)).status).toBe(503);
    await expectReading(product);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}, 120_000);

/** It may say that it is not ready from the first moment. */
async function startProductNotReady(flags: readonly string[]): Promise<Product> {
  const { createProduct } = await import('../kit/product.ts');
  const product = createProduct({ flags });
  const started = product.start();
  started.catch(() => undefined);
  await Promise.race([started, until(() => product.output().includes('"msg":"listening"'), 60_000, 'the addresses')]);
  await until(() => !product.url.endsWith(':0'), 5000, 'the address');
  return product;
}

const disk = mountSmallDisk();

/** A file system of its own, where that is allowed (root). */
function mountSmallDisk(): string | undefined {
  const dir = mkdtempSync(join(tmpdir(), 'farol-disk-'));
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=400m', 'tmpfs', dir]);
  if (status === 0) return dir;
  rmSync(dir, { recursive: true, force: true });
  console.warn('F06: this user may not mount a small disk; filling one up for real is not tested here');
  return undefined;
}

function freeBytes(dir: string): number {
  const { bavail, bsize } = statfsSync(dir);
  return bavail * bsize;
}

/** A file that leaves `freeBytesLeft`. */
function fill(dir: string, freeBytesLeft: number): string {
  const path = join(dir, 'ballast');
  const file = openSync(path, 'a');
  try {
    while (freeBytes(dir) > freeBytesLeft)
      writeSync(file, Buffer.alloc(Math.min(mebibyte, freeBytes(dir) - freeBytesLeft)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    closeSync(file);
  }
  return path;
}

test.runIf(disk !== undefined)(
  'a disk that fills up under load, to the last byte, loses nothing and recovers',
  async () => {
    const dir = disk ?? '';
    const flagsDir = mkdtempSync(join(tmpdir(), 'farol-full-'));
    try {
      for (const freeDiskBytesMin of [100 * mebibyte, 1]) {
        const dataDir = join(dir, `data-${freeDiskBytesMin}`);
        await using product = await startProduct({ dataDir, flags: configWith(flagsDir, freeDiskBytesMin) });
        const load = startLoad(product);
        await new Promise((resolve) => setTimeout(resolve, 1500));
        const ballast = fill(dir, Math.floor(freeDiskBytesMin / 2));
        await until(async () => (await sendOne(product)).status === 503, 30_000, 'the refusal');
        await expectReading(product);
        rmSync(ballast);
        await until(async () => (await sendOne(product)).status === 200, 30_000, 'the recovery');
        await product.ready();
        await load.finish();
        const verdict = await judge(product, load.attempts);
        expect(verdict).toMatchObject({ ...faultless, acked: verdict.attempted });
      }
    } finally {
      spawnSync('umount', ['-l', dir]);
      rmSync(dir, { recursive: true, force: true });
      rmSync(flagsDir, { recursive: true, force: true });
    }
  },
  180_000,
);
