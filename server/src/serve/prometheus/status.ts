/** targets, scrape pools, rules, alerts and status/*: what the API says of Farol itself. */
import os from 'node:os';
import type { FastifyInstance } from 'fastify';
import { type Labels, type Limits, Refusal } from '#model';
import type { Asking } from '../asking.ts';
import { sendJson, succeed, successHead, successTail } from './answers.ts';
import type { ActiveTarget, DroppedTarget, PrometheusDeps, Targets } from './deps.ts';
import { badParam, type Params, paramsOf } from './params.ts';
import { labelsJson } from './values.ts';

export function statusRoutes(scope: FastifyInstance, deps: PrometheusDeps, asking: Asking): void {
  scope.get('/targets', async (request, reply) => sendJson(reply, targetsJson(deps.targets(), paramsOf(request))));
  scope.get('/scrape_pools', async (_, reply) =>
    sendJson(reply, succeed({ scrapePools: [...deps.targets().pools].sort() })),
  );
  scope.get('/rules', async (request, reply) => {
    checkRulesParams(paramsOf(request));
    return sendJson(reply, succeed({ groups: [] }));
  });
  scope.get('/alerts', async (_, reply) => sendJson(reply, succeed({ alerts: [] })));
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
    const range = { startMs: endMs - headMs, endMs };
    const found = await asking({ request, reply }, async (about) => ({
      numSeries: deps.seriesCount(about.tenant),
      series: await deps.metrics.seriesOf({
        ...about,
        ...range,
        matcherSets: [],
        limit: countedSeriesMax(deps.limits),
      }),
    }));
    return sendJson(reply, succeed(tsdbStatus({ ...found, ...range, limit })));
  });
}

/** What Prometheus calls the head: the series of the last two hours. */
const headMs = 2 * 3_600_000;

/** Counting reads every label set, so it stops at a number that takes well under a second. */
function countedSeriesMax({ seriesMax }: Limits['query']): number {
  return Math.min(seriesMax, 200_000);
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

function checkRulesParams(params: Params): void {
  const type = params.first('type').toLowerCase();
  if (type !== '' && type !== 'alert' && type !== 'record') {
    throw badParam('type', `not supported value ${JSON.stringify(type)}`);
  }
  const limit = params.first('group_limit');
  if (params.first('group_next_token') !== '' && limit === '') {
    throw badParam('group_next_token', 'group_limit needs to be present in order to paginate over the groups');
  }
  if (limit !== '' && !/^\d{1,9}$/.test(limit)) throw badParam('group_limit', 'group_limit needs to be a valid number');
  if (limit !== '' && Number(limit) === 0) throw badParam('group_limit', 'group_limit needs to be greater than 0');
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

interface Counted {
  readonly series: readonly Labels[];
  readonly numSeries: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly limit: number;
}

/** The top offenders of cardinality. Farol has no chunks and no index in memory, so those two read zero. */
function tsdbStatus({ series, numSeries, startMs, endMs, limit }: Counted): object {
  const byMetric = new Map<string, number>();
  const byPair = new Map<string, number>();
  const valuesByName = new Map<string, Set<string>>();
  for (const labels of series) {
    for (let i = 0; i < labels.length; i += 2) {
      const [name = '', value = ''] = [labels[i], labels[i + 1]];
      if (name === '__name__') add(byMetric, value);
      add(byPair, `${name}=${value}`);
      const values = valuesByName.get(name);
      if (values) values.add(value);
      else valuesByName.set(name, new Set([value]));
    }
  }
  const valueCounts = new Map([...valuesByName].map(([name, values]) => [name, values.size]));
  const valueBytes = new Map([...valuesByName].map(([name, values]) => [name, bytesOf(values)]));
  return {
    headStats: { numSeries, numLabelPairs: byPair.size, chunkCount: 0, minTime: startMs, maxTime: endMs },
    seriesCountByMetricName: top(byMetric, limit),
    labelValueCountByLabelName: top(valueCounts, limit),
    memoryInBytesByLabelName: top(valueBytes, limit),
    seriesCountByLabelValuePair: top(byPair, limit),
  };
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function bytesOf(texts: ReadonlySet<string>): number {
  let bytes = 0;
  for (const text of texts) bytes += Buffer.byteLength(text);
  return bytes;
}

function top(counts: ReadonlyMap<string, number>, limit: number): { name: string; value: number }[] {
  const entries = [...counts].sort((a, b) => b[1] - a[1]);
  return entries.slice(0, limit).map(([name, value]) => ({ name, value }));
}
