import { useLocation } from '@tanstack/react-router';
import type { Place } from '../parts/Go.tsx';
import type { Search } from '../url/search.ts';

/** The service of the page, when the address names one. */
export function useServiceOfPath(): string | undefined {
  const { pathname } = useLocation();
  const name = /^\/services\/([^/]+)$/.exec(pathname)?.[1];
  return name === undefined ? undefined : decodeURIComponent(name);
}

/** From a service's page, logs and traces open on that service; the list of services always opens whole. */
export function usePlaceSearch(): (to: Place) => Search {
  const service = useServiceOfPath();
  return (to) => {
    if (to === '/') return { service: undefined };
    return service !== undefined && (to === '/logs' || to === '/traces') ? { service } : {};
  };
}
