import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import type { Place } from '../parts/Go.tsx';
import { useNow } from './Clock.tsx';
import { readSearch, type Search, tidy, travelling } from './search.ts';
import { isLive, type Range, resolveRange, zoomOut } from './timeRange.ts';

/** The state of the page, and the way to change it. Changes push a history entry unless they say otherwise. */
export function useUrl(): [Search, (patch: Search, options?: { replace?: boolean }) => void] {
  const raw = useSearch({ strict: false }) as Record<string, unknown>;
  const search = useMemo(() => readSearch(raw), [raw]);
  const navigate = useNavigate();
  const change = useCallback(
    (patch: Search, options?: { replace?: boolean }) => {
      void navigate({
        to: '.',
        search: ((before: Record<string, unknown>) => tidy({ ...readSearch(before), ...patch })) as never,
        replace: options?.replace ?? false,
        resetScroll: false,
      });
    },
    [navigate],
  );
  return [search, change];
}

/** Goes to a place from code, as `<Go>` does from a click. */
export function useGo(): (to: Place, options?: { params?: Record<string, string>; search?: Search }) => void {
  const navigate = useNavigate();
  return useCallback(
    (to, options) => {
      void navigate({
        to,
        params: options?.params as never,
        search: ((before: Record<string, unknown>) =>
          tidy({ ...travelling(readSearch(before)), ...options?.search })) as never,
      });
    },
    [navigate],
  );
}

interface RangeControl extends Range {
  readonly live: boolean;
  readonly zoomTo: (range: Range) => void;
  /** Where the last zoom started, else twice the range. */
  readonly zoomBack: () => void;
}

const zoomsMax = 50;
const zooms: Pick<Search, 'from' | 'to'>[] = [];

export function useRange(): RangeControl {
  const [search, change] = useUrl();
  const nowMs = useNow();
  const { from, to } = search;
  const { startMs, endMs } = useMemo(() => resolveRange({ from, to }, nowMs), [from, to, nowMs]);
  const zoomTo = useCallback(
    (range: Range) => {
      zooms.push({ from, to });
      if (zooms.length > zoomsMax) zooms.shift();
      change({ from: String(range.startMs), to: String(range.endMs) });
    },
    [change, from, to],
  );
  const zoomBack = useCallback(() => {
    const before = zooms.pop();
    if (before) {
      change({ from: before.from, to: before.to });
      return;
    }
    const wider = zoomOut({ startMs, endMs }, Date.now());
    change({ from: String(wider.startMs), to: String(wider.endMs) });
  }, [change, startMs, endMs]);
  return { startMs, endMs, live: isLive(search), zoomTo, zoomBack };
}
