/** Lines of two tenants, pushed as senders push them, into a real embedded store, and Loki's API over it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify, { type FastifyInstance, type InjectOptions } from 'fastify';
import { createLedger, log, systemClock } from '../../server/src/kit/index.ts';
import { limits } from '../../server/src/model/index.ts';
import { createLogql } from '../../server/src/query/logql/index.ts';
import { createCounts, createEntries, createTailHub } from '../../server/src/query/streams/index.ts';
import { createReceiveBudget } from '../../server/src/receive/index.ts';
import { lokiPushRoutes } from '../../server/src/receive/loki/index.ts';
import { createOtlpReceiver, otlpHttpRoutes } from '../../server/src/receive/otlp/index.ts';
import { type LokiDeps, lokiRoutes } from '../../server/src/serve/loki/index.ts';
import { openStore, type Store } from '../../server/src/store/index.ts';

export interface LokiApi extends AsyncDisposable {
  readonly app: FastifyInstance;
  readonly store: Store;
  /** `http://127.0.0.1:port` */
  readonly url: string;
  /** Of the last lines that the fixture wrote. */
  readonly endNs: bigint;
  ask(path: string, options?: InjectOptions): Promise<ApiAnswer>;
  push(streams: readonly PushedStream[], tenant?: string): Promise<void>;
}

interface ApiAnswer {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly text: string;
  // The API's answers have many shapes; each test says which it expects.
  // biome-ignore lint/suspicious/noExplicitAny: parsed JSON, compared with literals only
  readonly body: any;
}

interface PushedStream {
  readonly stream: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [timeNs: string, line: string, metadata?: Record<string, string>])[];
}

export const traceId = '0af7651916cd43dd8448eb211c80319c';
export const linesPerStream = 60;

/** `narrower`: smaller limits of tails, for tests of what happens past them. */
export async function openLokiApi(narrower: Partial<LokiDeps['tailLimits']> = {}): Promise<LokiApi> {
  const dataDir = await mkdtemp(join(tmpdir(), 'farol-loki-'));
  const retentionDays = { metrics: 15, logs: 30, traces: 7 };
  const clock = systemClock;
  const store = await openStore({ kind: 'embedded', dataDir, retentionDays, limits, clock, log });
  const tailLimits = { ...limits.tail, ...narrower };
  const tails = createTailHub({ limits: tailLimits, clock });
  const dayMs = 86_400_000;
  const receive = {
    write: tails.following((batch) => store.write(batch)),
    intern: store.series.intern.bind(store.series),
    ledger: createLedger(clock.nowMs),
    limits,
    clock,
    budget: createReceiveBudget(limits.receive.inFlightBytesMax),
    promotedResourceAttributes: ['deployment.environment.name'],
    retentionMs: { metrics: 15 * dayMs, logs: 30 * dayMs, traces: 7 * dayMs },
  };
  const logql = createLogql({
    entries: createEntries(store),
    count: createCounts({ ...store, limits: limits.query }),
    limits: limits.query,
    clock,
  });
  const app = Fastify();
  await app.register(lokiPushRoutes(receive));
  await app.register(otlpHttpRoutes(createOtlpReceiver(receive)));
  await app.register(
    lokiRoutes({
      logql,
      ask: store.ask,
      scan: store.scan,
      tails,
      limits: limits.query,
      tailLimits,
      clock,
      buildInfo: { version: '3.5.0', revision: 'test', branch: 'test', buildUser: '', buildDate: '', goVersion: '' },
      whyNotReady: () => undefined,
    }),
  );
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const push: LokiApi['push'] = async (streams, tenant) => {
    const reply = await app.inject({
      method: 'POST',
      url: '/loki/api/v1/push',
      headers: { 'content-type': 'application/json', ...(tenant !== undefined && { 'x-scope-orgid': tenant }) },
      body: JSON.stringify({ streams }),
    });
    if (reply.statusCode !== 204) throw new Error(`push answered ${reply.statusCode}: ${reply.body}`);
  };
  const endNs = BigInt(Date.now()) * 1_000_000n - 60_000_000_000n;
  await push(someStreams(endNs));
  await push([{ stream: { app: 'secret' }, values: [[String(endNs), 'only for team-b']] }], 'team-b');
  await pushOtlp(app, endNs);
  return {
    app,
    store,
    url,
    endNs,
    push,
    async ask(path, options = {}) {
      const reply = await app.inject({ method: 'GET', url: `/loki/api/v1/${path}`, ...options });
      const isJson = String(reply.headers['content-type']).startsWith('application/json');
      return {
        status: reply.statusCode,
        headers: reply.headers,
        text: reply.body,
        body: isJson ? reply.json() : undefined,
      };
    },
    async [Symbol.asyncDispose]() {
      await app.close();
      await store[Symbol.asyncDispose]();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** One line a second and stream until the end: logfmt of `shop`, JSON of `bank`. */
function someStreams(endNs: bigint): PushedStream[] {
  const at = (i: number) => String(endNs - BigInt(linesPerStream - 1 - i) * 1_000_000_000n);
  const numbers = Array.from({ length: linesPerStream }, (_, i) => i);
  return [
    {
      stream: { app: 'shop', env: 'prod' },
      values: numbers.map((i) => [
        at(i),
        `level=${i % 10 === 0 ? 'error' : 'info'} msg="order ${i} placed" took=${i}ms size=${i}KB`,
      ]),
    },
    {
      stream: { app: 'bank', env: 'prod' },
      values: numbers.map((i) => [
        at(i),
        `{"msg":"transfer ${i} done","amount":${i}.5,"to":{"iban":"BR${i}"}}`,
        { trace_id: traceId, user: `u${i % 3}` },
      ]),
    },
  ];
}

async function pushOtlp(app: FastifyInstance, endNs: bigint): Promise<void> {
  const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const record = {
    timeUnixNano: String(endNs),
    severityNumber: 17,
    severityText: 'ERROR',
    body: { stringValue: 'card declined' },
    traceId,
    spanId: 'b7ad6b7169203331',
    attributes: [attribute('http.route', '/pay')],
  };
  const resource = {
    attributes: [
      attribute('service.name', 'payments'),
      attribute('deployment.environment.name', 'prod'),
      attribute('host.name', 'h1'),
    ],
  };
  const body = { resourceLogs: [{ resource, scopeLogs: [{ scope: { name: 'pino' }, logRecords: [record] }] }] };
  const reply = await app.inject({
    method: 'POST',
    url: '/v1/logs',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (reply.statusCode !== 200) throw new Error(`OTLP answered ${reply.statusCode}: ${reply.body}`);
}
