/** The world behind the scraper, for tests: a catalogue, a log of batches, a ledger, and targets that answer by HTTP. */
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLedger, type Ledger, systemClock } from '#kit';
import { isStaleAt, type Labels, labelPairs, labelsKey, Refusal } from '#model';
import type { WriteBatch } from '#store';

export interface Recorder {
  readonly tenant: string;
  readonly intern: (tenant: string, labels: Labels) => number;
  readonly write: (batch: WriteBatch) => Promise<void>;
  readonly ledger: Ledger;
  readonly batches: WriteBatch[];
  /** Samples by series text (`up{instance="…"}`), in the order written; a stale marker is `stale`. */
  samples(series: string): (number | 'stale')[];
  times(series: string): number[];
  series(): string[];
  rejected(): Record<string, number>;
}

export function createRecorder({ seriesMax = 1000 } = {}): Recorder {
  const refs = new Map<string, number>();
  const texts: string[] = [];
  const batches: WriteBatch[] = [];
  const ledger = createLedger(systemClock.nowMs);

  function* all(): Generator<{ text: string; timeMs: number; value: number | 'stale' }> {
    for (const { samples } of batches) {
      if (!samples) continue;
      const bits = new Uint32Array(samples.values.buffer);
      for (let i = 0; i < samples.count; i++) {
        const value = isStaleAt(bits, i) ? 'stale' : (samples.values[i] ?? 0);
        yield { text: texts[samples.refs[i] ?? -1] ?? '?', timeMs: samples.timesMs[i] ?? 0, value };
      }
    }
  }

  return {
    tenant: 'main',
    ledger,
    batches,
    intern(_, labels) {
      const key = labelsKey(labels);
      const known = refs.get(key);
      if (known !== undefined) return known;
      if (refs.size >= seriesMax) throw new Refusal('too many series', { code: 'SERIES_LIMIT' });
      refs.set(key, texts.length);
      return texts.push(seriesText(labels)) - 1;
    },
    async write(batch) {
      batches.push(batch);
    },
    samples: (series) => [...all()].filter(({ text }) => text === series).map(({ value }) => value),
    times: (series) => [...all()].filter(({ text }) => text === series).map(({ timeMs }) => timeMs),
    series: () => [...new Set([...all()].map(({ text }) => text))].sort(),
    rejected: () =>
      Object.fromEntries(
        ledger.entries().flatMap((entry) => [...entry.rejected].map(([why, { count }]) => [why, count])),
      ),
  };
}

function seriesText(labels: Labels): string {
  const pairs = [...labelPairs(labels)];
  const name = pairs.find(([key]) => key === '__name__')?.[1] ?? '';
  const rest = pairs.filter(([key]) => key !== '__name__').map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return rest.length === 0 ? name : `${name}{${rest.join(',')}}`;
}

export interface TestTarget extends AsyncDisposable {
  readonly address: string;
  readonly requests: http.IncomingMessage[];
}

/** Serves on a free port of this machine until disposed. */
export async function serveTarget(answer: http.RequestListener): Promise<TestTarget> {
  const requests: http.IncomingMessage[] = [];
  const server = http.createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}
