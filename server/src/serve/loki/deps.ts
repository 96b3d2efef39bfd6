/** What Loki's API asks of the rest of Farol. */
import type { Clock } from '#kit';
import type { Limits } from '#model';
import type { Logql } from '#query/logql';
import type { TailHub } from '#query/streams';
import type { Store } from '#store';

export interface LokiDeps {
  readonly logql: Logql;
  readonly ask: Store['ask'];
  readonly scan: Store['scan'];
  readonly tails: TailHub;
  readonly limits: Limits['query'];
  readonly tailLimits: Limits['tail'];
  readonly clock: Clock;
  readonly buildInfo: BuildInfo;
  /** Why Farol is not ready, or undefined when it is. */
  readonly whyNotReady: () => string | undefined;
}

/** As `/status/buildinfo` answers. */
interface BuildInfo {
  readonly version: string;
  readonly revision: string;
  readonly branch: string;
  readonly buildUser: string;
  readonly buildDate: string;
  readonly goVersion: string;
}
