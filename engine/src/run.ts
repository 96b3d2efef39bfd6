/** Runs one statement until it ends, is cancelled, or its time is up. */
import type { Database } from './database.ts';
import { type Block, execute, type Order } from './execute.ts';
import { failure, failureOf, QueryFailure } from './failure.ts';

export interface Run extends Order {
  readonly reader: boolean;
  /** Enforced here for readers, whose sessions cannot be set. 0: no limit. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

let lastRun = 0;

/** Yields the answer, at least one block unless it throws: a QueryFailure, or the signal's reason. */
export async function* run(database: Database, of: Run): AsyncGenerator<Block> {
  const marker = `/* farol:${process.pid}:${++lastRun} */ `;
  const watch = watchOver(database, marker, of);
  const order: Order = {
    text: marker + of.text,
    format: of.format,
    delivery: of.delivery,
    settings: of.reader ? {} : of.settings,
    ...(!of.reader && of.database !== undefined && { database: of.database }),
  };
  try {
    if (of.reader) yield* database.lane.execute('readers', order, of.signal);
    else if (of.delivery === 'blocks') yield* database.lane.execute('streams', order, of.signal);
    else yield* execute(database.writers, order, of.signal);
    // The blocks already handed over may be all there is, or not: who was killed at the end must say so.
    watch.throwIfKilled();
  } catch (thrown) {
    watch.throwIfKilled();
    throw withoutMarker(failureOf(thrown), marker);
  } finally {
    watch.stop();
  }
}

interface Watch {
  throwIfKilled(): void;
  stop(): void;
}

/** Kills the query when the client leaves or its time is up; again and again, as it may not have begun when first told. */
function watchOver(database: Database, marker: string, of: Run): Watch {
  const startedMs = performance.now();
  let reason: unknown;
  let again: NodeJS.Timeout | undefined;
  let stopped = false;
  const kill = (why: unknown) => {
    reason ??= why;
    if (stopped) return;
    // A kill that fails finds the query still there at the next turn.
    void database
      .kill(marker)
      .catch(() => undefined)
      .then(() => {
        if (!stopped) again = setTimeout(kill, 50, why);
      });
  };
  const abort = () => kill(of.signal.reason);
  const timer =
    of.reader && of.timeoutMs > 0 ? setTimeout(() => kill(timedOut(startedMs, of.timeoutMs)), of.timeoutMs) : undefined;
  of.signal.addEventListener('abort', abort, { once: true });
  if (of.signal.aborted) abort();
  return {
    throwIfKilled() {
      if (reason !== undefined) throw reason;
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      clearTimeout(again);
      of.signal.removeEventListener('abort', abort);
    },
  };
}

function timedOut(startedMs: number, maxMs: number): QueryFailure {
  const elapsed = Math.round(performance.now() - startedMs);
  return failure('TIMEOUT_EXCEEDED', `Timeout exceeded: elapsed ${elapsed} ms, maximum: ${maxMs} ms`);
}

/** Positions in a syntax error count from the client's own text. */
function withoutMarker(error: QueryFailure, marker: string): QueryFailure {
  const message = error.message
    .replace(/failed at position (\d+)/, (whole, at: string) =>
      Number(at) > marker.length ? `failed at position ${Number(at) - marker.length}` : whole,
    )
    .replaceAll(marker, '');
  return new QueryFailure(error.number, message);
}
