/** Puts the store together: where the rows live, the tables, the catalogue, the writer, the readers. */
import type { Clock, log } from '#kit';
import type { Limits } from '#model';
import { type AskLimits, ask, stream } from './ask.ts';
import { Catalogue } from './catalogue/catalogue.ts';
import { type LoadDeps, loadDays, loadSeries } from './catalogue/load.ts';
import { dayOf, Sightings } from './catalogue/sightings.ts';
import { Condition } from './condition.ts';
import type { Store } from './contract.ts';
import { Head } from './head/head.ts';
import { warmHead } from './head/warm.ts';
import { migrate, readMigrations } from './migrate.ts';
import { createMetricReader } from './read/metric-reader.ts';
import { applyRetention, type RetentionDeps, signalSizes } from './retention.ts';
import { type RetentionDays, ttlsOf } from './schema/topology.ts';
import { detachedParts as detachedPartsGauge, freeDiskBytes, queuedBytes, queuedRows, seriesKnown } from './selfmetrics.ts';
import { type OpenTarget, openTarget, type StoreTarget } from './target.ts';
import { recallSlices } from './write/recall.ts';
import { Writer } from './write/writer.ts';

export type StoreOptions = StoreTarget & {
  readonly retentionDays: RetentionDays;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly log: typeof log;
};

/** Refuses with CONFIG_INVALID when the target cannot be used, STORE_DOWN when it cannot be reached. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { limits, clock, log } = options;
  const askLimits: AskLimits = { msMax: limits.query.msMax, answerBytesMax: limits.query.answerBytesMax };
  const condition = new Condition(limits.store.freeDiskBytesMin);
  const onState = condition.engineIs.bind(condition);
  const target = await openTarget(options, { log, askLimits, onState });
  const closing = new AbortController();
  try {
    const retention = await prepareTables(options, target, askLimits);
    const detachedParts = await target.detachedParts();
    if (detachedParts > 0) log.error({ detachedParts }, 'parts were broken and have been set aside: their rows are lost');
    detachedPartsGauge.set(detachedParts);
    const catalogue = new Catalogue(limits.store.seriesMax);
    const sightings = new Sightings();
    const load: LoadDeps = { wire: target.wire, catalogue, sightings };
    await loadCatalogue(load, options);
    // Where others write too, memory would not know all samples: every question goes to the tables.
    const head = target.shared ? undefined : new Head({ ...limits.store, clock });
    const writer = new Writer({
      wire: target.wire,
      clock,
      limits: limits.store,
      catalogue,
      sightings,
      durable: (samples) => head?.append(samples),
      report: (failure) => condition.inserted(failure),
      assertWritable: () => condition.assertWritable(),
    });
    await recallSlices(writer, target.wire, { nowMs: clock.nowMs(), askLimits });
    void watchDisk(target, condition, options, closing.signal);
    if (head === undefined) void followOthers(load, options, closing.signal);
    else void tendHead(head, { ...load, askLimits }, options, closing.signal);
    return {
      series: catalogue,
      metrics: createMetricReader({ wire: target.wire, catalogue, sightings, askLimits, ...(head && { head }) }),
      write: (batch) => writer.write(batch),
      ask: (query, about) => ask(target.wire, query, about, askLimits),
      stream: (query, about) => stream(target.wire, query, about, askLimits),
      health() {
        const queued = writer.queued();
        queuedRows.set(queued.rows);
        queuedBytes.set(queued.bytes);
        seriesKnown.set(catalogue.size);
        return { ...condition.state(), engineVersion: target.version, detachedParts, queuedRows: queued.rows };
      },
      sizes: (signal) => signalSizes(retention, signal),
      async [Symbol.asyncDispose]() {
        closing.abort();
        await writer[Symbol.asyncDispose]();
        await target[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await target[Symbol.asyncDispose]();
    throw error;
  }
}

async function prepareTables(options: StoreOptions, target: OpenTarget, askLimits: AskLimits): Promise<RetentionDeps> {
  const { wire, cluster } = target;
  const { retentionDays, log } = options;
  const migrations = readMigrations();
  const topology = { retentionDays, ...(cluster !== undefined && { cluster }) };
  const ran = await migrate({ wire, topology, migrations, askLimits });
  if (ran.length > 0) log.info({ migrations: ran }, 'the tables are up to date');
  const ttls = migrations.flatMap(({ source }) => ttlsOf(source));
  const retention: RetentionDeps = { wire, askLimits, ttls, ...(cluster !== undefined && { cluster }) };
  const altered = await applyRetention(retentionDays, retention);
  if (altered.length > 0) log.info({ tables: altered, retentionDays }, 'the retention was changed');
  return retention;
}

async function loadCatalogue(load: LoadDeps, { clock, retentionDays, limits }: StoreOptions): Promise<void> {
  const reading = { signal: new AbortController().signal, msMax: limits.query.msMax };
  await loadSeries(load, 0, reading);
  await loadDays(load, dayOf(clock.nowMs()) - retentionDays.metrics - 1, reading);
}

const diskLookMs = 5_000;

async function watchDisk(target: OpenTarget, condition: Condition, { clock, log }: StoreOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const free = await target.freeBytes();
      freeDiskBytes.set(free);
      condition.free(free);
    } catch (error) {
      // The engine may be restarting; the last look stands.
      log.debug({ error: String(error) }, 'could not look at the free disk space');
    }
    await clock.sleep(diskLookMs, signal).catch(() => undefined);
  }
}

const sweepMs = 30_000;
const warmAgainMs = 2_000;

/** Warms the head, then lets it forget what has become old. */
async function tendHead(
  head: Head,
  load: LoadDeps & { askLimits: AskLimits },
  { clock, log, limits }: StoreOptions,
  signal: AbortSignal,
): Promise<void> {
  const { recentBytesMax } = limits.store;
  const warm = { ...load, head, recentBytesMax, nowMs: () => clock.nowMs(), signal };
  while (!signal.aborted && head.validFromMs === Number.POSITIVE_INFINITY) {
    try {
      await warmHead(warm);
    } catch (error) {
      // The engine may be restarting; until it works, questions go to the tables.
      if (!signal.aborted) log.warn({ error: String(error) }, 'could not fill the head from the tables yet');
      await clock.sleep(warmAgainMs, signal).catch(() => undefined);
    }
  }
  while (!signal.aborted) {
    await clock.sleep(sweepMs, signal).catch(() => undefined);
    await head.sweep();
    head.report();
  }
}

const followMs = 5_000;
/** Rows are stamped by other Farols' clocks, and take a moment to arrive. */
const overlapMs = 120_000;

/** Other Farols write to the same tables: their series become known here too. */
async function followOthers(load: LoadDeps, { clock, log, limits }: StoreOptions, signal: AbortSignal): Promise<void> {
  const reading = { signal, msMax: limits.query.msMax };
  while (!signal.aborted) {
    await clock.sleep(followMs, signal).catch(() => undefined);
    if (signal.aborted) return;
    try {
      const sinceMs = clock.nowMs() - overlapMs;
      await loadSeries(load, sinceMs, reading);
      await loadDays(load, dayOf(sinceMs), reading);
    } catch (error) {
      log.warn({ error: String(error) }, 'could not read the series of other Farols');
    }
  }
}
