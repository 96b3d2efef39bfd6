/** What every discovery has in common: it refreshes on a beat, tells the groups it found, and ends with its signal. */
import type { Clock } from '#kit';
import type { TargetGroup } from '../config/index.ts';

export interface DiscoverDeps {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** All groups of this discovery, each time. */
  readonly update: (groups: readonly TargetGroup[]) => void;
}

/** Resolves when the signal aborts. */
export type Discover<Config> = (config: Config, deps: DiscoverDeps) => Promise<void>;

export interface EveryOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Is given a function that brings the next refresh forward. */
  readonly onWake?: (again: () => void) => void;
}

/** Runs `refresh` now, then every `ms` after it ended, or sooner when woken. `refresh` handles its own failures. */
export async function every(ms: number, refresh: () => Promise<void>, options: EveryOptions): Promise<void> {
  const { clock, signal, onWake } = options;
  let woken = new AbortController();
  onWake?.(() => woken.abort());
  while (!signal.aborted) {
    woken = new AbortController();
    await refresh();
    await clock.sleep(ms, AbortSignal.any([signal, woken.signal])).catch(() => undefined);
  }
}
