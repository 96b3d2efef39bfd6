/** Fills the head from the tables after a start, a few metrics at a time, newest window that fits the budget. */
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
  readonly nowMs: () => number;
  readonly signal: AbortSignal;
}

/** Of the budget: the rest is for what arrives, and for buffers that are not quite full. */
const warmShare = 0.6;
const sampleBytes = 20;
/** Series whose samples are read with one question. */
const seriesPerRead = 2_000;

export async function warmHead(deps: WarmDeps): Promise<void> {
  const { head } = deps;
  const fromMs = await startOfWindow(deps);
  for (const { tenant, refs } of batchesOf(deps, fromMs)) {
    const columns = await samplesFromTables(
      {
        tenant,
        refs,
        startMs: fromMs,
        endMs: Number.MAX_SAFE_INTEGER / 1000,
        signal: deps.signal,
        limits: { samplesMax: Number.POSITIVE_INFINITY, seriesMax: Number.POSITIVE_INFINITY },
      },
      { wire: deps.wire, catalogue: deps.catalogue, msMax: deps.askLimits.msMax },
    );
    for (const one of columns) head.addOlder(one);
  }
  head.isWarm(fromMs);
}

/** The earliest minute from which all samples fit. */
async function startOfWindow({ head, wire, askLimits, signal, recentBytesMax }: WarmDeps): Promise<number> {
  const query = sql`
    SELECT intDiv(toUnixTimestamp64Milli(time), 60000) AS minute, count() AS samples
    FROM samples
    WHERE time >= fromUnixTimestamp64Milli(${int(head.keepFromMs)})
    GROUP BY minute
    ORDER BY minute DESC`;
  const minutes = await ask<{ minute: string; samples: string }>(wire, query, { signal }, askLimits);
  let room = (recentBytesMax * warmShare) / sampleBytes;
  for (const { minute, samples } of minutes) {
    room -= Number(samples);
    if (room < 0) return Math.max(head.keepFromMs, (Number(minute) + 1) * 60_000);
  }
  return head.keepFromMs;
}

function* batchesOf(
  { catalogue, sightings, nowMs }: WarmDeps,
  fromMs: number,
): Generator<{ tenant: string; refs: Int32Array }> {
  const fromDay = dayOf(fromMs);
  const toDay = dayOf(nowMs()) + 1;
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
