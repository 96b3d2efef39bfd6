/**
 * Jaeger's storage integration suite: its traces go in by OTLP, its queries are asked of `/jaeger/api/traces`, and each
 * must find the traces it lists, whole.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLedger, log, systemClock } from '../../server/src/kit/index.ts';
import { limits } from '../../server/src/model/index.ts';
import { createPromql } from '../../server/src/query/promql/index.ts';
import { createReceiveBudget } from '../../server/src/receive/index.ts';
import { createOtlpReceiver, otlpHttpRoutes, readSpansJson } from '../../server/src/receive/otlp/index.ts';
import { jaegerRoutes } from '../../server/src/serve/jaeger/index.ts';
import { openStore, type Store } from '../../server/src/store/index.ts';
import { reportTests } from './report.ts';

interface Query {
  readonly Caption: string;
  readonly Query: {
    readonly ServiceName: string;
    readonly OperationName: string;
    readonly Tags: Readonly<Record<string, unknown>> | null;
    readonly StartTimeMin: string;
    readonly StartTimeMax: string;
    readonly DurationMin: number;
    readonly DurationMax: number;
    readonly NumTraces: number;
  };
  readonly ExpectedFixtures: readonly string[];
}

const suite = new URL('../../../shared/conformance/jaeger/', import.meta.url);
const present = existsSync(suite);
if (!present) console.warn(`Jaeger's suite is not at ${suite.pathname}; its queries are not run`);

/** Queries that Farol does not answer as Jaeger does, by caption, with the reason. */
const expectedFailures: ReadonlyMap<string, string> = new Map();

reportTests(
  'jaeger',
  [...expectedFailures.values()].map((why) => ({ why, cases: 1 })),
);

const read = (name: string): string => readFileSync(new URL(name, suite), 'utf8');
const queries: readonly Query[] = present ? JSON.parse(read('queries.json')) : [];
/** Days. The spans are of 2017; a TTL past 2106 would not fit ClickHouse's DateTime. */
const longAgo = 20 * 365;

describe.runIf(present)("Jaeger's queries", () => {
  let dataDir: string;
  let store: Store;
  let app: FastifyInstance;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'farol-jaeger-'));
    const retentionDays = { metrics: longAgo, logs: longAgo, traces: longAgo };
    store = await openStore({ kind: 'embedded', dataDir, retentionDays, limits, clock: systemClock, log });
    app = Fastify();
    const longAgoMs = longAgo * 86_400_000;
    const receiver = createOtlpReceiver({
      write: (batch) => store.write(batch),
      intern: (tenant, labels) => store.series.intern(tenant, labels),
      ledger: createLedger(() => Date.now()),
      limits,
      clock: systemClock,
      budget: createReceiveBudget(limits.receive.inFlightBytesMax),
      promotedResourceAttributes: [],
      retentionMs: { metrics: longAgoMs, logs: longAgoMs, traces: longAgoMs },
    });
    await app.register(otlpHttpRoutes(receiver));
    await app.register(
      jaegerRoutes({
        ask: (q, options) => store.ask(q, options),
        promql: createPromql({ select: store.metrics.select, limits: limits.query, clock: systemClock }),
        retentionMs: longAgoMs,
        otlp: { bytesMax: limits.receive.bodyBytesMax, read: (body) => readSpansJson(body, limits.receive) },
        limits: limits.query,
        clock: systemClock,
      }),
    );
    for (const file of readdirSync(new URL('traces/', suite))) await push(app, read(`traces/${file}`));
  });

  afterAll(async () => {
    await app?.close();
    await store?.[Symbol.asyncDispose]();
    await rm(dataDir, { recursive: true, force: true });
  });

  test.each(queries.map((query) => [query.Caption, query] as const))('%s', async (caption, query) => {
    const url = `/jaeger/api/traces?${paramsOf(query)}`;
    const reply = await app.inject({ url });
    expect(reply.statusCode, reply.body).toBe(200);
    const found = (reply.json().data as FoundTrace[]).map(shapeOf).sort();
    const expected = query.ExpectedFixtures.map((name) =>
      shapeOfFixture(JSON.parse(read(`traces/${name}.json`))),
    ).sort();
    if (expectedFailures.has(caption)) expect(found).not.toEqual(expected);
    else expect(found).toEqual(expected);
  });
});

async function push(app: FastifyInstance, payload: string): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const reply = await app.inject({ method: 'POST', url: '/v1/traces', headers, payload });
  expect(reply.statusCode, reply.body).toBe(200);
  expect(reply.json().partialSuccess, reply.body).toBeUndefined();
}

function paramsOf({ Query: query }: Query): URLSearchParams {
  const params = new URLSearchParams({
    service: query.ServiceName,
    start: String(Date.parse(query.StartTimeMin) * 1000),
    end: String(Date.parse(query.StartTimeMax) * 1000),
    limit: String(query.NumTraces),
  });
  if (query.OperationName !== '') params.set('operation', query.OperationName);
  if (query.DurationMin > 0) params.set('minDuration', `${query.DurationMin}ns`);
  if (query.DurationMax > 0) params.set('maxDuration', `${query.DurationMax}ns`);
  for (const [key, value] of Object.entries(query.Tags ?? {})) params.append('tag', `${key}:${value}`);
  return params;
}

interface FoundTrace {
  readonly traceID: string;
  readonly spans: readonly {
    readonly spanID: string;
    readonly operationName: string;
    readonly logs: readonly unknown[];
  }[];
}

const lineOf = (id: string, spans: readonly string[]) => `${id}: ${[...spans].sort().join(', ')}`;

const shapeOf = (trace: FoundTrace): string =>
  lineOf(
    trace.traceID,
    trace.spans.map((span) => `${span.spanID} ${span.operationName} ${span.logs.length}`),
  );

interface Fixture {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly {
      readonly spans: readonly { traceId: string; spanId: string; name: string; events?: readonly unknown[] }[];
    }[];
  }[];
}

function shapeOfFixture({ resourceSpans }: Fixture): string {
  const spans = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
  return lineOf(
    spans[0]?.traceId ?? '',
    spans.map((span) => `${span.spanId} ${span.name} ${span.events?.length ?? 0}`),
  );
}
