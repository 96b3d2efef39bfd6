import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '#kit';
import { isStaleAt, type Labels, labelsFrom, limits, type SeriesColumns } from '#model';
import type { Store } from './contract.ts';
import { sql } from './sql.ts';
import { openTempStore, tempFolder } from './temp-store.ts';
import { logRow, named, nowMs, nowNs, question, randomFrom, samplesOf, signal, spanRow } from './test-rows.ts';

/** Times and the values' bits, by labels: what two sources must agree on. */
function bitsOf(series: readonly SeriesColumns[]): Map<string, string> {
  return new Map(
    series.map(({ labels, timesMs, values }) => {
      const cells = Array.from(
        timesMs,
        (time, i) => `${time}=${Buffer.from(values.buffer, values.byteOffset + 8 * i, 8).toString('hex')}`,
      );
      return [labels.join(), cells.join(' ')];
    }),
  );
}

test('memory and tables give the same answer: late, repeated, stale and straddling samples', async () => {
  using folder = tempFolder();
  // Long enough for the older of the recent samples to be packed.
  const unitMs = 30_000;
  const narrow = { ...limits, store: { ...limits.store, flushMs: 5, smallGroupMs: 5, recentMs: 600 * unitMs } };
  const series = Array.from({ length: 20 }, (_, i) =>
    labelsFrom([
      ['__name__', 'random'],
      ['i', String(i)],
    ]),
  );
  const next = randomFrom(42);
  await using store = await openTempStore(folder, { limits: narrow });
  for (let round = 0; round < 12; round++) {
    const rows = Array.from({ length: 400 }, () => {
      const timeMs = nowMs - Math.floor(next() * 1_200) * unitMs;
      return [series[Math.floor(next() * 20)] as Labels, timeMs, Math.floor(next() * 1000)] as const;
    });
    const batch = samplesOf(store, rows);
    const bits = new Uint32Array(batch.samples?.values.buffer as ArrayBuffer);
    for (let i = 0; i < rows.length; i += 7) bits.set([2, 0x7ff00000], 2 * i);
    await store.write(batch);
  }
  const windows = [
    [0, 300],
    [0, 1200],
    [500, 700],
    [590, 610],
    [700, 1200],
  ] as const;
  const ask = (at: Store, [from, to]: readonly [number, number]) =>
    at.metrics.select(question({ ...named('random'), startMs: nowMs - to * unitMs, endMs: nowMs - from * unitMs }));
  const fromHead = [];
  for (const window of windows) fromHead.push(bitsOf(await ask(store, window)));
  await store[Symbol.asyncDispose]();

  const onlyTables = { ...narrow, store: { ...narrow.store, recentMs: 0 } };
  await using tables = await openTempStore(folder, { limits: onlyTables });
  for (const [i, window] of windows.entries()) expect(bitsOf(await ask(tables, window))).toEqual(fromHead[i]);
  const all = await ask(tables, [0, 1200]);
  expect(
    all.some(({ values }) =>
      Array.from(values, (_, i) => isStaleAt(new Uint32Array(values.buffer, values.byteOffset), i)).includes(true),
    ),
  ).toBe(true);
  await tables[Symbol.asyncDispose]();

  await using warmed = await openTempStore(folder, { limits: narrow });
  await systemClock.sleep(500);
  for (const [i, window] of windows.entries()) expect(bitsOf(await ask(warmed, window))).toEqual(fromHead[i]);
}, 60_000);

test('a request that was durable before a restart is known after it', async () => {
  using folder = tempFolder();
  const batch = {
    tenant: 'main',
    logs: [logRow(), logRow({ timeNs: nowNs - 90_000_000_000_000n })],
    spans: [spanRow()],
    requestId: 'feedfacecafebeef',
  };
  {
    await using store = await openTempStore(folder);
    expect(await store.write(batch)).toEqual({ duplicateRows: 0 });
  }
  await using store = await openTempStore(folder);
  expect(await store.write(batch)).toEqual({ duplicateRows: 3 });
  expect(await store.ask(sql`SELECT count() AS n FROM logs`, { signal })).toEqual([{ n: '2' }]);
}, 30_000);

test('a changed retention is made true in the tables, and told from them', async () => {
  using folder = tempFolder();
  {
    await using store = await openTempStore(folder);
    expect((await store.sizes(signal)).map((size) => size.retentionDays)).toEqual([15, 30, 7]);
  }
  await using store = await openTempStore(folder, { retentionDays: { metrics: 3, logs: 4, traces: 5 } });
  expect((await store.sizes(signal)).map((size) => size.retentionDays)).toEqual([3, 4, 5]);
}, 30_000);

test('a disk without room makes the store read-only; a full queue is busy', async () => {
  using folder = tempFolder();
  const full = { ...limits, store: { ...limits.store, freeDiskBytesMin: Number.MAX_SAFE_INTEGER } };
  {
    await using store = await openTempStore(folder, { limits: full });
    await systemClock.sleep(50);
    await expect(store.write({ tenant: 'main', logs: [logRow()] })).rejects.toMatchObject({ code: 'STORE_FULL' });
    expect(store.health()).toMatchObject({ state: 'read-only' });
  }
  const tiny = { ...limits, store: { ...limits.store, queueRowsMax: 1, flushMs: 100 } };
  await using store = await openTempStore(folder, { limits: tiny });
  const first = store.write({ tenant: 'main', logs: [logRow(), logRow()] });
  await expect(store.write({ tenant: 'main', logs: [logRow()] })).rejects.toMatchObject({
    code: 'STORE_BUSY',
    retryAfterSeconds: 2,
  });
  await first;
  expect(store.health()).toMatchObject({ state: 'ready', detachedParts: 0 });
}, 30_000);

test('a data folder that cannot be one is refused by its name, with the way out', async () => {
  using folder = tempFolder();
  const path = join(folder.path, 'a-file');
  writeFileSync(path, '');
  const opened = openTempStore({ ...folder, path });
  await expect(opened).rejects.toThrow(`--data-dir ${path} cannot be used (EEXIST): name a folder Farol may write to`);
});
