/** When a group is due: at even distances, each group at its own place in the interval, so that not all come at once. */
import { type Clock, hash53 } from '#kit';

export interface Beat {
  /** The evaluation time: on the group's grid, whatever time it is by now. */
  readonly timeMs: number;
  /** Evaluations that were due since the last one and did not take place. */
  readonly missed: number;
  /** How far the clock was set since, where it does not run on from the last beat. */
  readonly jumpMs: number;
}

export interface Schedule {
  readonly intervalMs: number;
  /** What the place in the interval comes from. */
  readonly key: string;
}

/** Beats until the signal aborts. A beat that comes late is made up for once; those it ran over are missed. */
export async function* beats({ intervalMs, key }: Schedule, clock: Clock, signal: AbortSignal): AsyncGenerator<Beat> {
  const offsetMs = hash53(key) % intervalMs;
  const slotBefore = (timeMs: number): number => Math.floor((timeMs - offsetMs) / intervalMs) * intervalMs + offsetMs;
  let dueMs = slotBefore(clock.nowMs()) + intervalMs;
  let last: { timeMs: number; tickMs: number } | undefined;
  while (!signal.aborted) {
    try {
      await clock.sleep(Math.max(0, dueMs - clock.nowMs()), signal);
    } catch {
      return; // Only the signal ends a sleep.
    }
    const nowMs = clock.nowMs();
    const tickMs = clock.tickMs();
    const timeMs = Math.abs(nowMs - dueMs) < intervalMs ? dueMs : slotBefore(nowMs);
    yield { timeMs, ...sinceLast(timeMs, tickMs, last, intervalMs) };
    last = { timeMs, tickMs };
    dueMs = timeMs + intervalMs;
  }
}

/** The steady clock says how many beats have passed; where the wall clock says otherwise, it was set. */
function sinceLast(
  timeMs: number,
  tickMs: number,
  last: { timeMs: number; tickMs: number } | undefined,
  intervalMs: number,
): Omit<Beat, 'timeMs'> {
  if (last === undefined) return { missed: 0, jumpMs: 0 };
  const passed = Math.max(1, Math.round((tickMs - last.tickMs) / intervalMs));
  const stepMs = timeMs - last.timeMs;
  const jumpMs = stepMs - passed * intervalMs;
  // A step or two apart is a slow evaluation; a clock that was set is further off, or goes back.
  const wasSet = stepMs <= 0 || Math.abs(jumpMs) > 2 * intervalMs;
  return wasSet ? { missed: passed - 1, jumpMs } : { missed: stepMs / intervalMs - 1, jumpMs: 0 };
}
