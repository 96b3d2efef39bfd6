import type { Clock } from '#kit';
import type { Limits } from '#model';
import type { Traceql } from '#query/traceql';
import type { Store } from '#store';

export interface TempoDeps {
  readonly ask: Store['ask'];
  readonly traceql: Traceql;
  readonly limits: Limits['query'];
  readonly clock: Clock;
  readonly version: string;
}
