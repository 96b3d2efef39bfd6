/** A real store with the OTLP receiver and span metrics before it, on a clock that is set by hand, and PromQL behind it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { expect } from 'vitest';
import { type Clock, createLedger, log, systemClock } from '../../server/src/kit/index.ts';
import { type Limits, labelPairs, limits } from '../../server/src/model/index.ts';
import { createPromql, type Promql } from '../../server/src/query/promql/index.ts';
import { deriveExemplars } from '../../server/src/query/services/index.ts';
import { createReceiveBudget } from '../../server/src/receive/index.ts';
import { createOtlpReceiver, otlpHttpRoutes, readSpansJson } from '../../server/src/receive/otlp/index.ts';
import { type SpanMetrics, startSpanMetrics } from '../../server/src/receive/spanmetrics/index.ts';
import { jaegerRoutes } from '../../server/src/serve/jaeger/index.ts';
import { type PrometheusDeps, prometheusRoutes } from '../../server/src/serve/prometheus/index.ts';
import { openStore, type Store, type WriteBatch } from '../../server/src/store/index.ts';
import { otlpJson, type Sent } from './spans.ts';

interface HandClock extends Clock {
  forward(ms: number): void;
}

/** Begins ten minutes ago; nothing sleeps to its end on it. */
function handClock(): HandClock {
  let nowMs = Date.now() - 600_000;
  return {
    ...systemClock,
    nowMs: () => nowMs,
    forward: (ms) => {
      nowMs += ms;
    },
    sleep: (_, signal) =>
      new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason), { once: true })),
  };
}

export interface Rig extends AsyncDisposable {
  readonly store: Store;
  readonly clock: HandClock;
  readonly promql: Promql;
  readonly app: FastifyInstance;
  /** The one in force. */
  spanMetrics(): SpanMetrics;
  /** As a restart does: the old one is stopped, a new one begins. */
  restart(changed?: Partial<Limits['spanMetrics']>): Promise<void>;
  /** Writes to the store pass here first; throw to refuse. */
  refuse: ((batch: WriteBatch) => void) | undefined;
  /** One request. */
  send(spans: readonly Sent[], tenant?: string): Promise<number>;
  // biome-ignore lint/suspicious/noExplicitAny: parsed JSON of many shapes, compared with literals only
  get(url: string, tenant?: string): Promise<{ status: number; body: any }>;
  /** The value of each series at the clock's time, by `name{label="value",…}`. */
  values(query: string, tenant?: string): Promise<Map<string, number>>;
}

export async function openRig(): Promise<Rig> {
  const dataDir = await mkdtemp(join(tmpdir(), 'farol-spanmetrics-'));
  const retentionDays = { metrics: 15, logs: 30, traces: 7 };
  const store = await openStore({ kind: 'embedded', dataDir, retentionDays, limits, clock: systemClock, log });
  const clock = handClock();
  const promql = createPromql({ select: (question) => store.metrics.select(question), limits: limits.query, clock });
  const intern: Store['series']['intern'] = (tenant, labels) => store.series.intern(tenant, labels);
  const rig = { refuse: undefined } as { refuse: Rig['refuse'] };
  const start = (changed: Partial<Limits['spanMetrics']> = {}) =>
    startSpanMetrics({
      async write(batch) {
        rig.refuse?.(batch);
        return store.write(batch);
      },
      intern,
      limits: { ...limits.spanMetrics, ...changed },
      clock,
    });
  let spanMetrics = start();
  const app = Fastify();
  const weekMs = 7 * 86_400_000;
  await app.register(
    otlpHttpRoutes(
      createOtlpReceiver({
        write: (batch) => spanMetrics.write(batch),
        intern,
        ledger: createLedger(clock.nowMs),
        limits,
        clock,
        budget: createReceiveBudget(limits.receive.inFlightBytesMax),
        promotedResourceAttributes: [],
        retentionMs: { metrics: weekMs, logs: weekMs, traces: weekMs },
      }),
    ),
  );
  await app.register(
    jaegerRoutes({
      ask: store.ask,
      promql,
      retentionMs: weekMs,
      otlp: { bytesMax: limits.receive.bodyBytesMax, read: (body) => readSpansJson(body, limits.receive) },
      limits: limits.query,
      clock,
    }),
  );
  await app.register(prometheusRoutes(prometheusDeps(store, promql, clock)));
  return Object.assign(rig, {
    store,
    clock,
    promql,
    app,
    spanMetrics: () => spanMetrics,
    async restart(changed?: Partial<Limits['spanMetrics']>) {
      await spanMetrics[Symbol.asyncDispose]();
      spanMetrics = start(changed);
    },
    async send(spans: readonly Sent[], tenant = 'main') {
      const headers = { 'content-type': 'application/json', 'x-scope-orgid': tenant };
      const reply = await app.inject({ method: 'POST', url: '/v1/traces', headers, payload: otlpJson(spans) });
      return reply.statusCode;
    },
    async get(url: string, tenant = 'main') {
      const reply = await app.inject({ url, headers: { 'x-scope-orgid': tenant } });
      return { status: reply.statusCode, body: reply.json() };
    },
    async values(text: string, tenant = 'main') {
      const question = { tenant, text, timeMs: clock.nowMs(), signal: AbortSignal.timeout(60_000) };
      const { value } = await promql.instant(question);
      expect(value.kind).toBe('vector');
      if (value.kind !== 'vector') return new Map<string, number>();
      return new Map(
        value.labels.map((labels, i) => [seriesText([...labelPairs(labels)]), value.values[i] ?? Number.NaN]),
      );
    },
    async [Symbol.asyncDispose]() {
      await app.close();
      await spanMetrics[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
      await rm(dataDir, { recursive: true, force: true });
    },
  });
}

function prometheusDeps(store: Store, promql: Promql, clock: Clock): PrometheusDeps {
  return {
    promql,
    metrics: store.metrics,
    deriveExemplars: (question) =>
      deriveExemplars({ ask: store.ask, seriesOf: store.metrics.seriesOf, nowMs: clock.nowMs }, question),
    retentionMs: 15 * 86_400_000,
    targets: () => ({ pools: [], activeTargets: [], droppedTargets: [], droppedTargetCounts: {} }),
    configText: () => '',
    flags: {},
    buildInfo: { version: '', revision: '', branch: '', buildUser: '', buildDate: '', goVersion: '' },
    runtime: () => ({ startedMs: 0, configLoadedMs: 0, configOk: true, retention: '15d', corruptions: 0 }),
    limits: limits.query,
    clock,
  };
}

/** `service_name`, which says again what `service` says, is left out. */
export function seriesText(pairs: readonly (readonly [string, string])[]): string {
  const name = pairs.find(([key]) => key === '__name__')?.[1] ?? '';
  const rest = pairs.filter(([key, value]) => key !== '__name__' && key !== 'service_name' && value !== '');
  return `${name}{${rest
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}="${value}"`)
    .join(',')}}`;
}
