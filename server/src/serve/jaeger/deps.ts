import type { Clock } from '#kit';
import type { Limits, SpanRow } from '#model';
import type { Promql } from '#query/promql';
import type { Store } from '#store';

export interface JaegerDeps {
  readonly ask: Store['ask'];
  readonly promql: Pick<Promql, 'instant' | 'range'>;
  /** Names are looked for as far back as traces are kept. */
  readonly retentionMs: number;
  /** OTLP JSON as spans, for `/transform`; refuses what is wrong. */
  readonly otlp: { readonly bytesMax: number; readonly read: (body: Buffer) => readonly SpanRow[] };
  readonly limits: Limits['query'];
  readonly clock: Clock;
}
