/**
 * Farol, put together: this file reads in the order telemetry travels. Rooms ask for functions; only here do they meet.
 */
import { join } from 'node:path';
import { type Config, flagsOf, readConfig, root, usage, version } from '#config';
import { systemClock as clock, createLedger, log, runUntilSignal } from '#kit';
import { createPromql } from '#query/promql';
import { createReceiveBudget, type ReceiveDeps } from '#receive';
import { lokiPushRoutes } from '#receive/loki';
import { createOtlpReceiver, otlpHttpRoutes, startOtlpGrpc } from '#receive/otlp';
import { remoteWriteRoutes } from '#receive/prometheus';
import { openScraping } from '#receive/scrape';
import { startSelfFeed } from '#receive/self';
import { cannotListen, listen, selfRoutes, uiRoutes } from '#serve';
import { jaegerRoutes } from '#serve/jaeger';
import { nativeRoutes } from '#serve/native';
import { prometheusRoutes } from '#serve/prometheus';
import { openStore } from '#store';

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
  if (config.rules.length > 0 || config.alertmanagerConfig !== undefined) {
    log.warn('--rules and --alertmanager-config are not used by this version: no alert is evaluated or sent');
  }

  // Rows ↔ ClickHouse.
  const store = parts.use(await openStore({ ...config.store, retentionDays, limits, clock, log }));

  // Bytes → rows.
  const ledger = createLedger(clock.nowMs);
  const receive: ReceiveDeps = {
    write: (batch) => store.write(batch),
    intern: (tenant, labels) => store.series.intern(tenant, labels),
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
  const promql = createPromql({ select: (question) => store.metrics.select(question), limits: limits.query, clock });

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
        seriesCount: (tenant) => store.series.count(tenant),
        targets: () => scraping.targets(),
        configText: () => scraping.configText(),
        flags: flagsOf(config),
        buildInfo: { ...prometheusSpoken, revision: version },
        runtime: () => ({
          startedMs,
          configLoadedMs: scraping.loaded().timeMs,
          configOk: scraping.loaded().ok,
          retention: `${retentionDays.metrics}d`,
          corruptions: store.health().detachedParts,
        }),
        limits: limits.query,
        clock,
      }),
      jaegerRoutes({ ask: (query, about) => store.ask(query, about), limits: limits.query, clock }),
      nativeRoutes({
        ask: (query, about) => store.ask(query, about),
        promql,
        health: () => store.health(),
        sizes: (signal) => store.sizes(signal),
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
      selfRoutes({ whyNotReady: () => whyNotReady(store.health()), reload: () => scraping.reload() }),
      uiRoutes(join(root, 'ui/dist')),
    ],
  });
  parts.use(http);
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
