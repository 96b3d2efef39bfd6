/**
 * Farol, put together: this file reads in the order telemetry travels. Rooms ask for functions; only here do they meet.
 */
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type Config, flagsOf, readConfig, root, usage, version } from '#config';
import { openEvaluator } from '#evaluate';
import { systemClock as clock, createLedger, keepInquiries, log, runUntilSignal } from '#kit';
import { labelsFrom } from '#model';
import { createLogql } from '#query/logql';
import { createPromql } from '#query/promql';
import { deriveExemplars } from '#query/services';
import { createCounts, createEntries, createTailHub } from '#query/streams';
import { createTraceql } from '#query/traceql';
import { createReceiveBudget, type ReceiveDeps } from '#receive';
import { startLogShapes } from '#receive/logshapes';
import { lokiPushRoutes } from '#receive/loki';
import { createOtlpReceiver, otlpHttpRoutes, readSpansJson, startOtlpGrpc } from '#receive/otlp';
import { remoteWriteRoutes } from '#receive/prometheus';
import { openScraping } from '#receive/scrape';
import { startSelfFeed } from '#receive/self';
import { startSpanMetrics } from '#receive/spanmetrics';
import { cannotListen, listen, selfRoutes, uiRoutes } from '#serve';
import { jaegerRoutes } from '#serve/jaeger';
import { lokiRoutes } from '#serve/loki';
import { nativeRoutes } from '#serve/native';
import { prometheusRoutes } from '#serve/prometheus';
import { tempoRoutes } from '#serve/tempo';
import { openStore } from '#store';

/** The Loki whose API we speak. */
const lokiSpoken = { version: '3.5.0', branch: 'farol', buildUser: 'farol', buildDate: '', goVersion: '' };

/** The Prometheus whose API we speak: Grafana decides by this version what it may ask. */
const prometheusSpoken = { version: '3.1.0', branch: 'farol', buildUser: 'farol', buildDate: '', goVersion: '' };

await runUntilSignal(process.argv.slice(2), {
  usage,
  version,
  start: (args) => startFarol(readConfig(args, process.env, process.cwd())),
});

/** Resolves when every address answers. Disposing it stops in the opposite order: addresses first, the store last. */
async function startFarol(config: Config): Promise<AsyncDisposable> {
  const { limits, retentionDays } = config;
  const startedMs = clock.nowMs();
  await using parts = new AsyncDisposableStack();
  if (config.alertmanagerConfig !== undefined) {
    log.warn('--alertmanager-config is not used by this version: alerts are evaluated and shown, and nobody is told');
  }

  // Rows ↔ ClickHouse.
  const store = parts.use(await openStore({ ...config.store, retentionDays, limits, clock, log }));

  const inquiries = parts.use(keepInquiries());

  // Bytes → rows.
  const ledger = createLedger(clock.nowMs);
  const intern: ReceiveDeps['intern'] = (tenant, labels) => store.series.intern(tenant, labels);
  const spanMetrics = parts.use(
    startSpanMetrics({
      write: (batch) => store.write(batch),
      intern,
      limits: limits.spanMetrics,
      clock,
      ...(config.store.kind === 'clickhouse' && { instance: `${hostname()}:${config.listen.port}` }),
    }),
  );
  const logShapes = parts.use(startLogShapes({ write: spanMetrics.write, limits: limits.logShapes, clock }));
  const tails = createTailHub({ limits: limits.tail, clock });
  const receive: ReceiveDeps = {
    write: tails.following(logShapes.write),
    intern,
    forgets: () => store.series.forgets,
    ledger,
    limits,
    clock,
    budget: createReceiveBudget(limits.receive.inFlightBytesMax),
    promotedResourceAttributes: config.promotedResourceAttributes,
    retentionMs: inMilliseconds(retentionDays),
  };
  const otlp = createOtlpReceiver(receive);
  const scraping = parts.use(await openScraping({ ...receive, tenant: 'main', file: config.scrapeConfig }));

  // Questions → answers.
  const promql = createPromql({
    select: (question) => store.metrics.select(question),
    glance: (question) => store.metrics.glance(question),
    writtenSince: (tenant, mark) => store.metrics.writtenSince(tenant, mark),
    limits: limits.query,
    clock,
    experimental: true,
  });
  const logql = createLogql({
    entries: createEntries(store),
    count: createCounts({ ...store, limits: limits.query }),
    limits: limits.query,
    clock,
  });
  const traceql = createTraceql({ ask: (query, about) => store.ask(query, about), limits: limits.query });

  // Rules on a clock → series and alerts.
  let externalUrl = '';
  const evaluator = parts.use(
    await openEvaluator({
      tenant: 'main',
      sources: () => {
        const { files, intervalMs = 60_000, queryOffsetMs = 0, externalLabels } = scraping.rules();
        return {
          files: [...config.rules, ...files],
          intervalMs: config.evaluationIntervalMs ?? intervalMs,
          queryOffsetMs,
          externalLabels: labelsFrom(externalLabels),
        };
      },
      externalUrl: () => externalUrl,
      parse: promql.parse,
      instant: promql.instant,
      select: (question) => store.metrics.select(question),
      write: (batch) => store.write(batch),
      intern,
      limits,
      clock,
    }),
  );

  // Addresses.
  const grpc = await startOtlpGrpc({ receiver: otlp, ...config.otlpGrpc }).catch(cannotListen(config.otlpGrpc));
  parts.defer(() => grpc.stop());
  const otlpHttp = parts.use(await listen({ address: config.otlpHttp, plugins: [otlpHttpRoutes(otlp)], limits }));
  const http = await listen({
    address: config.listen,
    limits,
    plugins: [
      otlpHttpRoutes(otlp),
      remoteWriteRoutes(receive),
      lokiPushRoutes(receive),
      prometheusRoutes({
        promql,
        metrics: store.metrics,
        deriveExemplars: (question) =>
          deriveExemplars({ ask: store.ask, seriesOf: store.metrics.seriesOf, nowMs: clock.nowMs }, question),
        retentionMs: receive.retentionMs.metrics,
        targets: () => scraping.targets(),
        rules: (tenant) => (tenant === 'main' ? evaluator.groups() : []),
        configText: () => scraping.configText(),
        flags: flagsOf(config),
        buildInfo: { ...prometheusSpoken, revision: version },
        runtime: () => ({
          startedMs,
          configLoadedMs: scraping.loaded().timeMs,
          configOk: scraping.loaded().ok && evaluator.loaded().ok,
          retention: `${retentionDays.metrics}d`,
          corruptions: store.health().detachedParts,
        }),
        limits: limits.query,
        clock,
      }),
      lokiRoutes({
        logql,
        ask: (query, about) => store.ask(query, about),
        scan: (query, readRow, about) => store.scan(query, readRow, about),
        tails,
        limits: limits.query,
        tailLimits: limits.tail,
        clock,
        buildInfo: { ...lokiSpoken, revision: version },
        whyNotReady: () => whyNotReady(store.health()),
      }),
      jaegerRoutes({
        ask: (query, about) => store.ask(query, about),
        promql,
        retentionMs: receive.retentionMs.traces,
        otlp: { bytesMax: limits.receive.bodyBytesMax, read: (body) => readSpansJson(body, limits.receive) },
        limits: limits.query,
        clock,
      }),
      tempoRoutes({ ask: (query, about) => store.ask(query, about), traceql, limits: limits.query, clock, version }),
      nativeRoutes({
        ask: (query, about) => store.ask(query, about),
        selectOwn: (asked) => store.selectOwn(asked),
        promql,
        health: () => store.health(),
        sizes: (signal) => store.sizes(signal),
        inquiries,
        ledger,
        limits: limits.query,
        clock,
        version,
        startedMs,
        listen: () => ({
          http: http.url,
          otlpHttp: otlpHttp.url,
          otlpGrpc: `http://${config.otlpGrpc.host}:${grpc.port}`,
        }),
      }),
      selfRoutes({
        whyNotReady: () => whyNotReady(store.health()),
        reload: () => scraping.reload().then(() => evaluator.reload()),
      }),
      uiRoutes(join(root, 'ui/dist')),
    ],
  });
  parts.use(http);
  externalUrl = http.url;
  evaluator.start();
  parts.use(startSelfFeed({ ...receive, version, instance: `${http.host}:${http.port}` }));

  log.info({ url: http.url, otlpHttp: otlpHttp.url, otlpGrpc: `${grpc.port}`, version }, 'listening');
  return parts.move();
}

function inMilliseconds(days: Config['retentionDays']): ReceiveDeps['retentionMs'] {
  const dayMs = 86_400_000;
  return { metrics: days.metrics * dayMs, logs: days.logs * dayMs, traces: days.traces * dayMs };
}

function whyNotReady(health: { state: string; reason?: string }): string | undefined {
  return health.state === 'ready' ? undefined : (health.reason ?? health.state);
}
