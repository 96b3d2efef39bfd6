/** One insert, repeated with the same bytes and token until it is durable: so a retry never counts twice. */
import type { Clock } from '#kit';
import { Refusal } from '#model';
import { failureOf } from '../refusals.ts';
import { insertRetries, insertSeconds, rowsWritten } from '../selfmetrics.ts';
import type { Insert, Wire } from '../wire.ts';

export interface InsertDeps {
  readonly wire: Wire;
  readonly clock: Clock;
  /** How long the store may be away before the senders are told. */
  readonly retryMsMax: number;
  /** When the store went away, as the inserts before this one have met it; shared by all of them. */
  readonly outage: { sinceMs?: number };
  /** Told after every try: undefined when it worked. */
  readonly report: (failure: 'full' | 'transient' | 'permanent' | undefined) => void;
}

const backoffMsMin = 50;
const backoffMsMax = 2_000;

export async function insertDurably(insert: Insert, rows: number, deps: InsertDeps): Promise<void> {
  const { wire, clock, retryMsMax, outage, report } = deps;
  const startMs = clock.tickMs();
  // What other tables take says nothing of this one.
  let failedSinceMs: number | undefined;
  for (let waitMs = backoffMsMin; ; waitMs = Math.min(waitMs * 2, backoffMsMax)) {
    try {
      await wire.insert(insert);
      report(undefined);
      delete outage.sinceMs;
      insertSeconds.observe({ table: insert.table }, (clock.tickMs() - startMs) / 1000);
      rowsWritten.inc({ table: insert.table }, rows);
      return;
    } catch (error) {
      const failure = failureOf(error);
      report(failure.kind);
      if (failure.kind !== 'transient') throw insertRefusal(failure.kind, insert, 0, error);
      outage.sinceMs ??= clock.tickMs();
      failedSinceMs ??= outage.sinceMs;
      const awayMs = clock.tickMs() - failedSinceMs;
      if (awayMs + waitMs > retryMsMax) throw insertRefusal('transient', insert, awayMs, error);
      insertRetries.inc({ table: insert.table });
      await clock.sleep(waitMs);
    }
  }
}

function insertRefusal(
  kind: 'full' | 'transient' | 'permanent',
  { table }: Insert,
  ms: number,
  cause: unknown,
): Refusal {
  if (kind === 'full') {
    return new Refusal('the disk of the store is full; free some space or shorten the retention', {
      code: 'STORE_FULL',
      cause,
      retryAfterSeconds: 30,
    });
  }
  const tried = kind === 'transient' ? ` after ${Math.round(ms / 1000)} s of retries` : '';
  return new Refusal(`the store could not take rows of ${table}${tried}`, {
    code: 'STORE_DOWN',
    cause,
    retryAfterSeconds: 5,
  });
}
