import type { Clock } from '#kit';
import type { Limits } from '#model';
import type { Store } from '#store';

export interface JaegerDeps {
  readonly ask: Store['ask'];
  readonly limits: Limits['query'];
  readonly clock: Clock;
}
