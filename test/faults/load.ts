/**
 * Senders of logs, spans and samples that behave as good clients do: one request at a time, and a request that was not
 * acknowledged is sent again with the same bytes until it is. What they tried and what was acknowledged is remembered
 * here, outside of the victim.
 */
import type { Product } from '../kit/product.ts';
import { encodeWriteRequest, remoteWriteHeaders } from '../kit/remotewrite.ts';

export const service = 'faults';
export const itemsPerRequest = 40;

export interface Attempt {
  readonly kind: 'logs' | 'spans' | 'samples';
  readonly sender: string;
  readonly sequence: number;
  readonly timeMs: number;
  acked: boolean;
  tries: number;
}

export interface Load {
  readonly attempts: readonly Attempt[];
  /** Senders finish the request they have in hand, however often it takes, and stop. Throws what a sender choked on. */
  finish(): Promise<void>;
  /** Senders stop at once; what they have in hand stays unacknowledged. */
  abandon(): Promise<void>;
}

const kinds = ['logs', 'spans', 'samples'] as const;

export function startLoad(product: Product, { sendersPerKind = 2, run = 'a' } = {}): Load {
  const attempts: Attempt[] = [];
  const stop = new AbortController();
  const give = new AbortController();
  const senders = kinds.flatMap((kind) =>
    Array.from({ length: sendersPerKind }, (_, i) =>
      sendOn(product, { kind, sender: `${run}${i}`, attempts, stop: stop.signal, give: give.signal }),
    ),
  );
  const all = Promise.all(senders);
  all.catch(() => stop.abort());
  return {
    attempts,
    async finish() {
      stop.abort();
      await all;
    },
    async abandon() {
      stop.abort();
      give.abort();
      await all;
    },
  };
}

interface Sender {
  readonly kind: Attempt['kind'];
  readonly sender: string;
  readonly attempts: Attempt[];
  readonly stop: AbortSignal;
  readonly give: AbortSignal;
}

async function sendOn(product: Product, { kind, sender, attempts, stop, give }: Sender): Promise<void> {
  const startMs = Date.now() - 10 * 60_000;
  for (let sequence = 0; !stop.aborted; sequence++) {
    const attempt: Attempt = { kind, sender, sequence, timeMs: startMs + sequence * 50, acked: false, tries: 0 };
    attempts.push(attempt);
    const body = bodyOf(attempt);
    while (!attempt.acked && !give.aborted) {
      attempt.tries++;
      attempt.acked = await send(product, kind, body);
      if (!attempt.acked) await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** True when acknowledged, false when it may be tried again; anything else is a fault of its own. */
async function send(product: Product, kind: Attempt['kind'], body: Uint8Array): Promise<boolean> {
  const path = { logs: '/v1/logs', spans: '/v1/traces', samples: '/prometheus/api/v1/write' }[kind];
  const headers = kind === 'samples' ? remoteWriteHeaders : { 'content-type': 'application/json' };
  let response: Response;
  let text: string;
  try {
    response = await fetch(`${product.url}${path}`, {
      method: 'POST',
      headers,
      body,
      signal: AbortSignal.timeout(20_000),
    });
    text = await response.text();
  } catch {
    return false;
  }
  if (response.ok) {
    if (text.includes('rejected')) throw new Error(`${kind} were rejected: ${text}`);
    return true;
  }
  if (response.status === 503 || response.status === 429) return false;
  throw new Error(`${kind} got ${response.status}: ${text}`);
}

const nanos = (timeMs: number) => `${timeMs}000000`;
const resource = { attributes: [{ key: 'service.name', value: { stringValue: service } }] };
const items = Array.from({ length: itemsPerRequest }, (_, i) => i);

function bodyOf(attempt: Attempt): Uint8Array {
  if (attempt.kind === 'samples') {
    const series = items.map((i) => ({
      labels: { __name__: 'fault_samples', sender: attempt.sender, item: String(i) },
      samples: [{ timeMs: attempt.timeMs, value: attempt.sequence }],
    }));
    return encodeWriteRequest(series);
  }
  const scope = { name: 'faults' };
  const body =
    attempt.kind === 'logs'
      ? { resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords: items.map((i) => logRecord(attempt, i)) }] }] }
      : { resourceSpans: [{ resource, scopeSpans: [{ scope, spans: items.map((i) => span(attempt, i)) }] }] };
  return Buffer.from(JSON.stringify(body));
}

function logRecord(attempt: Attempt, item: number) {
  const time = nanos(attempt.timeMs);
  return {
    timeUnixNano: time,
    observedTimeUnixNano: time,
    severityNumber: 9,
    severityText: 'INFO',
    body: { stringValue: logBodyOf(attempt, item) },
  };
}

export function logBodyOf(attempt: Attempt, item: number): string {
  return `${attempt.sender}-${attempt.sequence}-${item}`;
}

function span(attempt: Attempt, item: number) {
  return {
    traceId: traceIdOf(attempt),
    spanId: spanIdOf(attempt, item),
    name: 'work',
    kind: 1,
    startTimeUnixNano: nanos(attempt.timeMs),
    endTimeUnixNano: nanos(attempt.timeMs + 5),
  };
}

export function traceIdOf(attempt: Attempt): string {
  return Buffer.from(`${attempt.sender}:${attempt.sequence}`.padStart(16, 't')).toString('hex').slice(0, 32);
}

export function spanIdOf(attempt: Attempt, item: number): string {
  return (
    Buffer.from(attempt.sender).toString('hex') +
    attempt.sequence.toString(16).padStart(8, '0') +
    item.toString(16).padStart(4, '0')
  )
    .slice(-16)
    .padStart(16, '0');
}
