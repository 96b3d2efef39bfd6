/** A store that remembers what it was told, for tests of the receivers. */
import { type Clock, createLedger, type Ledger } from '#kit';
import { type Labels, type Limits, labelsKey, limits, type Refusal, type SampleColumns, type SeriesRef } from '#model';
import type { WriteBatch } from '#store';
import { createReceiveBudget } from './budget.ts';
import type { ReceiveDeps } from './deps.ts';

export const testNowMs = Date.UTC(2026, 0, 15, 12);

export interface Sink extends ReceiveDeps {
  readonly batches: WriteBatch[];
  /** Set to make the next writes fail. */
  failure: Refusal | undefined;
  /** Rows of the next writes that count as written before. */
  duplicateRows: number;
  labelsOf(ref: SeriesRef): Labels;
  /** Samples of all batches as `name{…} value @ms`. */
  sampleLines(): string[];
}

export interface SinkOptions {
  readonly nowMs?: number;
  readonly receive?: Partial<Limits['receive']>;
  readonly seriesMax?: number;
  readonly onSeriesLimit?: () => Refusal;
  readonly retentionDays?: number;
}

export function createSink(options: SinkOptions = {}): Sink {
  const nowMs = options.nowMs ?? testNowMs;
  const byKey = new Map<string, SeriesRef>();
  const labelSets: Labels[] = [];
  const batches: WriteBatch[] = [];
  const receive = { ...limits.receive, ...options.receive };
  const retention = (options.retentionDays ?? 15) * 86_400_000;
  const clock: Clock = {
    nowMs: () => nowMs,
    tickMs: () => performance.now(),
    sleep: (ms, signal) => sleep(ms, signal),
  };
  const ledger: Ledger = createLedger(() => nowMs);
  const sink: Sink = {
    batches,
    failure: undefined,
    duplicateRows: 0,
    labelsOf: (ref) => labelSets[ref] ?? [],
    sampleLines: () => batches.flatMap(({ samples }) => (samples ? linesOf(samples, sink.labelsOf) : [])),
    async write(batch) {
      if (sink.failure) throw sink.failure;
      batches.push(batch);
      return { duplicateRows: sink.duplicateRows };
    },
    intern(tenant, labels) {
      const key = `${tenant}\n${labelsKey(labels)}`;
      const known = byKey.get(key);
      if (known !== undefined) return known;
      if (labelSets.length >= (options.seriesMax ?? 1_000_000) && options.onSeriesLimit) throw options.onSeriesLimit();
      byKey.set(key, labelSets.length);
      return labelSets.push(labels) - 1;
    },
    ledger,
    limits: { ...limits, receive },
    clock,
    budget: createReceiveBudget(receive.inFlightBytesMax),
    promotedResourceAttributes: ['service.namespace', 'deployment.environment.name', 'k8s.*', 'host.name'],
    retentionMs: { metrics: retention, logs: retention, traces: retention },
  };
  return sink;
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}

function linesOf({ count, refs, timesMs, values }: SampleColumns, labelsOf: (ref: SeriesRef) => Labels): string[] {
  const lines: string[] = [];
  for (let i = 0; i < count; i++) lines.push(`${labelLine(labelsOf(refs[i] ?? 0))} ${values[i]} @${timesMs[i]}`);
  return lines;
}

export function labelLine(labels: Labels): string {
  let name = '';
  const pairs: string[] = [];
  for (let i = 0; i < labels.length; i += 2) {
    if (labels[i] === '__name__') name = labels[i + 1] ?? '';
    else pairs.push(`${labels[i]}="${labels[i + 1]}"`);
  }
  return `${name}{${pairs.join(',')}}`;
}

/** Whether every sender's books balance: received = stored + rejected + duplicates. */
export function imbalance(ledger: Ledger): string[] {
  return ledger
    .entries()
    .filter((entry) => {
      let rejected = 0;
      for (const { count } of entry.rejected.values()) rejected += count;
      return entry.received !== entry.stored + entry.duplicates + rejected;
    })
    .map((entry) => `${entry.protocol} ${entry.signal} ${entry.sender}: ${JSON.stringify(entry)}`);
}
