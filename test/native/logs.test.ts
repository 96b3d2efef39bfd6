import type { LogFacetsAnswer, LogHistogramAnswer, LogsAnswer } from '@farol/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { idOf, logLine, type NativeApi, openNativeApi } from './fixture.ts';

const nowMs = Date.now();
const startMs = nowMs - 60 * 60_000;
const range = `start=${startMs}&end=${nowMs}`;
const traceId = idOf(0xabc, 32);
let api: NativeApi;

beforeAll(async () => {
  api = await openNativeApi();
  const at = (minute: number) => BigInt(startMs + minute * 60_000) * 1_000_000n;
  const twins = Array.from({ length: 25 }, (_, i) =>
    logLine({ service: 'twins', body: `twin ${i % 5}`, timeNs: at(30) }),
  );
  await api.store.write({
    tenant: 'main',
    logs: [
      logLine({ service: 'api', body: 'Connection timeout to db-1', timeNs: at(1), level: 'error', traceId }),
      logLine({ service: 'api', body: 'request handled', timeNs: at(2), attributes: { 'user.id': '7', path: '/a=b' } }),
      logLine({ service: 'worker', body: 'Não foi possível: AÇÃO negada', timeNs: at(3), level: 'warn' }),
      logLine({ service: 'worker', body: 'timeouts are not a timeout', timeNs: at(4), spanId: idOf(5, 16), traceId }),
      ...twins,
    ],
  });
  await api.store.write({
    tenant: 'other',
    logs: [logLine({ tenant: 'other', service: 'api', body: 'a secret of others', timeNs: at(1) })],
  });
});
afterAll(async () => api[Symbol.asyncDispose]());

const bodies = async (query: string) =>
  (await api.get<LogsAnswer>(`/api/logs?${range}&${query}`)).logs.map((l) => l.body);

test('words are whole and of any case, phrases stand as typed, exclusions exclude', async () => {
  const f = async (text: string, ...expected: string[]) =>
    expect(await bodies(`text=${encodeURIComponent(text)}&service=api&service=worker`)).toEqual(expected);
  await f('TIMEOUT', 'timeouts are not a timeout', 'Connection timeout to db-1');
  await f('timeouts', 'timeouts are not a timeout');
  await f('connection timeout', 'Connection timeout to db-1');
  await f('"timeout connection"');
  await f('"CONNECTION timeout"', 'Connection timeout to db-1');
  await f('db-1', 'Connection timeout to db-1');
  await f('timeout -connection', 'timeouts are not a timeout');
  await f('ação', 'Não foi possível: AÇÃO negada');
  await f('possív*', 'Não foi possível: AÇÃO negada');
  await f('possív');
  await f('hand* -zzz', 'request handled');
});

test('services, levels, attributes, traces and spans narrow down', async () => {
  expect(await bodies('level=error')).toEqual(['Connection timeout to db-1']);
  expect(await bodies('level=error&level=warn&service=worker')).toEqual(['Não foi possível: AÇÃO negada']);
  expect(await bodies('attr=user.id%3D7')).toEqual(['request handled']);
  expect(await bodies('attr=path%3D%2Fa%3Db')).toEqual(['request handled']);
  expect(await bodies('attr=user.id&service=api')).toEqual(['request handled']);
  expect(await bodies('attr=!user.id&service=api')).toEqual(['Connection timeout to db-1']);
  expect(await bodies('attr=user.id!%3D7&service=api')).toEqual(['Connection timeout to db-1']);
  expect(await bodies('attr=service.name%3Dapi')).toHaveLength(2);
  expect(await bodies(`traceId=${traceId}`)).toHaveLength(2);
  expect(await bodies(`spanId=${idOf(5, 16)}`)).toEqual(['timeouts are not a timeout']);
  expect(await bodies('environment=production&service=api')).toHaveLength(2);
  expect(await bodies('environment=staging')).toEqual([]);
});

test('a trace without a range finds its lines', async () => {
  const answer = await api.get<LogsAnswer>(`/api/logs?traceId=${traceId.toUpperCase()}`);
  expect(answer.logs).toHaveLength(2);
});

test('pages are newest first, and neither repeat nor lose lines of one nanosecond, not even equal ones', async () => {
  const seen: string[] = [];
  const ids = new Set<string>();
  let cursor: string | undefined;
  for (let page = 0; page < 20; page++) {
    const query = `limit=3${cursor ? `&cursor=${cursor}` : ''}`;
    const answer = await api.get<LogsAnswer>(`/api/logs?${range}&${query}`);
    for (const line of answer.logs) {
      seen.push(line.timeNs);
      ids.add(line.id);
    }
    cursor = answer.cursor;
    if (!cursor) break;
  }
  expect(seen).toHaveLength(29);
  expect(ids.size).toBe(29);
  expect(seen).toEqual([...seen].sort().reverse());
});

test('the histogram counts every line once, by level', async () => {
  const { chart, total } = await api.get<LogHistogramAnswer>(`/api/logs/histogram?${range}&buckets=6`);
  expect(total).toBe(29);
  expect(chart.timesMs).toHaveLength(6);
  const sums = Object.fromEntries(chart.lines.map((l) => [l.name, l.values.reduce<number>((a, b) => a + (b ?? 0), 0)]));
  expect(sums).toEqual({ info: 27, warn: 1, error: 1 });
});

test('facets name services, levels and attributes with their counts', async () => {
  const { facets } = await api.get<LogFacetsAnswer>(`/api/logs/facets?${range}`);
  expect(facets[0]).toEqual({
    key: 'service',
    values: [
      { value: 'twins', count: 25 },
      { value: 'api', count: 2 },
      { value: 'worker', count: 2 },
    ],
  });
  expect(facets.find((f) => f.key === 'user.id')?.values).toEqual([{ value: '7', count: 1 }]);
});

test('F53 hostile text comes back literally or finds nothing, and harms nothing', async () => {
  const hostile = [
    `'; DROP TABLE logs; --`,
    `\\'`,
    '`',
    '{p0:String}',
    '%',
    '_',
    '\u0000',
    '/* x */',
    `' OR 1=1 --`,
    `file('/etc/passwd')`,
    '\u202e',
    '"',
    `a"b`,
  ];
  const timeNs = BigInt(startMs + 50 * 60_000) * 1_000_000n;
  const lines = hostile.map((body) =>
    logLine({ service: body, body, timeNs, attributes: { k: body, [`k${body}`]: 'x' } }),
  );
  await api.store.write({ tenant: 'main', logs: lines });
  for (const [i, text] of hostile.entries()) {
    const quoted = encodeURIComponent(text);
    expect(await bodies(`service=${quoted}`)).toEqual([text]);
    expect(await bodies(`attr=${encodeURIComponent(`k=${text}`)}`)).toEqual([text]);
    if (!text.includes('=')) expect(await bodies(`attr=${encodeURIComponent(`k${text}`)}`)).toEqual([text]);
    for (const name of ['text', 'environment', 'cursor', 'level', 'traceId', 'limit', 'start']) {
      const reply = await api.app.inject({ url: `/api/logs?${name}=${quoted}` });
      expect([200, 400], `${name}=${text} (${i}): ${reply.body}`).toContain(reply.statusCode);
    }
  }
  expect((await api.get<LogHistogramAnswer>(`/api/logs/histogram?${range}`)).total).toBe(29 + hostile.length);
});

test('tenants do not see each other', async () => {
  expect(await bodies('text=secret')).toEqual([]);
  const reply = await api.app.inject({ url: `/api/logs?${range}&text=secret`, headers: { 'x-scope-orgid': 'other' } });
  expect(reply.json().logs).toHaveLength(1);
  expect((await api.app.inject({ url: '/api/logs', headers: { 'x-scope-orgid': '../x' } })).statusCode).toBe(400);
});
