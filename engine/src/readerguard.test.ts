import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { guardReader } from './readerguard.ts';
import { codeOf, rowsOf, startForTest, type TestEngine } from './testing.ts';

// The machine may be busy with other tests.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const fence = {
  databases: new Set(['system', 'default', 'information_schema']),
  tableFunctions: new Set([
    'file',
    'url',
    'merge',
    'remote',
    'view',
    'numbers',
    'format',
    'loop',
    'eval',
    'mergetreeindex',
  ]),
};

describe('the text', () => {
  test('comments are taken out, so that the engine reads what was looked at', () => {
    expect(guardReader('SELECT /* a /* b */ */ 1 -- x', fence)).toBe('SELECT   1  ');
  });

  test('ordinary questions pass', () => {
    const f = (text: string) => expect(guardReader(text, fence)).toBe(text);
    f("SELECT count() FROM logs WHERE body LIKE '%system.one%' AND attributes['file'] = 'x'");
    f('WITH x AS (SELECT 1 AS a) SELECT a FROM x WHERE a IN (SELECT number FROM numbers(3)) FORMAT JSON');
    f("SELECT formatDateTime(now(), '%H'), format('{}', 'a'), t.1, t.system FROM farol.t AS t, farol.u;");
    f('(SELECT 1) UNION ALL (SELECT 2)');
    f('SELECT `settings`, "file" FROM t');
  });
});

/** Each must fail in the guard or in chDB; none may return rows. */
const escapes = [
  'SELECT * FROM system.one',
  'SELECT * FROM SYSTEM.one',
  'SELECT * FROM system . one',
  'SELECT * FROM system/**/./**/one',
  'SELECT * FROM `system`.one',
  'SELECT * FROM "system"."one"',
  'SELECT * FROM `sys\\x74em`.one',
  'SELECT * FROM "system.one"',
  'SELECT * FROM “system”.one',
  'SELECT * FROM $$system$$.one',
  'FROM system.one SELECT *',
  'SELECT 1 WHERE 0 IN system.one',
  'SELECT * FROM t, system.one',
  'SELECT * FROM t JOIN system.one ON 1',
  'WITH x AS (SELECT * FROM system.one) SELECT * FROM x',
  'SELECT * FROM information_schema.tables',
  'SELECT * FROM default.other',
  'SELECT * FROM elsewhere.secret',
  "SELECT * FROM file('/etc/hostname', 'LineAsString')",
  "SELECT * FROM `file`('/etc/hostname', 'LineAsString')",
  "SELECT file('/etc/hostname')",
  "SELECT FILE ('/etc/hostname')",
  "SELECT /*x*/ file /*y*/ ('/etc/hostname')",
  "SELECT * FROM '/etc/hostname'",
  "SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')",
  "SELECT * FROM t, merge('system', 'one')",
  "SELECT * FROM merge('system', 'one')",
  'SELECT * FROM loop(system.one)',
  "SELECT * FROM eval('SELECT 1')",
  "SELECT * FROM remote('127.0.0.1', 'system', 'one')",
  "SELECT * FROM cluster('default', 'system', 'one')",
  'SELECT * FROM mergeTreeIndex(farol, t)',
  "SELECT * FROM executable('x', 'TSV', 'a UInt8')",
  "SELECT * FROM sqlite('/etc/passwd', 't')",
  "SELECT * FROM s3('http://127.0.0.1:1/b/x')",
  "SELECT dictGet('system.x', 'a', 1)",
  "SELECT joinGet('system.x', 'a', 1)",
  "SELECT getServerSetting('path')",
  "SELECT hasColumnInTable('system', 'one', 'dummy')",
  'SELECT sleep(1)',
  'SELECT 1 SETTINGS max_threads = 8',
  'SELECT 1 SETTINGS readonly = 0',
  'SELECT * FROM (SELECT 1 SETTINGS max_memory_usage = 0)',
  "SELECT 1 INTO OUTFILE '/tmp/farol-must-not-exist'",
  'SELECT * FROM (SHOW DATABASES)',
  'SELECT * FROM (EXPLAIN SELECT 1)',
  'SELECT 1; SELECT 2',
  'SELECT 1; SET max_threads = 8',
  'SET readonly = 0',
  'SHOW TABLES',
  'DESCRIBE t',
  'EXPLAIN SELECT 1',
  'INSERT INTO t VALUES (1)',
  'CREATE TABLE x (a UInt8) ENGINE = Memory',
  'DROP TABLE t',
  'TRUNCATE TABLE t',
  'ALTER TABLE t DELETE WHERE 1',
  'KILL QUERY WHERE 1',
  'SYSTEM FLUSH LOGS',
  'OPTIMIZE TABLE t',
  "BACKUP DATABASE farol TO File('/tmp/x')",
  'USE system',
  "WITH 'x' AS y INSERT INTO t SELECT 1",
  '1',
  '',
];

describe('through the client', () => {
  let at: TestEngine;
  beforeAll(async () => {
    at = await startForTest();
    await at.client.command({ query: 'CREATE TABLE t (a UInt8) ENGINE = MergeTree ORDER BY a' });
    await at.client.command({ query: 'CREATE DATABASE elsewhere' });
    await at.client.command({ query: 'CREATE TABLE elsewhere.secret (a UInt8) ENGINE = Memory' });
  });
  afterAll(() => at[Symbol.asyncDispose]());

  test('a reader reaches nothing but its own database', async () => {
    for (const query of escapes) {
      const code = await codeOf(rowsOf(at.client, query));
      expect(code, query).toMatch(/^(?:497|164|62|60|81)$/);
    }
    expect(await rowsOf(at.client, 'SELECT count() FROM t')).toEqual([['0']]);
    expect(() => readFileSync('/tmp/farol-must-not-exist')).toThrow('ENOENT');
  });

  test('a parameter opens no door either', async () => {
    const f = async (query: string, params: Record<string, unknown>) =>
      expect(await codeOf(rowsOf(at.client, query, params))).toMatch(/^(?:497|60|47|81)$/);
    await f('SELECT * FROM {d:Identifier}.{t:Identifier}', { d: 'system', t: 'one' });
    await f('SELECT * FROM {t:Identifier}', { t: 'system.one' });
    await f('SELECT * FROM {t:Identifier}', { t: '/etc/hostname' });
    await f('SELECT {c:Identifier} FROM t', { c: "a` FROM system.one WHERE '" });
  });

  test('a reader cannot change settings or choose another database', async () => {
    const settings = { readonly: '1', max_memory_usage: '0', max_threads: 77 } as const;
    const threads = await at.client.query({
      query: "SELECT getSetting('max_threads'), getSetting('readonly'), getSetting('max_memory_usage') > 0",
      clickhouse_settings: settings,
      format: 'JSONCompactEachRow',
    });
    expect(await threads.json()).not.toEqual([['77', '1', 1]]);
    const { createClient, ClickHouseLogLevel } = await import('@clickhouse/client');
    const { url, httpAgent: http_agent } = at.engine;
    const other = createClient({ url, http_agent, database: 'system', log: { level: ClickHouseLogLevel.OFF } });
    expect(await codeOf(other.query({ query: 'SELECT * FROM one', clickhouse_settings: { readonly: '1' } }))).toBe(
      '497',
    );
  });

  test('a writer does not read or write files by SQL', async () => {
    const file = join(at.dataDir, 'canary');
    expect(await codeOf(at.client.command({ query: `SELECT 1 INTO OUTFILE '${file}'` }))).toBe('497');
    expect(await codeOf(at.client.command({ query: "INSERT INTO t FROM INFILE '/etc/hostname' FORMAT TSV" }))).toBe(
      '497',
    );
    expect(() => readFileSync(file)).toThrow('ENOENT');
  });
});
