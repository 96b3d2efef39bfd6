/**
 * The time window: nothing older than the retention in force (it would be deleted at once) and nothing further ahead than
 * `limits.receive.futureMsMax` (a bogus day would get a partition of its own). Units are guessed only to name the mistake.
 */
export interface Window {
  readonly nowMs: number;
  readonly oldestMs: number;
  readonly newestMs: number;
  readonly retentionMs: number;
  readonly futureMsMax: number;
}

export interface WindowFault {
  readonly reason: 'too_old' | 'too_far_in_future';
  readonly example: () => string;
}

export function windowAt(nowMs: number, retentionMs: number, futureMsMax: number): Window {
  return { nowMs, oldestMs: nowMs - retentionMs, newestMs: nowMs + futureMsMax, retentionMs, futureMsMax };
}

export function outsideWindow(timeMs: number, window: Window): boolean {
  // Written so that NaN is outside.
  return !(timeMs >= window.oldestMs && timeMs <= window.newestMs);
}

/** Only for times that `outsideWindow`. `what` names the item, as in `span "GET /"`. */
export function windowFault(timeMs: number, window: Window, what: string): WindowFault {
  const when = `${what} is of ${isoOf(timeMs)}${unitHint(timeMs, window.nowMs)}`;
  if (timeMs > window.newestMs) {
    return {
      reason: 'too_far_in_future',
      example: () =>
        `${when}, ${timeMs - window.nowMs} ms ahead of this server's clock, and limits.receive.futureMsMax is ${window.futureMsMax}; check the sender's clock`,
    };
  }
  return {
    reason: 'too_old',
    example: () =>
      `${when}, older than the retention of ${Math.round(window.retentionMs / 86_400_000)} d; send newer data or raise the retention`,
  };
}

// Twenty years: units lie a factor of a thousand apart, so a wide net catches no stranger.
const hintMsMax = 20 * 366 * 86_400_000;

function isoOf(timeMs: number): string {
  return Math.abs(timeMs) <= 8.64e15 ? new Date(timeMs).toISOString() : `${timeMs} ms`;
}

/** A time that lands near now when read in another unit was sent in that unit. */
function unitHint(timeMs: number, nowMs: number): string {
  const near = (ms: number) => Math.abs(ms - nowMs) < hintMsMax;
  if (near(timeMs * 1e9)) return ' (it looks like seconds where nanoseconds belong)';
  if (near(timeMs * 1e6)) return ' (it looks like milliseconds where nanoseconds belong)';
  if (near(timeMs * 1e3)) return ' (it looks like seconds or microseconds in the wrong field)';
  if (near(timeMs / 1e3)) return ' (it looks like microseconds where milliseconds belong)';
  if (near(timeMs / 1e6)) return ' (it looks like nanoseconds where milliseconds belong)';
  return '';
}

export function nsToMs(ns: bigint): number {
  return Number(ns / 1_000_000n);
}
