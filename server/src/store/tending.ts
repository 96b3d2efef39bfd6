/** What goes on while the store is open: looks at the disk, follows other Farols, keeps the head warm and in bounds. */
import type { Clock, log } from '#kit';
import type { Limits } from '#model';
import type { AskLimits } from './ask.ts';
import type { Catalogue } from './catalogue/catalogue.ts';
import { forgetOldSeries } from './catalogue/forgetting.ts';
import type { ListingDeps } from './catalogue/listings.ts';
import { type LoadDeps, loadCatalogue } from './catalogue/load.ts';
import { dayOf } from './catalogue/sightings.ts';
import type { Condition } from './condition.ts';
import type { Head } from './head/head.ts';
import { warmHead } from './head/warm.ts';
import { freeDiskBytes, queuedBytes, queuedRows, seriesForgotten, seriesKnown } from './selfmetrics.ts';
import type { OpenTarget } from './target.ts';
import type { Writer } from './write/writer.ts';

export interface Tending {
  readonly clock: Clock;
  readonly log: typeof log;
  readonly limits: Limits;
  /** Aborted when the store closes. */
  readonly signal: AbortSignal;
}

const queueLookMs = 1_000;

export async function watchQueue(writer: Writer, catalogue: Catalogue, { clock, signal }: Tending): Promise<void> {
  while (!signal.aborted) {
    const { rows, bytes } = writer.queued();
    queuedRows.set(rows);
    queuedBytes.set(bytes);
    seriesKnown.set(catalogue.size);
    await clock.sleep(queueLookMs, signal).catch(() => undefined);
  }
}

/** Series that were not seen within the retention leave the catalogue. */
export async function forgetSeries(
  known: ListingDeps,
  { clock, log, retentionDays, signal }: Tending & { readonly retentionDays: number },
): Promise<void> {
  const forgot = (series: number): void => {
    seriesForgotten.inc(series);
    log.info({ series, retentionDays }, 'series without samples within the retention were forgotten');
  };
  await forgetOldSeries({ ...known, clock, retentionDays, forgot, signal });
}

const diskLookMs = 5_000;

export async function watchDisk(
  target: OpenTarget,
  condition: Condition,
  { clock, log, signal }: Tending,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const free = await target.freeBytes();
      freeDiskBytes.set(free);
      condition.free(free);
      if (target.shared) condition.engineIs('ready');
    } catch (error) {
      if (target.shared && !signal.aborted) condition.engineIs('down', 'ClickHouse cannot be asked');
      // The engine may be restarting; the last look stands.
      log.debug({ error: String(error) }, 'could not look at the free disk space');
    }
    await clock.sleep(diskLookMs, signal).catch(() => undefined);
  }
}

const sweepMs = 30_000;
const warmAgainMs = 2_000;

/** Warms the head, and lets it forget what has become old. */
export async function tendHead(head: Head, load: LoadDeps & { askLimits: AskLimits }, tending: Tending): Promise<void> {
  await Promise.all([warm(head, load, tending), sweep(head, tending)]);
}

async function warm(
  head: Head,
  load: LoadDeps & { askLimits: AskLimits },
  { clock, log, limits, signal }: Tending,
): Promise<void> {
  const { recentBytesMax } = limits.store;
  while (!signal.aborted) {
    try {
      await warmHead({ ...load, head, recentBytesMax, clock, signal });
      const { bytes, samples } = head.size();
      log.info({ bytes, samples, fromMs: head.validFromMs }, 'recent samples are in memory');
      return;
    } catch (error) {
      // The engine may be restarting; until it works, questions go to the tables.
      if (!signal.aborted) log.warn({ error: String(error) }, 'could not fill the head from the tables yet');
      await clock.sleep(warmAgainMs, signal).catch(() => undefined);
    }
  }
}

async function sweep(head: Head, { clock, signal }: Tending): Promise<void> {
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
export async function followOthers(load: LoadDeps, { clock, log, limits, signal }: Tending): Promise<void> {
  const reading = { signal, msMax: limits.query.msMax };
  while (!signal.aborted) {
    await clock.sleep(followMs, signal).catch(() => undefined);
    if (signal.aborted) return;
    try {
      const sinceMs = clock.nowMs() - overlapMs;
      await loadCatalogue(load, { writtenMs: sinceMs, day: dayOf(sinceMs) }, reading);
    } catch (error) {
      log.warn({ error: String(error) }, 'could not read the series of other Farols');
    }
  }
}
