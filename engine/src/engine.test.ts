import { once } from 'node:events';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { asReader, bytesOf, codeOf, rowsOf, startForTest, type TestEngine } from './testing.ts';

// The machine may be busy with other tests.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let at: TestEngine;
beforeAll(async () => {
  at = await startForTest();
});
afterAll(() => at[Symbol.asyncDispose]());

const durable = 'SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 100';

async function createTable(name: string): Promise<void> {
  await at.client.command({
    query: `CREATE TABLE ${name} (id UInt64, text String) ENGINE = MergeTree ORDER BY id ${durable}`,
  });
}

/** RowBinary rows whose texts hold what cuts inline data short. */
function binaryRows(count: number, first = 0): Buffer {
  const rows = Array.from({ length: count }, (_, i) => {
    const id = Buffer.alloc(8);
    id.writeBigUInt64LE(BigInt(first + i));
    const text = Buffer.from(`\n\nrow ${first + i}\n\n;\0'\\`);
    return Buffer.concat([id, Buffer.from([text.length]), text]);
  });
  return Buffer.concat(rows);
}

async function insertBinary(table: string, rows: Buffer, token?: string): Promise<void> {
  const settings = token ? `SETTINGS insert_deduplicate = 1, insert_deduplication_token = '${token}'` : '';
  const { stream } = await at.client.exec({
    query: `INSERT INTO ${table} (id, text) ${settings} FORMAT RowBinary`,
    values: Readable.from([rows.subarray(0, 7), rows.subarray(7)]),
  });
  stream.resume();
  await once(stream, 'close');
}

test('the engine answers pings and names its version', async () => {
  expect(await at.client.ping()).toEqual({ success: true });
  expect(await at.client.ping({ select: true })).toEqual({ success: true });
  expect(at.engine.version).toMatch(/^26\./);
  expect(at.states).toEqual(['starting', 'ready']);
  expect(at.engine.detachedParts).toBe(0);
});

test('binary rows are stored whole, empty lines and all', async () => {
  await createTable('binary');
  await insertBinary('binary', binaryRows(5000));
  const rows = await rowsOf(
    at.client,
    'SELECT count(), uniqExact(id), uniqExact(text), countIf(text = {t:String}) FROM binary',
    {
      t: "\n\nrow 4999\n\n;\0'\\",
    },
  );
  expect(rows).toEqual([['5000', '5000', '5000', '1']]);
});

test('a batch sent again with its token is stored once', async () => {
  await createTable('again');
  for (let i = 0; i < 3; i++) await insertBinary('again', binaryRows(1000), 'token-1');
  await insertBinary('again', binaryRows(1000, 1000), 'token-2');
  expect(await rowsOf(at.client, 'SELECT count(), uniqExact(id) FROM again')).toEqual([['2000', '2000']]);
  // The same as settings of the request, and the session forgets them afterwards.
  const insert = (token: string) =>
    at.client.insert({
      table: 'again',
      values: [{ id: 9000, text: 'x' }],
      format: 'JSONEachRow',
      clickhouse_settings: { insert_deduplicate: 1, insert_deduplication_token: token },
    });
  await insert('token-3');
  await insert('token-3');
  await at.client.insert({ table: 'again', values: [{ id: 9001, text: 'y' }], format: 'JSONEachRow' });
  await at.client.insert({ table: 'again', values: [{ id: 9002, text: 'z' }], format: 'JSONEachRow' });
  expect(await rowsOf(at.client, 'SELECT count() FROM again')).toEqual([['2003']]);
});

test('rows arrive in every format and encoding', async () => {
  await createTable('formats');
  await at.client.command({ query: "INSERT INTO formats VALUES (1, 'a\n\nb'), (2, 'c')" });
  await at.client.command({
    query: 'INSERT INTO formats FORMAT JSONEachRow\n{"id":3,"text":"x"}\n\n{"id":4,"text":"y"}',
  });
  await at.client.command({ query: 'INSERT INTO formats SELECT number + 5, toString(number) FROM numbers(2)' });
  await at.client.insert({
    table: 'formats',
    values: Readable.from(['7\tseven\n', '8\teight\n'], { objectMode: false }),
    format: 'TabSeparated',
  });
  const response = await post(
    `/?query=${encodeURIComponent('INSERT INTO farol.formats FORMAT CSV')}`,
    gzipSync('9,"nine\n\nnine"\n'),
    {
      'content-encoding': 'gzip',
    },
  );
  expect(response.status).toBe(200);
  expect(await rowsOf(at.client, 'SELECT groupArray(id) FROM (SELECT id FROM formats ORDER BY id)')).toEqual([
    [['1', '2', '3', '4', '5', '6', '7', '8', '9']],
  ]);
  expect(await rowsOf(at.client, 'SELECT text FROM formats WHERE id IN (1, 9) ORDER BY id')).toEqual([
    ['a\n\nb'],
    ['nine\n\nnine'],
  ]);
});

test('an INSERT that fails stores nothing and says why', async () => {
  await createTable('bad');
  const insert = at.client.insert({
    table: 'bad',
    values: Readable.from(['1\tx\nnot a number\ty\n'], { objectMode: false }),
    format: 'TabSeparated',
  });
  expect(await codeOf(insert)).toMatch(/^(?:27|72|6)$/);
  expect(await codeOf(insertBinary('bad', binaryRows(10).subarray(0, -3)))).toMatch(/^(?:32|33)$/);
  expect(await codeOf(at.client.insert({ table: 'nowhere', values: [{ a: 1 }], format: 'JSONEachRow' }))).toBe('60');
  const reading = at.client.insert({
    table: 'bad',
    values: [{ id: 1 }],
    format: 'JSONEachRow',
    clickhouse_settings: asReader,
  });
  expect(await codeOf(reading)).toBe('164');
  expect(await rowsOf(at.client, 'SELECT count() FROM bad')).toEqual([['0']]);
});

test('answers come in the format asked for', async () => {
  const query = "SELECT number AS n, 'x' AS s FROM numbers(2)";
  const ask = async (format: 'JSON' | 'JSONEachRow' | 'CSVWithNames' | 'TabSeparated') =>
    (await at.client.query({ query, format, clickhouse_settings: asReader })).text();
  expect(JSON.parse(await ask('JSON'))).toMatchObject({
    data: [
      { n: '0', s: 'x' },
      { n: '1', s: 'x' },
    ],
    rows: 2,
  });
  expect(await ask('JSONEachRow')).toBe('{"n":"0","s":"x"}\n{"n":"1","s":"x"}\n');
  expect(await ask('CSVWithNames')).toBe('"n","s"\n0,"x"\n1,"x"\n');
  expect(await ask('TabSeparated')).toBe('0\tx\n1\tx\n');
  const { stream } = await at.client.exec({ query: `${query} FORMAT RowBinary`, clickhouse_settings: asReader });
  expect((await bytesOf(stream)).toString('hex')).toBe('0000000000000000017801000000000000000178');
});

test('a large answer is sent block by block, an empty one is empty', async () => {
  const { stream } = await at.client.exec({
    query: 'SELECT number FROM numbers(3000000) FORMAT RowBinary',
    clickhouse_settings: asReader,
  });
  expect((await bytesOf(stream)).length).toBe(24_000_000);
  expect(await rowsOf(at.client, 'SELECT 1 WHERE 0')).toEqual([]);
});

test('the headers are ClickHouse’s', async () => {
  const response = await post('/?query_id=abc-1&default_format=JSONEachRow', 'SELECT 1 AS x');
  expect(response.headers).toMatchObject({
    'x-clickhouse-query-id': 'abc-1',
    'x-clickhouse-format': 'JSONEachRow',
    'x-clickhouse-server-display-name': 'farol-engine',
    'x-clickhouse-timezone': expect.stringMatching(/./),
    'x-clickhouse-summary': expect.stringContaining('"read_rows":"1"'),
    'content-type': 'application/x-ndjson; charset=UTF-8',
  });
  expect(response.body).toBe('{"x":1}\n');
});

test('errors carry ClickHouse’s code, name and status', async () => {
  const f = async (query: string, code: string, status: number, path = '/') => {
    const response = await post(path, query);
    expect([response.headers['x-clickhouse-exception-code'], response.status], query).toEqual([code, status]);
    expect(response.body).toMatch(new RegExp(`^Code: ${code}\\. DB::Exception: .*\\([A-Z_]+\\) \\(version 26\\.`, 's'));
  };
  await f('SELEC 1', '62', 400);
  await f('SELECT nosuch', '47', 404);
  await f('SELECT * FROM nosuch', '60', 404);
  await f('SELECT nosuch()', '46', 404);
  await f('SELECT 1', '115', 404, '/?nosuch=1');
  await f('SELECT 1', '81', 404, '/?database=nosuch');
  await f('SELECT 1', '48', 501, '/?session_id=x');
  await f('SELECT 1 FORMAT NoSuch', '73', 404);
  await f('SELECT {x:UInt8}', '456', 500);
  await f("SELECT throwIf(1, 'boom')", '395', 500);
  await f('SELECT 1; SELECT 2', '62', 400);
  await f('SELECT * FROM system.one', '497', 403, '/?readonly=1');
  expect((await post('/nowhere', '')).status).toBe(404);
  expect((await post('/', 'SELECT 1 +')).body).not.toContain('farol:');
  expect((await post('/', 'SELECT 1 FRM x y')).body).toContain('failed at position 14');
});

test('an error in the middle of an answer reaches the client', async () => {
  const answer = await at.client.query({
    query: 'SELECT throwIf(number = 900000) FROM numbers(1000000)',
    format: 'JSONEachRow',
  });
  expect(await codeOf(answer.json())).toBe('395');
  const { stream } = await at.client.exec({
    query: 'SELECT throwIf(number = 900000) FROM numbers(1000000) FORMAT RowBinary',
  });
  await expect(bytesOf(stream)).rejects.toThrow();
});

const slow = 'SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) = 3';

async function running(): Promise<number> {
  const answer = await at.client.query({
    query: "SELECT count() AS c FROM system.processes WHERE query LIKE '%sipHash64%' AND query NOT LIKE '%processes%'",
    format: 'JSON',
  });
  return Number((await answer.json<{ c: string }>()).data[0]?.c);
}

async function until(met: () => Promise<boolean>, msMax: number): Promise<void> {
  const startedMs = performance.now();
  while (!(await met())) {
    if (performance.now() - startedMs > msMax) throw new Error(`not within ${msMax} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('a query ends when its client leaves', async () => {
  for (const clickhouse_settings of [asReader, {}]) {
    for (const format of ['JSON', 'JSONEachRow'] as const) {
      const client = new AbortController();
      const answer = at.client.query({ query: slow, format, clickhouse_settings, abort_signal: client.signal });
      const failed = expect(answer).rejects.toThrow('aborted');
      await until(async () => (await running()) === 1, 5000);
      client.abort();
      await failed;
      await until(async () => (await running()) === 0, 3000);
    }
  }
});

test('a stream that nobody reads on is ended when its client leaves', async () => {
  const { stream } = await at.client.exec({
    query: 'SELECT sipHash64(number) FROM numbers(1000000000000) FORMAT RowBinary',
    clickhouse_settings: asReader,
  });
  await once(stream, 'data');
  stream.pause();
  stream.destroy();
  await until(async () => (await running()) === 0, 3000);
});

test('a reader’s time limit ends its query, and the next one is fine', async () => {
  const startedMs = performance.now();
  const answer = at.client.query({ query: slow, clickhouse_settings: { ...asReader, max_execution_time: 0.3 } });
  expect(await codeOf(answer)).toBe('159');
  expect(performance.now() - startedMs).toBeLessThan(3000);
  expect(await rowsOf(at.client, 'SELECT 1')).toEqual([[1]]);
});

test('an answer holds nothing of a query that failed before it', async () => {
  const broken = "SELECT throwIf(number = 900000), repeat('x', 10) FROM numbers(1000000)";
  for (let i = 0; i < 10; i++) {
    for (const clickhouse_settings of [asReader, {}]) {
      expect(await codeOf(at.client.query({ query: broken, format: 'JSONCompact', clickhouse_settings }))).toBe('395');
      const answer = await at.client.query({ query: `SELECT ${i}`, format: 'TabSeparated', clickhouse_settings });
      expect(await answer.text()).toBe(`${i}\n`);
    }
  }
});

test('memory is bounded', async () => {
  const greedy = 'SELECT groupArray(repeat(toString(number), 100)) FROM numbers(100000000)';
  expect(await codeOf(rowsOf(at.client, greedy))).toBe('241');
  expect(await rowsOf(at.client, 'SELECT 1')).toEqual([[1]]);
});

test('queries run side by side, and a slow plan does not hold up inserts', async () => {
  await createTable('beside');
  const client = new AbortController();
  const busy = Array.from({ length: 3 }, () =>
    at.client.query({ query: slow, format: 'JSONEachRow', clickhouse_settings: asReader, abort_signal: client.signal }),
  );
  // chDB computes a scalar subquery while it plans, in the thread that asked for blocks.
  const planning = at.client.exec({
    query: `SELECT (${slow}) + number FROM numbers(1) FORMAT RowBinary`,
    clickhouse_settings: asReader,
    abort_signal: client.signal,
  });
  const ended = Promise.allSettled([...busy, planning]);
  await until(async () => (await running()) === 4, 5000);
  const startedMs = performance.now();
  await insertBinary('beside', binaryRows(100));
  expect(performance.now() - startedMs).toBeLessThan(2000);
  client.abort();
  await ended;
  await until(async () => (await running()) === 0, 3000);
  expect(await rowsOf(at.client, 'SELECT count() FROM beside')).toEqual([['100']]);
});

test('more queries than sessions wait their turn', async () => {
  const answers = Array.from({ length: 100 }, (_, i) => rowsOf(at.client, 'SELECT {i:UInt32}', { i }));
  expect(await Promise.all(answers)).toEqual(Array.from({ length: 100 }, (_, i) => [[i]]));
});

test('settings and databases of one request do not leak into the next', async () => {
  const read = async (clickhouse_settings = {}) => {
    const answer = await at.client.query({
      query:
        "SELECT getSetting('max_threads') AS threads, getSetting('max_block_size') AS block, getSetting('async_insert') AS async",
      format: 'JSONEachRow',
      clickhouse_settings,
    });
    return (await answer.json()) as unknown[];
  };
  const before = await read();
  const changed = await Promise.all(
    Array.from({ length: 8 }, () => read({ max_threads: 1, max_block_size: '7', async_insert: 1 })),
  );
  expect(changed[0]).not.toEqual(before);
  for (let i = 0; i < 8; i++) expect(await read()).toEqual(before);
  await at.client.command({ query: 'SET max_threads = 1' });
  for (let i = 0; i < 8; i++) expect(await read()).toEqual(before);
  for (let i = 0; i < 8; i++)
    expect((await post('/?database=system', 'SELECT currentDatabase()')).body).toBe('system\n');
  for (let i = 0; i < 8; i++) expect((await post('/', 'SELECT currentDatabase()')).body).toBe('farol\n');
});

test('no log tables are kept', async () => {
  const answer = await at.client.query({
    query:
      "SELECT count() AS c FROM system.tables WHERE database = 'system' AND name LIKE '%\\_log' AND total_rows > 0",
    format: 'JSONEachRow',
  });
  expect(await answer.json()).toEqual([{ c: 0 }]);
});

interface Reply {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly body: string;
}

/** A request as curl would send it. */
async function post(path: string, body: string | Buffer, headers: Record<string, string> = {}): Promise<Reply> {
  const { request } = await import('node:http');
  const call = request(`${at.engine.url}${path}`, { method: 'POST', agent: at.engine.httpAgent, headers });
  call.end(body);
  const [response] = (await once(call, 'response')) as [import('node:http').IncomingMessage];
  const text = (await bytesOf(response)).toString();
  return { status: response.statusCode ?? 0, headers: response.headers, body: text };
}
