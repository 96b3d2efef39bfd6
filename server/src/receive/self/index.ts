/**
 * Farol watched by Farol: its own metrics, log records and spans, written like any sender's. Writing them makes no
 * further telemetry than counters, so there is no loop; what cannot be written is booked in the ledger and forgotten.
 * Refuses to know where they are kept.
 */
import {
  type Clock,
  type Ledger,
  log,
  registry,
  type Sender,
  subscribeToLog,
  subscribeToWork,
  type WorkEvent,
} from '#kit';
import {
  type Labels,
  type LogRow,
  type MetadataRow,
  Refusal,
  type SampleColumns,
  type SeriesRef,
  type SpanRow,
} from '#model';
import { reasonOf } from '../books.ts';
import { logRowOf, selfIdentity, spanRowOf } from './rows.ts';
import { metadataOf, samplesOf } from './samples.ts';

export interface SelfFeedDeps {
  readonly write: (batch: {
    tenant: string;
    samples?: SampleColumns;
    metadata?: MetadataRow[];
    logs?: LogRow[];
    spans?: SpanRow[];
  }) => Promise<unknown>;
  readonly intern: (tenant: string, labels: Labels) => SeriesRef;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly version: string;
  /** `HOST:PORT` of the main listener: our `instance`. */
  readonly instance: string;
}

const tenant = 'main';
const metricsEveryMs = 15_000;
const recordsEveryMs = 1_000;
/** Records kept between two writes; more are dropped and counted. */
const queueMax = 2_000;

export function startSelfFeed(deps: SelfFeedDeps): AsyncDisposable {
  const identity = selfIdentity(deps.version, deps.instance);
  const logs = new Queue<string>();
  const events = new Queue<WorkEvent>();
  const unsubscribe = [subscribeToLog((line) => logs.push(line)), subscribeToWork((event) => events.push(event))];
  const stop = new AbortController();
  let lastWrite: Promise<void> = Promise.resolve();

  async function writeMetrics(): Promise<void> {
    const metrics = await registry.getMetricsAsJSON();
    const samples = samplesOf(metrics, identity.labels, deps.clock.nowMs(), (labels) => deps.intern(tenant, labels));
    const metadata = metadataOf(metrics);
    await book({ protocol: 'self', sender: 'farol', signal: 'metrics' }, samples.count, { samples, metadata });
  }

  async function writeRecords(): Promise<void> {
    const sender = (signal: 'logs' | 'traces'): Sender => ({ protocol: 'self', sender: 'farol', signal });
    const lines = logs.take();
    const spans = events.take();
    if (lines.dropped > 0) {
      deps.ledger.received(sender('logs'), lines.dropped);
      deps.ledger.rejected(sender('logs'), 'queue_full', lines.dropped, 'more log lines than the self feed holds');
    }
    if (spans.dropped > 0) {
      deps.ledger.received(sender('traces'), spans.dropped);
      deps.ledger.rejected(sender('traces'), 'queue_full', spans.dropped, 'more spans than the self feed holds');
    }
    if (lines.items.length > 0) {
      await book(sender('logs'), lines.items.length, {
        logs: lines.items.map((line) => logRowOf(line, identity, deps.clock.nowMs())),
      });
    }
    if (spans.items.length > 0) {
      await book(sender('traces'), spans.items.length, {
        spans: spans.items.map((event) => spanRowOf(event, identity)),
      });
    }
  }

  async function book(sender: Sender, items: number, rows: object): Promise<void> {
    if (items === 0) return;
    try {
      await deps.write({ tenant, ...rows });
      deps.ledger.received(sender, items);
      deps.ledger.stored(sender, items);
    } catch (error) {
      deps.ledger.received(sender, items);
      if (!(error instanceof Refusal))
        log.error({ err: error, signal: sender.signal }, 'the self feed could not be written');
      deps.ledger.rejected(sender, reasonOf(error), items, (error as Error).message);
    }
  }

  function every(ms: number, task: () => Promise<void>): void {
    void (async () => {
      while (!stop.signal.aborted) {
        await deps.clock.sleep(ms, stop.signal);
        lastWrite = task();
        await lastWrite;
      }
    })().catch((error) => {
      if (!stop.signal.aborted) log.error({ err: error }, 'the self feed stopped');
    });
  }

  every(metricsEveryMs, writeMetrics);
  every(recordsEveryMs, writeRecords);
  return {
    async [Symbol.asyncDispose]() {
      for (const end of unsubscribe) end();
      stop.abort();
      await lastWrite;
    },
  };
}

class Queue<T> {
  #items: T[] = [];
  #dropped = 0;

  push(item: T): void {
    if (this.#items.length < queueMax) this.#items.push(item);
    else this.#dropped++;
  }

  take(): { items: T[]; dropped: number } {
    const taken = { items: this.#items, dropped: this.#dropped };
    this.#items = [];
    this.#dropped = 0;
    return taken;
  }
}
