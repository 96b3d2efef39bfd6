import type { ServiceSummary } from '@farol/contract';

/** Which service to look at first. Pure. */
const sortKeys = ['health', 'name', 'rate', 'errors', 'p50', 'p95', 'p99', 'saturation', 'logs'] as const;
export type SortKey = (typeof sortKeys)[number];

const healthWeight: Readonly<Record<ServiceSummary['health'], number>> = {
  bad: 3_000,
  warn: 2_000,
  unknown: 1_000,
  ok: 0,
};

/** Higher is worse: the state first, then errors, then how far it is from its own normal, then how full it is. */
function unwellness(service: ServiceSummary): number {
  const slower = Math.min(Math.max((service.change.p95 ?? 1) - 1, 0), 10);
  return (
    healthWeight[service.health] + (service.errorShare ?? 0) * 500 + slower * 20 + (service.saturation?.share ?? 0) * 10
  );
}

/** `p95`: largest first; `-p95`: smallest first. Without a word, the most unwell first. */
export function ranked(services: readonly ServiceSummary[], sort: string | undefined): readonly ServiceSummary[] {
  const reversed = sort?.startsWith('-') ?? false;
  const key = sortKeys.find((known) => known === (reversed ? sort?.slice(1) : sort)) ?? 'health';
  const sorted = [...services].sort(
    (a, b) => compare(a, b, key) || unwellness(b) - unwellness(a) || (a.name < b.name ? -1 : 1),
  );
  return reversed ? sorted.reverse() : sorted;
}

/** Clicking a column: largest first, then smallest first, then back to the most unwell first. */
export function nextSort(current: string | undefined, key: SortKey): string | undefined {
  if (current === key) return `-${key}`;
  if (current === `-${key}` || key === 'health') return undefined;
  return key;
}

function compare(a: ServiceSummary, b: ServiceSummary, key: SortKey): number {
  if (key === 'name') return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
  return measure(b, key) - measure(a, key);
}

function measure(service: ServiceSummary, key: Exclude<SortKey, 'name'>): number {
  switch (key) {
    case 'health':
      return unwellness(service);
    case 'rate':
      return service.ratePerSecond ?? -1;
    case 'errors':
      return service.errorShare ?? -1;
    case 'p50':
      return service.p50Ms ?? -1;
    case 'p95':
      return service.p95Ms ?? -1;
    case 'p99':
      return service.p99Ms ?? -1;
    case 'saturation':
      return service.saturation?.share ?? -1;
    case 'logs':
      return service.logErrorsPerMinute ?? -1;
  }
}
