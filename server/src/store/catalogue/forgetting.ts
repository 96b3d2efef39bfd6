/**
 * Series that were not seen within the retention are let go of while the store is open, so that they count for no limit
 * and take no memory. Their labels can be read for one more round: a question may be under way that found them.
 */
import type { Clock } from '#kit';
import type { ListingDeps } from './listings.ts';
import { dayOf } from './sightings.ts';
import { inTurns, type Steps } from './turns.ts';

export interface Forgetting extends ListingDeps {
  readonly clock: Clock;
  readonly retentionDays: number;
  /** Told of rounds that let go of series. */
  readonly forgot: (series: number) => void;
  /** Aborted when the store closes. */
  readonly signal: AbortSignal;
}

/** Far longer than any question. */
const everyMs = 3_600_000;

export async function forgetOldSeries(deps: Forgetting): Promise<void> {
  const { clock, signal } = deps;
  while (!signal.aborted) {
    // Both only end early when the store closes.
    await forgettingRound(deps).catch(endedBy(signal));
    await clock.sleep(everyMs, signal).catch(endedBy(signal));
  }
}

/** One round; what the round before let go of is freed. */
export async function forgettingRound({
  catalogue,
  sightings,
  clock,
  retentionDays,
  ...deps
}: Forgetting): Promise<void> {
  catalogue.today = dayOf(clock.nowMs());
  // The tables keep the days of a series so long (series_days).
  const fromDay = catalogue.today - retentionDays - 1;
  await inTurns(catalogue.free(), deps.signal);
  const gone = await inTurns(letGoBefore(fromDay, { catalogue, sightings }), deps.signal);
  if (gone === 0) return;
  await inTurns(catalogue.thin(), deps.signal);
  deps.forgot(gone);
}

function* letGoBefore(fromDay: number, { catalogue, sightings }: ListingDeps): Steps<number> {
  let gone = 0;
  for (let ref = 0; ref < catalogue.refsEnd; ref++) {
    yield 1;
    if (!catalogue.isKnown(ref) || sightings.lastDay(ref) >= fromDay || catalogue.askedDay(ref) >= fromDay) continue;
    catalogue.letGo(ref);
    sightings.forget(ref);
    gone++;
    yield 50;
  }
  return gone;
}

function endedBy(signal: AbortSignal): (error: unknown) => void {
  return (error) => {
    if (!signal.aborted) throw error;
  };
}
