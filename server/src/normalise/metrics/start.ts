/**
 * Start times. A counter was 0 when it started, so the first point of a series, or of its next life after a restart, is
 * preceded by a zero sample at its start: without it `rate` and `increase` lose everything that came before the first point.
 * (Prometheus does the same under `created-timestamp-zero-ingestion`.) Writing it twice is harmless: same time, same value.
 */
import type { Window } from '../window.ts';
import { outsideWindow } from '../window.ts';
import type { WirePoint } from '../wire.ts';
import type { KnownPoint } from './series.ts';

// Further back than this a zero helps no query and only surprises: long-lived processes met for the first time.
const zeroSampleMsMax = 3_600_000;

/** Notes the point's times; returns the start to write zeros at, or undefined. */
export function zeroStart(point: WirePoint, series: KnownPoint, window: Window): number | undefined {
  const { startMs, timeMs } = point;
  const isNew = startMs !== 0 && startMs !== series.startMs;
  const isAfterLast = startMs > series.lastMs;
  if (startMs !== 0) series.startMs = startMs;
  if (timeMs > series.lastMs) series.lastMs = timeMs;
  if (!isNew || !isAfterLast || startMs >= timeMs) return undefined;
  return timeMs - startMs <= zeroSampleMsMax && !outsideWindow(startMs, window) ? startMs : undefined;
}
