/** Tempo's API over a real embedded store, and a small system's traces in it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify, { type FastifyInstance, type LightMyRequestResponse } from 'fastify';
import { createLedger, log, systemClock } from '../../server/src/kit/index.ts';
import { type Limits, limits as standard } from '../../server/src/model/index.ts';
import { createTraceql } from '../../server/src/query/traceql/index.ts';
import { createReceiveBudget } from '../../server/src/receive/index.ts';
import { createOtlpReceiver, otlpHttpRoutes } from '../../server/src/receive/otlp/index.ts';
import { tempoRoutes } from '../../server/src/serve/tempo/index.ts';
import { openStore, type Store } from '../../server/src/store/index.ts';

export interface TempoApi extends AsyncDisposable {
  readonly store: Store;
  /** Sends OTLP JSON and returns when it can be asked for. */
  send(spans: readonly SpanSketch[], tenant?: string): Promise<void>;
  ask(path: string, about?: { tenant?: string; accept?: string }): Promise<LightMyRequestResponse>;
  /** The answer's JSON; throws when the status is another. */
  get<T>(path: string, status?: number, tenant?: string): Promise<T>;
}

export async function openTempoApi(change: Partial<Limits['query']> = {}): Promise<TempoApi> {
  const dataDir = await mkdtemp(join(tmpdir(), 'farol-tempo-'));
  const limits = { ...standard, query: { ...standard.query, ...change } };
  const retentionDays = { metrics: 15, logs: 30, traces: 7 };
  const store = await openStore({ kind: 'embedded', dataDir, retentionDays, limits, clock: systemClock, log });
  const app = Fastify({ routerOptions: { maxParamLength: 16 * 1024 } });
  await app.register(otlpHttpRoutes(receiverOver(store)));
  const traceql = createTraceql({ ask: (query, about) => store.ask(query, about), limits: limits.query });
  await app.register(
    tempoRoutes({
      ask: (query, about) => store.ask(query, about),
      traceql,
      limits: limits.query,
      clock: systemClock,
      version: 'test',
    }),
  );
  return apiOver({ store, app, dataDir });
}

function receiverOver(store: Store) {
  const weekMs = 7 * 86_400_000;
  return createOtlpReceiver({
    write: (batch) => store.write(batch),
    intern: (tenant, labels) => store.series.intern(tenant, labels),
    ledger: createLedger(() => Date.now()),
    limits: standard,
    clock: systemClock,
    budget: createReceiveBudget(standard.receive.inFlightBytesMax),
    promotedResourceAttributes: [],
    retentionMs: { metrics: weekMs, logs: weekMs, traces: weekMs },
  });
}

function apiOver({ store, app, dataDir }: { store: Store; app: FastifyInstance; dataDir: string }): TempoApi {
  const ask: TempoApi['ask'] = (path, { tenant, accept } = {}) =>
    app.inject({
      url: `/tempo/api${path}`,
      headers: { ...(tenant && { 'x-scope-orgid': tenant }), ...(accept && { accept }) },
    });
  return {
    store,
    ask,
    async send(spans, tenant) {
      const reply = await app.inject({
        method: 'POST',
        url: '/v1/traces',
        headers: { 'content-type': 'application/json', ...(tenant && { 'x-scope-orgid': tenant }) },
        payload: JSON.stringify(otlpJson(spans)),
      });
      if (reply.statusCode !== 200 || reply.body.includes('rejected')) throw new Error(reply.body);
    },
    async get<T>(path: string, status = 200, tenant?: string): Promise<T> {
      const reply = await ask(path, tenant ? { tenant } : {});
      if (reply.statusCode !== status) throw new Error(`${path} answered ${reply.statusCode}: ${reply.body}`);
      return (status === 200 ? reply.json() : reply.body) as T;
    },
    async [Symbol.asyncDispose]() {
      await app.close();
      await store[Symbol.asyncDispose]();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

type Plain = string | number | boolean | readonly Plain[];

export interface SpanSketch {
  readonly trace: number;
  readonly id: number;
  readonly parent?: number;
  readonly service: string;
  readonly name: string;
  readonly startMs: number;
  readonly durationMs: number;
  /** OTLP's number. */
  readonly kind?: number;
  readonly status?: number;
  readonly message?: string;
  readonly attributes?: Readonly<Record<string, Plain>>;
  readonly resource?: Readonly<Record<string, Plain>>;
  readonly events?: readonly { name: string; atMs: number; attributes?: Readonly<Record<string, Plain>> }[];
  readonly links?: readonly { trace: number; id: number }[];
}

export const traceId = (trace: number): string => trace.toString(16).padStart(32, '0');
export const spanId = (id: number): string => id.toString(16).padStart(16, '0');

const ns = (ms: number): string => String(BigInt(Math.round(ms * 1000)) * 1000n);

function otlpJson(spans: readonly SpanSketch[]): object {
  return {
    resourceSpans: spans.map((span) => ({
      resource: { attributes: pairs({ 'service.name': span.service, ...span.resource }) },
      scopeSpans: [
        {
          scope: { name: 'tests', version: '1.2' },
          spans: [
            {
              traceId: traceId(span.trace),
              spanId: spanId(span.id),
              ...(span.parent !== undefined && { parentSpanId: spanId(span.parent) }),
              name: span.name,
              kind: span.kind ?? 1,
              startTimeUnixNano: ns(span.startMs),
              endTimeUnixNano: ns(span.startMs + span.durationMs),
              attributes: pairs(span.attributes ?? {}),
              status: { code: span.status ?? 0, message: span.message ?? '' },
              events: (span.events ?? []).map(({ name, atMs, attributes = {} }) => ({
                name,
                timeUnixNano: ns(span.startMs + atMs),
                attributes: pairs(attributes),
              })),
              links: (span.links ?? []).map(({ trace, id }) => ({ traceId: traceId(trace), spanId: spanId(id) })),
            },
          ],
        },
      ],
    })),
  };
}

const pairs = (values: Readonly<Record<string, Plain>>) =>
  Object.entries(values).map(([key, value]) => ({ key, value: anyValue(value) }));

function anyValue(value: Plain): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  return { arrayValue: { values: value.map(anyValue) } };
}
