import type { ServiceSummary } from '@farol/contract';
import { type Measures, sortedBy } from '../../parts/sorting.ts';

/** The order of the page: the most unwell first. */
export const servicesHome = 'health';

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

const measures: Measures<ServiceSummary> = {
  health: unwellness,
  name: (service) => service.name,
  rate: (service) => service.ratePerSecond,
  errors: (service) => service.errorShare,
  p50: (service) => service.p50Ms,
  p95: (service) => service.p95Ms,
  p99: (service) => service.p99Ms,
  saturation: (service) => service.saturation?.share,
  logs: (service) => service.logErrorsPerMinute,
};

/** Which service to look at first: as the column says, of equals the most unwell, of those by name. Pure. */
export function ranked(services: readonly ServiceSummary[], sort = servicesHome): readonly ServiceSummary[] {
  return ['name', servicesHome, sort].reduce((rows, by) => sortedBy(rows, measures, by), services);
}
