/** What is to be written of a tenant's label sets at one moment, and what follows from its success or failure. */

import { type ExemplarRow, type Labels, noLabels, Refusal, type SeriesRef } from '#model';
import { SampleBuffer } from '#normalise';
import type { WriteBatch } from '#store';
import type { Entry, Seen, Timing } from './entry.ts';
import { familyMetadata, seriesLabels, seriesNames } from './families.ts';

export interface Pending {
  readonly batch: WriteBatch;
  /** Keys whose label set has gone stale with this batch, and when they were last counted. */
  readonly gone: readonly { key: string; lastMs: number }[];
  /** Label sets that the catalogue had no room for. */
  readonly refused: number;
  /** Call once: the batch is durable. */
  written(): void;
  /** Call once: it is not. Nothing is lost, for the next batch says it all again. */
  failed(): void;
}

export interface BatchQuestion {
  readonly tenant: string;
  readonly entries: ReadonlyMap<string, Entry>;
  readonly nowMs: number;
  readonly idleMs: number;
  /** As `seriesLabels` takes it. */
  readonly instance: string;
  readonly intern: (tenant: string, labels: Labels) => SeriesRef;
}

export function batchOf({ tenant, entries, nowMs, idleMs, instance, intern }: BatchQuestion): Pending {
  const samples = new SampleBuffer();
  const exemplars: ExemplarRow[] = [];
  const taken: { timing: Timing; seen: readonly (Seen | undefined)[] }[] = [];
  const begun: Entry[] = [];
  const gone: { key: string; lastMs: number }[] = [];
  let refused = 0;
  for (const [key, entry] of entries) {
    entry.refs ??= refsOf(entry, instance, (labels) => intern(tenant, labels));
    if (entry.refs === undefined) {
      refused++;
      continue;
    }
    if (nowMs - entry.lastMs >= idleMs) {
      for (const ref of entry.refs) samples.pushStale(ref, nowMs);
      gone.push({ key, lastMs: entry.lastMs });
      continue;
    }
    if (entry.zeroMs !== undefined) {
      for (const ref of entry.refs) samples.push(ref, entry.zeroMs, 0);
      begun.push(entry);
    }
    pushEntry(entry, entry.refs, nowMs, samples);
    pushExemplars(entry, entry.refs, exemplars, taken);
  }
  return {
    batch: { tenant, samples: samples.columns(), exemplars, metadata: familyMetadata },
    gone,
    refused,
    written() {
      for (const entry of begun) entry.zeroMs = undefined;
    },
    failed() {
      for (const { timing, seen } of taken) timing.giveBack(seen);
    },
  };
}

/** Undefined when the catalogue is full. */
function refsOf(
  { family, labels }: Entry,
  instance: string,
  intern: (labels: Labels) => SeriesRef,
): readonly SeriesRef[] | undefined {
  try {
    return seriesNames(family).map((name) => intern(seriesLabels(labels, name, instance)));
  } catch (error) {
    if (error instanceof Refusal && error.code === 'SERIES_LIMIT') return undefined;
    throw error;
  }
}

function pushEntry(entry: Entry, refs: readonly SeriesRef[], timeMs: number, into: SampleBuffer): void {
  let at = 0;
  for (const value of entry.counters) into.push(refs[at++] as SeriesRef, timeMs, value);
  for (const { counts, sum } of entry.timings) {
    let count = 0;
    for (const inBucket of counts) {
      count += inBucket;
      into.push(refs[at++] as SeriesRef, timeMs, count);
    }
    into.push(refs[at++] as SeriesRef, timeMs, sum);
    into.push(refs[at++] as SeriesRef, timeMs, count);
  }
}

function pushExemplars(
  entry: Entry,
  refs: readonly SeriesRef[],
  into: ExemplarRow[],
  taken: { timing: Timing; seen: readonly (Seen | undefined)[] }[],
): void {
  let first = entry.counters.length;
  for (const timing of entry.timings) {
    const seen = timing.takeSeen();
    if (seen !== undefined) {
      taken.push({ timing, seen });
      for (const [bucket, one] of seen.entries()) {
        if (one === undefined) continue;
        const { seconds, timeMs, traceId, spanId } = one;
        into.push({
          ref: refs[first + bucket] as SeriesRef,
          timeMs,
          value: seconds,
          traceId,
          spanId,
          labels: noLabels,
        });
      }
    }
    first += timing.counts.length + 2;
  }
}
