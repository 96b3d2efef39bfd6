import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../kit/until.ts';
import { type LokiApi, openLokiApi } from './fixture.ts';

let api: LokiApi;

beforeAll(async () => {
  api = await openLokiApi({ perTenantMax: 3, bufferBytesMax: 20_000 });
});

afterAll(() => api[Symbol.asyncDispose]());

interface Message {
  readonly streams: { stream: Record<string, string>; values: [string, string][] }[];
  readonly dropped_entries?: { timestamp: string; labels: Record<string, string> }[];
}

function open(params: Record<string, string>, headers: Record<string, string> = {}) {
  const url = `${api.url.replace('http', 'ws')}/loki/api/v1/tail?${new URLSearchParams(params)}`;
  // Node's own client, which takes headers where a browser's does not.
  const socket = new WebSocket(url, { headers } as unknown as string[]);
  const messages: Message[] = [];
  socket.addEventListener('message', ({ data }) => messages.push(JSON.parse(String(data)) as Message));
  return {
    socket,
    messages,
    lines: () => messages.flatMap(({ streams }) => streams.flatMap(({ values }) => values.map(([, line]) => line))),
    async [Symbol.asyncDispose]() {
      if (socket.readyState === WebSocket.CLOSED) return;
      socket.close();
      await once(socket, 'close');
    },
  };
}

const nowNs = () => String(BigInt(Date.now()) * 1_000_000n);
const opened = (socket: WebSocket) => once(socket, 'open');
const say = (app: string, line: string) => api.push([{ stream: { app }, values: [[nowNs(), line]] }]);

test('a tail begins with the newest of the past, goes on with what comes, and shows no line twice', async () => {
  await using tail = open({ query: '{app="shop"} |= "order" | logfmt | took > 50ms', limit: '3' });
  await opened(tail.socket);
  await until(() => tail.lines().length >= 3, 10_000, 'the past');
  expect(tail.lines().map((line) => /order (\d+)/.exec(line)?.[1])).toEqual(['57', '58', '59']);
  await say('shop', 'msg="order 100 placed" took=90ms');
  await say('shop', 'msg="order 101 placed" took=1ms');
  await say('bank', 'msg="order 102 placed" took=90ms');
  await until(() => tail.lines().length >= 4, 10_000, 'the new line');
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(tail.lines().slice(3)).toEqual(['msg="order 100 placed" took=90ms']);
  expect(tail.messages.at(-1)?.streams[0]?.stream).toMatchObject({ app: 'shop', took: '90ms' });
});

test('delay_for holds lines back, and puts those that come late in their place', async () => {
  await using tail = open({ query: '{app="late"}', delay_for: '1' });
  await opened(tail.socket);
  await new Promise((resolve) => setTimeout(resolve, 300));
  const second = nowNs();
  const first = String(BigInt(second) - 1_000_000_000n);
  await api.push([{ stream: { app: 'late' }, values: [[second, 'second']] }]);
  await api.push([{ stream: { app: 'late' }, values: [[first, 'first']] }]);
  await until(() => tail.lines().length === 2, 10_000, 'both lines');
  expect(tail.lines()).toEqual(['first', 'second']);
});

test('F55 lines that do not fit are dropped by name, and the tail goes on', async () => {
  await using tail = open({ query: '{app="burst"}', delay_for: '1' });
  await opened(tail.socket);
  await new Promise((resolve) => setTimeout(resolve, 300));
  const at = nowNs();
  const values = Array.from({ length: 50 }, (_, i): [string, string] => [at, `burst ${i}`]);
  await api.push([{ stream: { app: 'burst' }, values }]);
  await until(() => tail.messages.some(({ dropped_entries }) => dropped_entries !== undefined), 10_000, 'the loss');
  const dropped = tail.messages.flatMap(({ dropped_entries = [] }) => dropped_entries);
  await until(() => tail.lines().length + dropped.length === 50, 10_000, 'the rest');
  expect(dropped[0]).toEqual({ timestamp: at, labels: { app: 'burst', service_name: 'burst' } });
  await say('burst', 'afterwards');
  await until(() => tail.lines().at(-1) === 'afterwards', 10_000, 'the line after');
});

test('F55 a tenant has so many tails and no more; one that is closed makes room', async () => {
  const refused = async (headers: Record<string, string> = {}) => {
    const tail = open({ query: '{app="shop"}' }, headers);
    const [event] = (await Promise.race([once(tail.socket, 'open'), once(tail.socket, 'error')])) as [Event];
    return { tail, isRefused: event.type === 'error' };
  };
  const tails = [await refused(), await refused(), await refused()];
  expect(tails.map(({ isRefused }) => isRefused)).toEqual([false, false, false]);
  expect((await refused()).isRefused).toBe(true);
  const other = await refused({ 'x-scope-orgid': 'team-b' });
  expect(other.isRefused).toBe(false);
  await tails[0]?.tail[Symbol.asyncDispose]();
  await until(
    async () => {
      const again = await refused();
      await again.tail[Symbol.asyncDispose]();
      return !again.isRefused;
    },
    10_000,
    'a free place',
  );
  for (const { tail } of [...tails, other]) await tail[Symbol.asyncDispose]();
});

test('F81 a page of another origin opens no tail; wrong questions are refused before the handshake', async () => {
  const status = async (params: Record<string, string>, headers: Record<string, string> = {}) => {
    const reply = await fetch(`${api.url}/loki/api/v1/tail?${new URLSearchParams(params)}`, { headers });
    return { status: reply.status, text: await reply.text() };
  };
  const isRefused = async (params: Record<string, string>, headers: Record<string, string> = {}) => {
    const tail = open(params, headers);
    const [event] = (await Promise.race([once(tail.socket, 'open'), once(tail.socket, 'error')])) as [Event];
    await tail[Symbol.asyncDispose]();
    return event.type === 'error';
  };
  expect(await isRefused({ query: '{app="shop"}' }, { origin: 'http://evil.example' })).toBe(true);
  expect(await isRefused({ query: '{app="shop"}' }, { origin: api.url })).toBe(false);
  expect(await isRefused({ query: '{app="shop"' })).toBe(true);
  expect(await isRefused({ query: 'rate({app="shop"}[1m])' })).toBe(true);
  expect(await isRefused({ query: '{app="shop"}', delay_for: '6' })).toBe(true);
  expect((await status({ query: '{app="shop"}' })).status).toBe(400);
});
