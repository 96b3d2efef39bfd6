/** A few series in a real embedded store, and the Prometheus API over them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify, { type FastifyInstance, type InjectOptions } from 'fastify';
import { log, systemClock } from '../../server/src/kit/index.ts';
import { labelsFrom, limits } from '../../server/src/model/index.ts';
import { createPromql } from '../../server/src/query/promql/index.ts';
import { type PrometheusDeps, prometheusRoutes } from '../../server/src/serve/prometheus/index.ts';
import { openStore, type Store } from '../../server/src/store/index.ts';

export interface PrometheusApi extends AsyncDisposable {
  readonly app: FastifyInstance;
  readonly store: Store;
  /** The time of the last samples, in whole seconds. */
  readonly endSeconds: number;
  /** The answer's JSON, whatever its status. */
  get(path: string, options?: InjectOptions): Promise<ApiAnswer>;
  post(path: string, form: Record<string, string>): Promise<ApiAnswer>;
}

interface ApiAnswer {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  // The API's answers have many shapes; each test says which it expects.
  // biome-ignore lint/suspicious/noExplicitAny: parsed JSON, compared with literals only
  readonly body: any;
}

export const stepSeconds = 15;
export const samplesPerSeries = 40;
export const traceId = '0af7651916cd43dd8448eb211c80319c';

export async function openPrometheusApi(more: Partial<PrometheusDeps> = {}): Promise<PrometheusApi> {
  const dataDir = await mkdtemp(join(tmpdir(), 'farol-prometheus-'));
  const retentionDays = { metrics: 15, logs: 30, traces: 7 };
  const store = await openStore({ kind: 'embedded', dataDir, retentionDays, limits, clock: systemClock, log });
  const endSeconds = Math.floor(Date.now() / 1000 / stepSeconds) * stepSeconds;
  await writeSeries(store, endSeconds * 1000);
  const app = Fastify();
  await app.register(prometheusRoutes({ ...depsOver(store), ...more }));
  const ask = async (options: InjectOptions): Promise<ApiAnswer> => {
    const reply = await app.inject(options);
    return { status: reply.statusCode, headers: reply.headers, body: reply.body === '' ? undefined : reply.json() };
  };
  return {
    app,
    store,
    endSeconds,
    get: (path, options) => ask({ method: 'GET', url: `/prometheus/api/v1/${path}`, ...options }),
    post: (path, form) =>
      ask({
        method: 'POST',
        url: `/prometheus/api/v1/${path}`,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(form).toString(),
      }),
    async [Symbol.asyncDispose]() {
      await app.close();
      await store[Symbol.asyncDispose]();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function depsOver(store: Store): PrometheusDeps {
  return {
    promql: createPromql({
      select: store.metrics.select.bind(store.metrics),
      glance: store.metrics.glance.bind(store.metrics),
      limits: limits.query,
      clock: systemClock,
    }),
    metrics: store.metrics,
    retentionMs: 15 * 86_400_000,
    targets: () => someTargets,
    configText: () => 'scrape_configs: []\n',
    flags: { 'data-dir': './farol-data' },
    buildInfo: { version: '3.1.0', revision: 'test', branch: 'test', buildUser: '', buildDate: '', goVersion: 'none' },
    runtime: () => ({ startedMs: 1, configLoadedMs: 1, configOk: true, retention: '15d', corruptions: 0 }),
    limits: limits.query,
    clock: systemClock,
  };
}

const someTargets: ReturnType<PrometheusDeps['targets']> = {
  pools: ['api', 'node'],
  activeTargets: [
    {
      discoveredLabels: ['__address__', 'localhost:9100', 'job', 'node'],
      labels: ['instance', 'localhost:9100', 'job', 'node'],
      scrapePool: 'node',
      scrapeUrl: 'http://localhost:9100/metrics',
      lastError: '',
      lastScrapeMs: 0,
      lastScrapeDurationSeconds: 0,
      health: 'unknown',
      scrapeInterval: '15s',
      scrapeTimeout: '10s',
    },
    {
      discoveredLabels: ['__address__', 'a:80', 'job', 'api'],
      labels: ['instance', 'a:80', 'job', 'api'],
      scrapePool: 'api',
      scrapeUrl: 'http://a:80/metrics',
      lastError: '',
      lastScrapeMs: 0,
      lastScrapeDurationSeconds: 0,
      health: 'up',
      scrapeInterval: '15s',
      scrapeTimeout: '10s',
    },
  ],
  droppedTargets: [{ discoveredLabels: ['__address__', 'x:1'], scrapePool: 'api' }],
  droppedTargetCounts: { api: 1, node: 0 },
};

/** http_requests_total of two instances and two codes, a gauge with UTF-8 names, and one value of every awkward kind. */
async function writeSeries(store: Store, endMs: number): Promise<void> {
  const series: { labels: [string, string][]; value: (i: number) => number }[] = [];
  for (const instance of ['a:80', 'b:80']) {
    for (const [code, rate] of [
      ['200', 10],
      ['500', 1],
    ] as const) {
      const labels: [string, string][] = [
        ['__name__', 'http_requests_total'],
        ['job', 'api'],
        ['instance', instance],
        ['code', code],
      ];
      series.push({ labels, value: (i) => i * rate * stepSeconds });
    }
  }
  series.push({
    labels: [
      ['__name__', 'queue.depth'],
      ['job', 'api'],
      ['k8s.pod', 'p "1"\\\n☃'],
    ],
    value: () => 1e21,
  });
  const awkward = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 1e-7, 0.1];
  for (const [i, value] of awkward.entries()) {
    series.push({
      labels: [
        ['__name__', 'awkward'],
        ['kind', String(i)],
      ],
      value: () => value,
    });
  }
  const refs = series.map(({ labels }) => store.series.intern('main', labelsFrom(labels)));
  const count = series.length * samplesPerSeries;
  const columns = {
    count,
    refs: new Int32Array(count),
    timesMs: new Float64Array(count),
    values: new Float64Array(count),
  };
  let at = 0;
  for (const [s, { value }] of series.entries()) {
    for (let i = 0; i < samplesPerSeries; i++) {
      columns.refs[at] = refs[s] ?? 0;
      columns.timesMs[at] = endMs - (samplesPerSeries - 1 - i) * stepSeconds * 1000;
      columns.values[at++] = value(i);
    }
  }
  const exemplar = {
    ref: refs[0] ?? 0,
    timeMs: endMs - 500,
    value: 0.25,
    traceId,
    spanId: 'b7ad6b7169203331',
    labels: ['user', 'u1'],
  };
  await store.write({
    tenant: 'main',
    samples: columns,
    exemplars: [exemplar],
    metadata: [{ metric: 'http_requests_total', type: 'counter', unit: '', help: 'Requests.' }],
  });
}
