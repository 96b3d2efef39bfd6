import { useSyncExternalStore } from 'react';

/** The one time every chart of the page points at, while a pointer rests on any of them. */
type Listener = () => void;

let pointedMs: number | undefined;
const listeners = new Set<Listener>();

export function pointAt(timeMs: number | undefined): void {
  if (timeMs === pointedMs) return;
  pointedMs = timeMs;
  for (const listener of listeners) listener();
}

export function usePointedMs(): number | undefined {
  return useSyncExternalStore(subscribe, () => pointedMs);
}

function subscribe(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
