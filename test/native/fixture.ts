/** A small system's telemetry, written into a real embedded store, and the native API over it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { createLedger, type Inquiries, keepInquiries, log, systemClock } from '../../server/src/kit/index.ts';
import { type Attributes, type LogRow, limits, noLabels, type SpanRow } from '../../server/src/model/index.ts';
import { createPromql } from '../../server/src/query/promql/index.ts';
import { type NativeDeps, nativeRoutes } from '../../server/src/serve/native/index.ts';
import { watchRequests } from '../../server/src/serve/watch.ts';
import { openStore, type Store } from '../../server/src/store/index.ts';

export interface NativeApi extends AsyncDisposable {
  readonly store: Store;
  readonly app: FastifyInstance;
  /** The answer's JSON; fails the test when the status is another. */
  get<T>(path: string, status?: number): Promise<T>;
}

export async function openNativeApi(): Promise<NativeApi> {
  const dataDir = await mkdtemp(join(tmpdir(), 'farol-native-'));
  const store = await openStore({
    kind: 'embedded',
    dataDir,
    retentionDays: { metrics: 15, logs: 30, traces: 7 },
    limits,
    clock: systemClock,
    log,
  });
  const inquiries = keepInquiries();
  const app = Fastify();
  watchRequests(app);
  await app.register(nativeRoutes(depsOver(store, inquiries)));
  return {
    store,
    app,
    async get<T>(path: string, status = 200): Promise<T> {
      const reply = await app.inject({ method: 'GET', url: path });
      if (reply.statusCode !== status) throw new Error(`${path} answered ${reply.statusCode}: ${reply.body}`);
      return reply.json() as T;
    },
    async [Symbol.asyncDispose]() {
      await app.close();
      inquiries[Symbol.dispose]();
      await store[Symbol.asyncDispose]();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function depsOver(store: Store, inquiries: Inquiries): NativeDeps {
  return {
    ask: (query, options) => store.ask(query, options),
    selectOwn: (asked) => store.selectOwn(asked),
    promql: createPromql({
      select: store.metrics.select.bind(store.metrics),
      limits: limits.query,
      clock: systemClock,
    }),
    health: () => store.health(),
    sizes: (signal) => store.sizes(signal),
    inquiries,
    ledger: createLedger(() => Date.now()),
    limits: limits.query,
    clock: systemClock,
    version: '0.0.0-test',
    startedMs: Date.now(),
    listen: () => ({ http: 'http://127.0.0.1:1', otlpHttp: 'http://127.0.0.1:2', otlpGrpc: '127.0.0.1:3' }),
  };
}

export const attributes = (pairs: Readonly<Record<string, string>>): Attributes => ({
  keys: Object.keys(pairs),
  values: Object.values(pairs),
});

const resourceOf = (service: string, version: string) => ({
  attributes: attributes({
    'service.name': service,
    'service.version': version,
    'telemetry.sdk.language': 'nodejs',
    'deployment.environment.name': 'production',
  }),
  schemaUrl: '',
  droppedAttributes: 0,
});

const scope = { name: 'test', version: '1', schemaUrl: '', attributes: attributes({}), droppedAttributes: 0 };

export interface SpanSketch extends Partial<Omit<SpanRow, 'attributes'>> {
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly startMs: number;
  readonly durationMs: number;
  readonly version?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

export function span({
  startMs,
  durationMs,
  version = '1.0.0',
  attributes: pairs = {},
  ...sketch
}: SpanSketch): SpanRow {
  return {
    tenant: 'main',
    parentSpanId: '',
    traceState: '',
    flags: 1,
    name: 'span',
    kind: 'internal',
    startNs: BigInt(Math.round(startMs * 1000)) * 1000n,
    durationNs: BigInt(Math.round(durationMs * 1e6)),
    status: 'unset',
    statusMessage: '',
    resource: resourceOf(sketch.service, version),
    scope,
    events: [],
    links: [],
    droppedAttributes: 0,
    droppedEvents: 0,
    droppedLinks: 0,
    ...sketch,
    attributes: attributes(pairs),
  };
}

export interface LogSketch extends Partial<Omit<LogRow, 'attributes'>> {
  readonly service: string;
  readonly body: string;
  readonly timeNs: bigint;
  readonly attributes?: Readonly<Record<string, string>>;
}

export function logLine({ attributes: pairs = {}, ...sketch }: LogSketch): LogRow {
  return {
    tenant: 'main',
    observedNs: sketch.timeNs,
    severityNumber: 9,
    severityText: 'INFO',
    level: 'info',
    bodyType: 'string',
    traceId: '',
    spanId: '',
    flags: 0,
    eventName: '',
    stream: noLabels,
    resource: resourceOf(sketch.service, '1.0.0'),
    scope,
    droppedAttributes: 0,
    ...sketch,
    attributes: attributes(pairs),
  };
}

export const idOf = (number: number, digits: number): string => number.toString(16).padStart(digits, '0');
