/** Stored spans for tests, from a line each. */
import type { StoredSpan } from './span.ts';

export interface SpanSketch extends Partial<Omit<StoredSpan, 'startNs' | 'attributes'>> {
  readonly id: number;
  readonly parent?: number;
  /** Nanoseconds since the trace's beginning. */
  readonly at: number;
  readonly for: number;
  readonly with?: Readonly<Record<string, string>>;
}

export const spanId = (id: number): string => id.toString(16).padStart(16, '0');

export function storedSpan({ id, parent, at, for: durationNs, with: pairs = {}, ...sketch }: SpanSketch): StoredSpan {
  return {
    traceId: '1'.padStart(32, '0'),
    spanId: spanId(id),
    parentSpanId: parent === undefined ? '' : spanId(parent),
    traceState: '',
    flags: 1,
    service: 'api',
    name: `span ${id}`,
    kind: 'internal',
    startNs: 1_000_000_000_000_000_000n + BigInt(at),
    durationNs,
    status: 'unset',
    statusMessage: '',
    attributes: Object.entries(pairs).map(([key, value]) => ({ key, value, type: 'string' as const })),
    resource: [],
    scope: { name: '', version: '', attributes: [] },
    events: [],
    links: [],
    ...sketch,
  };
}
