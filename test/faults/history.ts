/** Reads everything back through the public APIs, and counts how often each item is there. */
import type { Product } from '../kit/product.ts';
import { type Attempt, itemsPerRequest, logBodyOf, service, spanIdOf, traceIdOf } from './load.ts';

export interface Verdict {
  readonly attempted: number;
  readonly acked: number;
  /** Items of acknowledged requests that are not there. */
  readonly lost: readonly string[];
  /** Items that are there more than once. */
  readonly doubled: readonly string[];
  /** Items that nobody has sent. */
  readonly foreign: readonly string[];
}

export const faultless = { lost: [], doubled: [], foreign: [] };

export async function judge(product: Product, attempts: readonly Attempt[]): Promise<Verdict> {
  const found = new Map<string, number>();
  const see = (item: string) => found.set(item, (found.get(item) ?? 0) + 1);
  await readLogs(product, attempts, see);
  await readSpans(product, attempts, see);
  await readSamples(product, attempts, see);

  const attempted = new Set<string>();
  const lost: string[] = [];
  for (const attempt of attempts) {
    for (const item of itemsOf(attempt)) {
      attempted.add(item);
      if (attempt.acked && !found.has(item)) lost.push(item);
    }
  }
  return {
    attempted: attempted.size,
    acked: attempts.filter((attempt) => attempt.acked).length * itemsPerRequest,
    lost,
    doubled: [...found].filter(([, count]) => count > 1).map(([item]) => item),
    foreign: [...found.keys()].filter((item) => !attempted.has(item)),
  };
}

function itemsOf(attempt: Attempt): string[] {
  return Array.from({ length: itemsPerRequest }, (_, i) => {
    if (attempt.kind === 'logs') return `log ${logBodyOf(attempt, i)}`;
    if (attempt.kind === 'spans') return `span ${spanIdOf(attempt, i)}`;
    return sampleItem(attempt.sender, i, attempt.timeMs, attempt.sequence);
  });
}

function sampleItem(sender: string, item: number | string, timeMs: number, value: number | string): string {
  return `sample ${sender} ${item} ${timeMs} = ${value}`;
}

type See = (item: string) => void;

async function get<T>(product: Product, path: string, query: Record<string, string> = {}): Promise<T | undefined> {
  const response = await fetch(`${product.url}${path}?${new URLSearchParams(query)}`);
  if (response.status === 404) return undefined;
  const text = await response.text();
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text.slice(0, 500)}`);
  return JSON.parse(text) as T;
}

async function readLogs(product: Product, attempts: readonly Attempt[], see: See): Promise<void> {
  const times = attempts.map((attempt) => attempt.timeMs);
  const range = { start: String(Math.min(...times) - 1000), end: String(Math.max(...times) + 1000) };
  let cursor = '';
  do {
    const page = await get<{ logs: { body: string }[]; cursor?: string }>(product, '/api/logs', {
      ...range,
      service,
      limit: '5000',
      ...(cursor && { cursor }),
    });
    for (const { body } of page?.logs ?? []) see(`log ${body}`);
    cursor = page?.cursor ?? '';
  } while (cursor !== '');
}

async function readSpans(product: Product, attempts: readonly Attempt[], see: See): Promise<void> {
  for (const attempt of attempts.filter(({ kind }) => kind === 'spans')) {
    const answer = await get<{ data: { spans: { spanID: string }[] }[] }>(
      product,
      `/jaeger/api/traces/${traceIdOf(attempt)}`,
    );
    for (const { spanID } of answer?.data[0]?.spans ?? []) see(`span ${spanID}`);
  }
}

async function readSamples(product: Product, attempts: readonly Attempt[], see: See): Promise<void> {
  for (const sender of new Set(attempts.map((attempt) => attempt.sender))) {
    const answer = await get<{ data: { result: { metric: { item: string }; values: [number, string][] }[] } }>(
      product,
      '/prometheus/api/v1/query',
      { query: `fault_samples{sender="${sender}"}[30m]`, time: String(Date.now() / 1000) },
    );
    for (const { metric, values } of answer?.data.result ?? []) {
      for (const [seconds, value] of values) see(sampleItem(sender, metric.item, Math.round(seconds * 1000), value));
    }
  }
}
