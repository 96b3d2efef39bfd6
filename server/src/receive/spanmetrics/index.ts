/**
 * Metrics made of the spans that are written: calls and latency of every operation, and requests between services, in
 * the words of Tempo's metrics-generator. Spans are counted when they have become durable, by the time they arrived, in
 * whatever order they came; the sums are held here and written like any sender's samples, every `everyMs`. A restart
 * begins at 0, which every reader takes for a counter reset. Refuses to know how spans arrive, and where samples are kept.
 */
import { type Clock, log } from '#kit';
import { type Labels, type Limits, Refusal, type SeriesRef } from '#model';
import type { WriteBatch, WriteReceipt } from '#store';
import { batchOf } from './batch.ts';
import { Counting } from './counting.ts';
import type { Entry } from './entry.ts';
import { failuresTotal, refusedSets, seriesKept, spansWaiting } from './selfmetrics.ts';
import { Uncounted } from './uncounted.ts';

type Write = (batch: WriteBatch) => Promise<WriteReceipt>;

export interface SpanMetricsDeps {
  readonly write: Write;
  readonly intern: (tenant: string, labels: Labels) => SeriesRef;
  readonly limits: Limits['spanMetrics'];
  readonly clock: Clock;
  /** Who we are, where several Farols write to one store. */
  readonly instance?: string;
}

export interface SpanMetrics extends AsyncDisposable {
  /** Writes the batch, and counts its spans when they are durable. Spans that had been written before are not counted again. */
  readonly write: Write;
  /** Writes what has been counted. Resolves when it is durable, or known not to be; then the next time says it again. */
  flush(): Promise<void>;
}

/** Disposing it gives up the spans that still wait for their other side, and writes what was counted. */
export function startSpanMetrics(deps: SpanMetricsDeps): SpanMetrics {
  const { limits, clock, instance = '' } = deps;
  const counting = new Counting(limits);
  const uncounted = new Uncounted();
  const stop = new AbortController();
  let flushing = Promise.resolve();

  async function write(batch: WriteBatch): Promise<WriteReceipt> {
    const { tenant, spans } = batch;
    if (spans === undefined || spans.length === 0) return deps.write(batch);
    let receipt: WriteReceipt;
    try {
      receipt = await deps.write(batch);
    } catch (error) {
      uncounted.add(batch);
      throw error;
    }
    if (!uncounted.isRepeat(batch, receipt)) counting.count(tenant, spans, clock.nowMs());
    return receipt;
  }

  async function flushAll(): Promise<void> {
    counting.expire(clock.nowMs());
    // At once, for each waits for its group commit.
    const refused = await Promise.all(counting.entries.tenants().map(([tenant, entries]) => flushOf(tenant, entries)));
    refusedSets.set(refused.reduce((sum, sets) => sum + sets, 0));
    seriesKept.set(counting.entries.seriesCount);
    spansWaiting.set(counting.waiting);
  }

  /** Returns how many label sets the catalogue had no room for. */
  async function flushOf(tenant: string, entries: ReadonlyMap<string, Entry>): Promise<number> {
    const { idleMs } = limits;
    const pending = batchOf({ tenant, entries, nowMs: clock.nowMs(), idleMs, instance, intern: deps.intern });
    try {
      if (pending.batch.samples) await deps.write(pending.batch);
    } catch (error) {
      pending.failed();
      failuresTotal.inc();
      if (!(error instanceof Refusal)) throw error;
      log.warn({ tenant, reason: error.message }, 'span metrics could not be written; the next write says it again');
      return pending.refused;
    }
    pending.written();
    for (const { key, lastMs } of pending.gone) {
      // A span may have come for it while its end was being written.
      if (entries.get(key)?.lastMs === lastMs) counting.entries.forget(tenant, key);
    }
    return pending.refused;
  }

  /** One after another: two at once could write an older sum after a newer. */
  function flush(): Promise<void> {
    flushing = flushing.then(flushAll, flushAll);
    return flushing;
  }

  void (async () => {
    while (!stop.signal.aborted) {
      await clock.sleep(limits.everyMs, stop.signal);
      await flush();
    }
  })().catch((error) => {
    if (!stop.signal.aborted) log.error({ err: error }, 'span metrics are no longer written');
  });

  return {
    write,
    flush,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await flushing.catch(() => undefined);
      counting.stop(clock.nowMs());
      await flush();
    },
  };
}
