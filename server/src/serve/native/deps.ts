/** What Farol's own API asks of the rest of Farol. */
import type { StatusAnswer } from '@farol/contract';
import type { Clock, Inquiries, Ledger } from '#kit';
import type { Limits } from '#model';
import type { Promql } from '#query/promql';
import type { Store } from '#store';

export interface NativeDeps {
  readonly ask: Store['ask'];
  readonly selectOwn: Store['selectOwn'];
  readonly promql: Pick<Promql, 'range' | 'instant'>;
  readonly health: Store['health'];
  readonly sizes: Store['sizes'];
  readonly inquiries: Pick<Inquiries, 'recent' | 'find'>;
  readonly ledger: Pick<Ledger, 'entries' | 'sinceMs'>;
  readonly limits: Limits['query'];
  readonly clock: Clock;
  readonly version: string;
  readonly startedMs: number;
  /** Where senders send, as they can reach it; asked at each request, because ports are bound late. */
  readonly listen: () => StatusAnswer['listen'];
}
