import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react';

interface Clock {
  readonly nowMs: number;
  /** Moves `now` to now, so that every question about a relative range is asked again. */
  readonly refresh: () => void;
}

const Ticking = createContext<Clock | undefined>(undefined);

/** One `now` for the whole page: all panels answer for the same range, and it moves only on a refresh. */
export function ClockProvider({ children }: { children: ReactNode }) {
  const [nowMs, setNowMs] = useState(() => Date.now());
  const refresh = useCallback(() => setNowMs(Date.now()), []);
  const clock = useMemo(() => ({ nowMs, refresh }), [nowMs, refresh]);
  return <Ticking value={clock}>{children}</Ticking>;
}

export function useClock(): Clock {
  const clock = useContext(Ticking);
  if (!clock) throw new Error('useClock is called outside of ClockProvider');
  return clock;
}

export const useNow = (): number => useClock().nowMs;

/** Refreshes every `everyMs` while the page is looked at; undefined stops. */
export function useTicker(everyMs: number | undefined): void {
  const { refresh } = useClock();
  useEffect(() => {
    if (everyMs === undefined) return;
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') refresh();
    }, everyMs);
    return () => clearInterval(timer);
  }, [everyMs, refresh]);
}
