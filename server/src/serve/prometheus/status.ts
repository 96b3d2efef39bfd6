/** targets, scrape pools and status/*: what the API says of Farol itself. */
import os from 'node:os';
import type { FastifyInstance } from 'fastify';
import { Refusal } from '#model';
import type { Cardinality, Counted } from '#store';
import type { Asking } from '../asking.ts';
import { sendJson, succeed, successHead, successTail } from './answers.ts';
import type { ActiveTarget, DroppedTarget, PrometheusDeps, Targets } from './deps.ts';
import { type Params, paramsOf } from './params.ts';
import { labelsJson } from './values.ts';

export function statusRoutes(scope: FastifyInstance, deps: PrometheusDeps, asking: Asking): void {
  scope.get('/targets', async (request, reply) => sendJson(reply, targetsJson(deps.targets(), paramsOf(request))));
  scope.get('/scrape_pools', async (_, reply) =>
    sendJson(reply, succeed({ scrapePools: [...deps.targets().pools].sort() })),
  );
  scope.get('/alertmanagers', async (_, reply) =>
    sendJson(reply, succeed({ activeAlertmanagers: [], droppedAlertmanagers: [] })),
  );
  scope.get('/status/config', async (_, reply) => sendJson(reply, succeed({ yaml: deps.configText() })));
  scope.get('/status/flags', async (_, reply) => sendJson(reply, succeed(deps.flags)));
  scope.get('/status/buildinfo', async (_, reply) => sendJson(reply, succeed(deps.buildInfo)));
  scope.get('/status/runtimeinfo', async (_, reply) => sendJson(reply, succeed(runtimeInfo(deps))));
  // Nothing is replayed at start: the tables are there as they were left.
  scope.get('/status/walreplay', async (_, reply) => sendJson(reply, succeed({ min: 0, max: 0, current: 0 })));
  scope.get('/notifications', async (_, reply) => sendJson(reply, succeed(notifications(deps))));
  scope.get('/status/tsdb', async (request, reply) => {
    const limit = topParam(paramsOf(request));
    const endMs = deps.clock.nowMs();
    const found = await asking({ request, reply }, async ({ tenant }) => deps.metrics.cardinality({ tenant, limit }));
    return sendJson(reply, succeed(tsdbStatus(found, { startMs: endMs - deps.retentionMs, endMs })));
  });
}

function targetsJson(targets: Targets, params: Params): string {
  const pool = params.first('scrapePool');
  const state = params.first('state').toLowerCase();
  const shows = (kind: string) => state === '' || state === 'any' || state === kind;
  const inPool = (target: { scrapePool: string }) => pool === '' || target.scrapePool === pool;
  const active = shows('active') ? targets.activeTargets.filter(inPool).map(activeJson) : [];
  const dropped = shows('dropped') ? targets.droppedTargets.filter(inPool).map(droppedJson) : [];
  const counts = JSON.stringify(shows('dropped') ? targets.droppedTargetCounts : {});
  const data = `{"activeTargets":[${active.join(',')}],"droppedTargets":[${dropped.join(',')}],"droppedTargetCounts":${counts}}`;
  return successHead + data + successTail({});
}

function activeJson(target: ActiveTarget): string {
  const { scrapePool, scrapeUrl, lastError, health, scrapeInterval, scrapeTimeout } = target;
  const rest = JSON.stringify({
    scrapePool,
    scrapeUrl,
    globalUrl: globalUrlOf(scrapeUrl),
    lastError,
    // Go's zero time: what Prometheus shows before the first scrape.
    lastScrape: target.lastScrapeMs === 0 ? '0001-01-01T00:00:00Z' : new Date(target.lastScrapeMs).toISOString(),
    lastScrapeDuration: target.lastScrapeDurationSeconds,
    health,
    scrapeInterval,
    scrapeTimeout,
  });
  return `{"discoveredLabels":${labelsJson(target.discoveredLabels)},"labels":${labelsJson(target.labels)},${rest.slice(1)}`;
}

function droppedJson({ discoveredLabels, scrapePool }: DroppedTarget): string {
  return `{"discoveredLabels":${labelsJson(discoveredLabels)},"scrapePool":${JSON.stringify(scrapePool)}}`;
}

/** A target on this machine, as a person elsewhere would reach it. */
function globalUrlOf(scrapeUrl: string): string {
  const url = URL.parse(scrapeUrl);
  if (!url || !['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)) return scrapeUrl;
  url.hostname = os.hostname();
  return url.href;
}

function runtimeInfo({ runtime, clock }: PrometheusDeps): object {
  const { startedMs, configLoadedMs, configOk, retention, corruptions } = runtime();
  return {
    startTime: new Date(startedMs).toISOString(),
    CWD: process.cwd(),
    hostname: os.hostname(),
    serverTime: new Date(clock.nowMs()).toISOString(),
    reloadConfigSuccess: configOk,
    lastConfigTime: new Date(configLoadedMs).toISOString(),
    corruptionCount: corruptions,
    // Go's facts, where Node has no such thing: the names stay so that clients find them.
    goroutineCount: 0,
    GOMAXPROCS: os.availableParallelism(),
    GOMEMLIMIT: 0,
    GOGC: '',
    GODEBUG: '',
    storageRetention: retention,
  };
}

/** What Prometheus tells the people who look at its pages. */
function notifications({ runtime }: PrometheusDeps): object[] {
  const { configOk, configLoadedMs } = runtime();
  if (configOk) return [];
  return [{ text: 'Configuration reload has failed.', date: new Date(configLoadedMs).toISOString(), active: true }];
}

function topParam(params: Params): number {
  const text = params.first('limit');
  if (text === '') return 10;
  if (!/^\d{1,9}$/.test(text) || Number(text) < 1) {
    throw new Refusal('limit must be a positive number', { code: 'BAD_REQUEST' });
  }
  if (Number(text) > 10_000) throw new Refusal('limit must not exceed 10000', { code: 'BAD_REQUEST' });
  return Number(text);
}

/** The top offenders of cardinality. Farol has no chunks in this sense, so those read zero. */
function tsdbStatus(found: Cardinality, { startMs, endMs }: { startMs: number; endMs: number }): object {
  return {
    headStats: {
      numSeries: found.series,
      numLabelPairs: found.labelPairs,
      chunkCount: 0,
      minTime: startMs,
      maxTime: endMs,
    },
    seriesCountByMetricName: found.seriesByMetric.map(entryOf),
    labelValueCountByLabelName: found.valuesByLabel.map(entryOf),
    memoryInBytesByLabelName: found.bytesByLabel.map(entryOf),
    seriesCountByLabelValuePair: found.seriesByPair.map(entryOf),
  };
}

const entryOf = ({ name, count }: Counted): object => ({ name, value: count });
