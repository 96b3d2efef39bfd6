/** Puts the store together: where the rows live, the tables, the catalogue, the writer, the readers. */
import type { Clock, log } from '#kit';
import type { Limits } from '#model';
import { type AskLimits, ask, scan, stream } from './ask.ts';
import { Catalogue } from './catalogue/catalogue.ts';
import { type LoadDeps, loadCatalogue } from './catalogue/load.ts';
import { dayOf, Sightings } from './catalogue/sightings.ts';
import { Condition } from './condition.ts';
import type { Store } from './contract.ts';
import { Head } from './head/head.ts';
import { Writings } from './head/writings.ts';
import { migrate, readMigrations } from './migrate.ts';
import { selectOwn } from './own-select.ts';
import { createMetricReader } from './read/metric-reader.ts';
import { applyRetention, type RetentionDeps, signalSizes } from './retention.ts';
import { type RetentionDays, ttlsOf } from './schema/topology.ts';
import { detachedParts } from './selfmetrics.ts';
import { type OpenTarget, openTarget, type StoreTarget } from './target.ts';
import { followOthers, forgetSeries, tendHead, watchDisk, watchQueue } from './tending.ts';
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
  const { limits, log } = options;
  const askLimits: AskLimits = { msMax: limits.query.msMax, answerBytesMax: limits.query.answerBytesMax };
  const condition = new Condition(limits.store.freeDiskBytesMin);
  const onState = condition.engineIs.bind(condition);
  const target = await openTarget(options, { log, askLimits, onState });
  try {
    return await openOver(target, condition, { ...options, askLimits });
  } catch (error) {
    await target[Symbol.asyncDispose]();
    throw target.explained(error);
  }
}

type InnerOptions = StoreOptions & { readonly askLimits: AskLimits };

async function openOver(target: OpenTarget, condition: Condition, options: InnerOptions): Promise<Store> {
  const { askLimits, limits, clock } = options;
  const { wire } = target;
  const retention = await prepareTables(target, options);
  const broken = await lookForBrokenParts(target, options);
  const catalogue = new Catalogue(limits.store.seriesMax);
  catalogue.today = dayOf(clock.nowMs());
  const sightings = new Sightings();
  await recallCatalogue({ wire, catalogue, sightings }, options);
  // Where others write too, memory would not know all samples: every question goes to the tables.
  const head = target.shared ? undefined : new Head({ ...limits.store, clock });
  const writings = target.shared ? undefined : new Writings();
  const writer = new Writer({
    wire,
    clock,
    limits: limits.store,
    catalogue,
    sightings,
    durable: (samples) => head?.append(samples),
    wrote: (tenant, leastMs) => writings?.note(tenant, leastMs),
    report: (failure) => condition.inserted(failure),
    assertWritable: () => condition.assertWritable(),
    recall: (into) => recallSlices(into, wire, { nowMs: clock.nowMs(), askLimits }),
  });
  await recallSlices(writer, wire, { nowMs: clock.nowMs(), askLimits });
  const closing = new AbortController();
  const tending = { ...options, signal: closing.signal };
  // These run until the store closes, and report their own failures.
  void watchDisk(target, condition, tending);
  void watchQueue(writer, catalogue, tending);
  void forgetSeries({ catalogue, sightings }, { ...tending, retentionDays: options.retentionDays.metrics });
  if (head === undefined) void followOthers({ wire, catalogue, sightings }, tending);
  else void tendHead(head, { wire, catalogue, sightings, askLimits }, tending);
  return {
    series: catalogue,
    metrics: createMetricReader({
      wire,
      catalogue,
      sightings,
      askLimits,
      ...(head && { head }),
      ...(writings && { writings }),
    }),
    write: (batch) => writer.write(batch),
    ask: (query, about) => ask(wire, query, about, askLimits),
    stream: (query, about) => stream(wire, query, about, askLimits),
    scan: (query, readRow, about) => scan(wire, query, readRow, { options: about, limits: askLimits }),
    selectOwn: (asked) => selectOwn(wire, asked, askLimits),
    sizes: (signal) => signalSizes(retention, signal),
    health: () => ({
      ...condition.state(),
      engineVersion: target.version,
      detachedParts: broken,
      queuedRows: writer.queued().rows,
    }),
    async [Symbol.asyncDispose]() {
      closing.abort();
      await writer[Symbol.asyncDispose]();
      await target[Symbol.asyncDispose]();
    },
  };
}

async function prepareTables(target: OpenTarget, options: InnerOptions): Promise<RetentionDeps> {
  const { wire, cluster } = target;
  const { retentionDays, log, askLimits } = options;
  const migrations = readMigrations();
  const topology = { retentionDays, database: target.database, ...(cluster !== undefined && { cluster }) };
  const ran = await migrate({ wire, topology, migrations, askLimits });
  if (ran.length > 0) log.info({ migrations: ran }, 'the tables are up to date');
  const ttls = migrations.flatMap(({ source }) => ttlsOf(source));
  const retention: RetentionDeps = { wire, askLimits, ttls, ...(cluster !== undefined && { cluster }) };
  const altered = await applyRetention(retentionDays, retention);
  if (altered.length > 0) log.info({ tables: altered, retentionDays }, 'the retention was changed');
  return retention;
}

async function lookForBrokenParts(target: OpenTarget, { log }: InnerOptions): Promise<number> {
  const broken = await target.detachedParts();
  detachedParts.set(broken);
  if (broken > 0)
    log.error({ detachedParts: broken }, 'parts were broken and have been set aside: their rows are lost');
  return broken;
}

async function recallCatalogue(load: LoadDeps, { clock, retentionDays, limits }: StoreOptions): Promise<void> {
  const since = { writtenMs: 0, day: dayOf(clock.nowMs()) - retentionDays.metrics - 1 };
  await loadCatalogue(load, since, { signal: AbortSignal.timeout(limits.query.msMax), msMax: limits.query.msMax });
}
