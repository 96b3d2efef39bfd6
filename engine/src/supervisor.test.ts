import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import { trimmable } from './memory.ts';
import { isAlive } from './pidfile.ts';
import { codeOf, rowsOf, startForTest } from './testing.ts';

// The machine may be busy with other tests.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const table =
  'CREATE TABLE t (id UInt64) ENGINE = MergeTree ORDER BY id SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_bytes_for_wide_part = 0';
const slow = 'SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) = 3';

async function until(met: () => boolean | Promise<boolean>, msMax = 10_000): Promise<void> {
  const startedMs = performance.now();
  while (!(await met())) {
    if (performance.now() - startedMs > msMax) throw new Error(`not within ${msMax} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('an engine that dies fails what is in flight at once, comes back at the same address, and has every row', async () => {
  await using at = await startForTest();
  await at.client.command({ query: table });
  for (let round = 0; round < 3; round++) {
    await at.client.insert({ table: 't', values: [{ id: round }], format: 'JSONEachRow' });
    const pid = at.engine.pid ?? 0;
    const inFlight = codeOf(at.client.query({ query: slow, clickhouse_settings: { readonly: '1' } }));
    await new Promise((resolve) => setTimeout(resolve, 300));
    const killedMs = performance.now();
    process.kill(pid, 'SIGKILL');
    expect(await inFlight).toBe('ECONNRESET');
    expect(performance.now() - killedMs).toBeLessThan(1000);
    await until(() => at.states.at(-1) === 'ready' && at.engine.pid !== pid);
    expect(await rowsOf(at.client, 'SELECT count(), uniqExact(id) FROM t')).toEqual([
      [String(round + 1), String(round + 1)],
    ]);
  }
  expect(at.states).toEqual(['starting', 'ready', ...Array(3).fill(['down', 'starting', 'ready']).flat()]);
});

test('close lets requests end, then the process is gone', async () => {
  const at = await startForTest();
  const pid = at.engine.pid ?? 0;
  const counting = at.client.query({ query: 'SELECT sum(sipHash64(number)) FROM numbers(100000000)', format: 'JSON' });
  await new Promise((resolve) => setTimeout(resolve, 300));
  const closed = at.engine.close(10_000);
  expect(await (await counting).json()).toMatchObject({ rows: 1 });
  await closed;
  expect(isAlive(pid)).toBe(false);
  expect(at.states.at(-1)).toBe('down');
  await at[Symbol.asyncDispose]();
});

test('close does not wait for ever', async () => {
  const at = await startForTest();
  const answer = codeOf(at.client.query({ query: slow }));
  await new Promise((resolve) => setTimeout(resolve, 300));
  const startedMs = performance.now();
  await at.engine.close(200);
  expect(performance.now() - startedMs).toBeLessThan(3000);
  expect(await answer).toBe('ECONNRESET');
  await at[Symbol.asyncDispose]();
});

test('a second engine on the same directory is refused by name, and the first one does not notice', async () => {
  await using at = await startForTest();
  const { server } = await startServer(at.dataDir);
  const said = await outputOf(server);
  expect(said).toContain(at.dataDir);
  expect(said).toContain(`in use by process ${process.pid}`);
  expect(said).toContain('76');
  expect(await rowsOf(at.client, 'SELECT 1')).toEqual([[1]]);
});

test('no engine outlives its server, and the next server takes over at once', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'farol-engine-test-'));
  try {
    for (let round = 0; round < 3; round++) {
      const { server, pid } = await startServer(dataDir, { untilReady: true });
      server.kill('SIGKILL');
      await once(server, 'exit');
      const startedMs = performance.now();
      await using at = await startForTest({ dataDir });
      expect(performance.now() - startedMs).toBeLessThan(5000);
      expect(isAlive(pid)).toBe(false);
      expect(await rowsOf(at.client, 'SELECT 1')).toEqual([[1]]);
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
});

test('a broken part is set aside and reported, its neighbours are readable', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'farol-engine-test-'));
  try {
    {
      await using at = await startForTest({ dataDir });
      await at.client.command({ query: table });
      for (const id of [1, 2, 3]) await at.client.insert({ table: 't', values: [{ id }], format: 'JSONEachRow' });
    }
    const broken = filesUnder(join(dataDir, 'clickhouse')).find((path) => /all_2_2_0\/(?:id|data)\.bin$/.test(path));
    truncateSync(broken ?? '', 3);
    await using at = await startForTest({ dataDir });
    expect(at.engine.detachedParts).toBe(1);
    expect(await rowsOf(at.client, 'SELECT groupArray(id) FROM (SELECT id FROM t ORDER BY id)')).toEqual([
      [['1', '3']],
    ]);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
});

test('only pages that are nothing but the file are given back', () => {
  const mapping = (range: string, mode: string, path: string, anonymousKb: number) =>
    `${range} ${mode} 00000000 fd:00 123   ${path}\nSize:  8 kB\nRss:  8 kB\nAnonymous:   ${anonymousKb} kB\n`;
  const found = trimmable(
    mapping('1000-3000', 'r-xp', '/x/libchdb.so', 0) +
      mapping('3000-4000', 'r--p', '/x/libchdb.so', 4) +
      mapping('4000-5000', 'rw-p', '/x/libchdb.so', 0) +
      mapping('5000-6000', 'r-xp', '/x/libc.so.6', 0) +
      mapping('6000-7000', 'r--p', '/opt/bin/node', 0),
  );
  expect(found).toEqual([
    { start: 0x1000, length: 0x2000 },
    { start: 0x6000, length: 0x1000 },
  ]);
});

test.runIf(process.platform === 'linux')('the address works for a directory with a very long name', async () => {
  const base = mkdtempSync(join(tmpdir(), 'farol-engine-test-'));
  try {
    await using at = await startForTest({ dataDir: join(base, 'x'.repeat(120)) });
    expect(await rowsOf(at.client, 'SELECT 1')).toEqual([[1]]);
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
});

function filesUnder(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** A process that starts an engine and waits; it prints the engine's pid, or why there is none. */
async function startServer(
  dataDir: string,
  { untilReady = false } = {},
): Promise<{ server: ChildProcess; pid: number }> {
  const door = fileURLToPath(new URL('./index.ts', import.meta.url));
  const silent = '{ info() {}, warn() {}, error() {} }';
  const code = `
    const { startEngine } = await import(${JSON.stringify(door)});
    try {
      const engine = await startEngine({ dataDir: ${JSON.stringify(dataDir)}, database: 'farol', log: ${silent} });
      console.log(engine.pid);
      setInterval(() => undefined, 1000);
    } catch (error) {
      console.log(error.code, error.message);
    }`;
  const server = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  if (!untilReady) return { server, pid: 0 };
  const [line] = (await once(server.stdout ?? server, 'data')) as [Buffer];
  return { server, pid: Number(line.toString()) };
}

async function outputOf(server: ChildProcess): Promise<string> {
  let said = '';
  for await (const chunk of server.stdout ?? []) said += String(chunk);
  return said;
}
