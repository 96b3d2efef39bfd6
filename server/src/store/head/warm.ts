/**
 * Fills the head from the tables after a start: the newest samples first, so that it answers for the last minutes soon,
 * then stretch by stretch what is older, until its budget is used.
 */
import type { Clock } from '#kit';
import { type AskLimits, ask } from '../ask.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { dayOf, type Sightings } from '../catalogue/sightings.ts';
import { samplesFromTables } from '../read/sample-sql.ts';
import { int, sql } from '../sql.ts';
import type { Wire } from '../wire.ts';
import type { Head } from './head.ts';

export interface WarmDeps {
  readonly head: Head;
  readonly wire: Wire;
  readonly catalogue: Catalogue;
  readonly sightings: Sightings;
  readonly askLimits: AskLimits;
  readonly recentBytesMax: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Of the budget: the rest is for what arrives. */
const warmShare = 0.85;
/** What most questions are about: the last hour, and what a range reaches back from there. */
const soonMs = 80 * 60_000;
/** Of one stretch, roughly. */
const stretchSamples = 2_000_000;
/** Series whose samples are read with one question. */
const seriesPerRead = 2_000;

interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

export async function warmHead(deps: WarmDeps): Promise<void> {
  const { head, catalogue, recentBytesMax } = deps;
  head.expect(catalogue.size);
  for await (const { fromMs, toMs } of stretches(deps)) {
    const isFirst = head.validFromMs === Number.POSITIVE_INFINITY;
    if (!isFirst && head.size().bytes > recentBytesMax * warmShare) return;
    // Warmed before an attempt that failed.
    if (fromMs >= head.validFromMs) continue;
    await warmStretch(deps, { fromMs, toMs: Math.min(toMs, head.validFromMs - 1) }, isFirst);
    head.isWarm(fromMs);
  }
}

async function warmStretch(deps: WarmDeps, stretch: Stretch, inHaste: boolean): Promise<void> {
  const { head, wire, catalogue, askLimits, clock, signal } = deps;
  for (const { tenant, refs } of batchesOf(deps, stretch)) {
    const beganMs = clock.tickMs();
    const columns = await samplesFromTables(
      {
        tenant,
        refs,
        startMs: stretch.fromMs,
        endMs: stretch.toMs,
        signal,
        limits: { samplesMax: Number.POSITIVE_INFINITY, seriesMax: Number.POSITIVE_INFINITY },
      },
      { wire, catalogue, msMax: askLimits.msMax },
    );
    for (const one of columns) head.addOlder(one);
    // What is older can wait: half of the time is for others.
    if (!inHaste) await clock.sleep(clock.tickMs() - beganMs, signal);
  }
}

/** From the newest to the oldest. What is soon needed is not kept waiting by a look at all the rest. */
async function* stretches(deps: WarmDeps): AsyncGenerator<Stretch> {
  const { keepFromMs } = deps.head;
  const soonFromMs = Math.max(keepFromMs, deps.clock.nowMs() - soonMs);
  yield* await stretchesOf(deps, { fromMs: soonFromMs, toMs: Number.MAX_SAFE_INTEGER / 1000 });
  if (keepFromMs < soonFromMs) yield* await stretchesOf(deps, { fromMs: keepFromMs, toMs: soonFromMs - 1 });
}

/** Of whole minutes, each with about as many samples. */
async function stretchesOf({ wire, askLimits, signal }: WarmDeps, whole: Stretch): Promise<Stretch[]> {
  const query = sql`
    SELECT intDiv(toUnixTimestamp64Milli(time), 60000) AS minute, count() AS samples
    FROM samples
    WHERE time >= fromUnixTimestamp64Milli(${int(Math.floor(whole.fromMs))})
      AND time <= fromUnixTimestamp64Milli(${int(Math.floor(whole.toMs))})
    GROUP BY minute
    ORDER BY minute DESC`;
  const minutes = await ask<{ minute: string; samples: string }>(wire, query, { signal }, askLimits);
  const found: Stretch[] = [];
  let { toMs } = whole;
  let samples = 0;
  for (const { minute, samples: more } of minutes) {
    samples += Number(more);
    const fromMs = Number(minute) * 60_000;
    if (samples < stretchSamples || fromMs <= whole.fromMs) continue;
    found.push({ fromMs, toMs });
    toMs = fromMs - 1;
    samples = 0;
  }
  found.push({ fromMs: whole.fromMs, toMs });
  return found;
}

function* batchesOf(
  { catalogue, sightings, clock }: WarmDeps,
  { fromMs, toMs }: Stretch,
): Generator<{ tenant: string; refs: Int32Array }> {
  const fromDay = dayOf(fromMs);
  const toDay = Math.min(dayOf(toMs), dayOf(clock.nowMs()) + 1);
  for (const tenant of catalogue.tenantNames()) {
    let batch: number[] = [];
    for (const metric of [...catalogue.metricNames(tenant)]) {
      for (const ref of catalogue.ofMetric(tenant, metric))
        if (sightings.seenBetween(ref, fromDay, toDay)) batch.push(ref);
      if (batch.length < seriesPerRead) continue;
      yield { tenant, refs: Int32Array.from(batch) };
      batch = [];
    }
    if (batch.length > 0) yield { tenant, refs: Int32Array.from(batch) };
  }
}
