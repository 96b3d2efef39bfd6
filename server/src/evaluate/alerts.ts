/** The life of an alert, as Prometheus has it: pending, firing, kept firing, resolved. Pure. */
import type { Labels } from '#model';
import type { AlertingSpec } from './spec.ts';

export type AlertState = 'inactive' | 'pending' | 'firing';

export interface Alert {
  readonly labels: Labels;
  annotations: Labels;
  value: number;
  state: AlertState;
  /** Since when the condition has held; what `for` counts from. */
  activeAtMs: number;
  firedAtMs?: number;
  resolvedAtMs?: number;
  /** Since when it only fires because of `keep_firing_for`. */
  keepFiringSinceMs?: number;
}

/** What the query found, by the labels of its alert. */
export type Found = ReadonlyMap<string, Pick<Alert, 'labels' | 'annotations' | 'value'>>;

/** Resolved alerts are kept so long, for those who have to be told. */
const resolvedKeptMs = 15 * 60_000;

/** The alerts after an evaluation; those that were there before are changed in place. */
export function nextAlerts(
  active: ReadonlyMap<string, Alert>,
  found: Found,
  { spec, timeMs }: { spec: Pick<AlertingSpec, 'forMs' | 'keepFiringForMs'>; timeMs: number },
): Map<string, Alert> {
  const next = new Map<string, Alert>();
  for (const [key, alert] of active) {
    const sample = found.get(key);
    if (sample !== undefined && alert.state !== 'inactive') {
      alert.value = sample.value;
      alert.annotations = sample.annotations;
      delete alert.keepFiringSinceMs;
      next.set(key, alert);
    } else if (sample === undefined && isKept(alert, spec.keepFiringForMs, timeMs)) next.set(key, alert);
  }
  for (const [key, sample] of found) {
    if (!next.has(key)) next.set(key, { ...sample, state: 'pending', activeAtMs: timeMs });
  }
  for (const alert of next.values()) {
    if (alert.state !== 'inactive') hold(alert, spec.forMs, timeMs);
  }
  return next;
}

/** An alert whose condition no longer holds: it goes on firing, is resolved, or is forgotten. */
function isKept(alert: Alert, keepFiringForMs: number, timeMs: number): boolean {
  if (alert.state === 'firing' && keepFiringForMs > 0) {
    alert.keepFiringSinceMs ??= timeMs;
    if (timeMs - alert.keepFiringSinceMs < keepFiringForMs) return true;
  }
  if (alert.state === 'pending') return false;
  if (alert.state === 'firing') {
    alert.state = 'inactive';
    alert.resolvedAtMs = timeMs;
  }
  return timeMs - (alert.resolvedAtMs ?? timeMs) <= resolvedKeptMs;
}

/** Fires when it has been pending for long enough, and is pending again when `for` has become longer. */
function hold(alert: Alert, forMs: number, timeMs: number): void {
  const isDue = timeMs - alert.activeAtMs >= forMs;
  if (alert.state === 'pending' && isDue) {
    alert.state = 'firing';
    alert.firedAtMs = timeMs;
  } else if (alert.state === 'firing' && !isDue) {
    alert.state = 'pending';
    delete alert.firedAtMs;
    delete alert.keepFiringSinceMs;
  }
}

/** The clock was set: what has been going on for an hour still has, whatever the hour is now. */
export function shiftAlerts(active: ReadonlyMap<string, Alert>, byMs: number): void {
  for (const alert of active.values()) {
    alert.activeAtMs += byMs;
    for (const name of ['firedAtMs', 'resolvedAtMs', 'keepFiringSinceMs'] as const) {
      const timeMs = alert[name];
      if (timeMs !== undefined) alert[name] = timeMs + byMs;
    }
  }
}
