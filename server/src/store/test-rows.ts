/** Rows for tests. */
import { type Labels, type LogRow, noAttributes, type SpanRow } from '#model';
import type { MetricQuestion, Store, WriteBatch } from './contract.ts';

export const signal = new AbortController().signal;
export const nowMs = Date.now();
export const nowNs = BigInt(nowMs) * 1_000_000n;
export const hostile = [
  "'; DROP TABLE samples; --",
  'nul\0nul',
  '__proto__',
  'constructor',
  '🗼 é \n \\ " `',
  '{p0:String}',
  'x'.repeat(5000),
];

const resource = {
  attributes: { keys: ['service.name', 'n'], values: ['shop', '7'], types: ['string', 'int'] as const },
  schemaUrl: 'https://schema',
  droppedAttributes: 2,
};
const scope = { name: 'scope', version: '1', schemaUrl: '', attributes: noAttributes, droppedAttributes: 0 };

export function logRow(row: Partial<LogRow> = {}): LogRow {
  return {
    tenant: 'main',
    service: 'shop',
    timeNs: nowNs + 7n,
    observedNs: nowNs,
    severityNumber: 9,
    severityText: 'INFO',
    level: 'info',
    body: 'hello',
    bodyType: 'string',
    traceId: 'a'.repeat(32),
    spanId: 'b'.repeat(16),
    flags: 1,
    eventName: '',
    stream: ['service_name', 'shop'],
    resource,
    scope,
    attributes: noAttributes,
    droppedAttributes: 0,
    ...row,
  };
}

export function spanRow(row: Partial<SpanRow> = {}): SpanRow {
  return {
    tenant: 'main',
    service: 'shop',
    traceId: 'c'.repeat(32),
    spanId: 'd'.repeat(16),
    parentSpanId: '',
    traceState: 'k=v',
    flags: 257,
    name: 'GET /',
    kind: 'server',
    startNs: nowNs + 1n,
    durationNs: 1_500n,
    status: 'error',
    statusMessage: 'boom',
    resource,
    scope,
    attributes: { keys: ['http.status'], values: ['500'], types: ['int'] },
    events: [
      {
        timeNs: nowNs,
        name: 'exception "x"',
        attributes: { keys: ['ratio', 'list'], values: ['1.5', '{"values":[]}'], types: ['double', 'array'] },
        droppedAttributes: 1,
      },
    ],
    links: [
      {
        traceId: 'e'.repeat(32),
        spanId: 'f'.repeat(16),
        traceState: '',
        flags: 1,
        attributes: noAttributes,
        droppedAttributes: 0,
      },
    ],
    droppedAttributes: 0,
    droppedEvents: 3,
    droppedLinks: 0,
    ...row,
  };
}

export function samplesOf(
  store: Store,
  rows: readonly (readonly [labels: Labels, timeMs: number, value: number])[],
): WriteBatch {
  return {
    tenant: 'main',
    samples: {
      count: rows.length,
      refs: Int32Array.from(rows, ([labels]) => store.series.intern('main', labels)),
      timesMs: Float64Array.from(rows, ([, timeMs]) => timeMs),
      values: Float64Array.from(rows, ([, , value]) => value),
    },
  };
}

export const question = (about: Partial<MetricQuestion>): MetricQuestion => ({
  tenant: 'main',
  matchers: [],
  startMs: nowMs - 3_600_000,
  endMs: nowMs + 60_000,
  signal,
  samplesMax: 1e6,
  seriesMax: 1e5,
  ...about,
});

export const named = (metric: string) => ({ matchers: [{ name: '__name__', kind: '=' as const, value: metric }] });

/** Numbers in [0, 1), the same for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x80000000;
  };
}
