import type { ServicesAnswer } from '@farol/contract';
import type { ServicesDeps, ServicesQuestion } from './deps.ts';
import { requestMetrics } from './dialects.ts';
import { errorLogRates } from './error-logs.ts';
import { inventoryOf, type MetricService, noFacts, type ServiceFacts } from './inventory.ts';
import { goldenOf, requestCells } from './metric-signals.ts';
import { type Presence, presenceIn } from './presence.ts';
import { fullestOf } from './saturation.ts';
import { saturationMetrics } from './saturation-table.ts';
import { spanSignals } from './span-signals.ts';
import { stepsOf } from './steps.ts';
import { summaryOf } from './summary.ts';

const trendSteps = 40;

/** Every service heard of in the range, the unwell first. A fixed number of queries, however many services there are. */
export async function listServices(deps: ServicesDeps, question: ServicesQuestion): Promise<ServicesAnswer> {
  const { ask } = deps;
  const steps = stepsOf(question, trendSteps);
  const inventory = inventoryOf(ask, { ...question, metrics: [...requestMetrics, ...saturationMetrics] });
  const fromMetrics = inventory.then(async (known) => {
    const services = [...known.values()];
    const [cells, fullest] = await Promise.all([
      requestCells(ask, { ...question, steps, services, byEndpoint: false }),
      fullestOf(deps, question, services),
    ]);
    return { known, cells, fullest };
  });
  const [metrics, spans, presentSpans, presentLogs, logErrors] = await Promise.all([
    fromMetrics,
    spanSignals(ask, { ...question, steps }, 'service'),
    presenceIn(ask, 'spans', question),
    presenceIn(ask, 'logs', question),
    errorLogRates(ask, question),
  ]);
  const present = togetherByName([...presentSpans, ...presentLogs]);
  const names = new Set([...present.keys(), ...metrics.cells.keys()]);
  const summaries = [...names].map((name) => {
    const cells = metrics.cells.get(name);
    const golden = cells ? goldenOf(cells, steps) : spans.get(name);
    return summaryOf(
      {
        name,
        facts: factsOf(present.get(name), metrics.known.get(name)),
        source: cells ? 'metrics' : golden ? 'spans' : 'none',
        golden,
        saturation: metrics.fullest.get(name),
        lastSeenMs: present.get(name)?.lastSeenMs ?? question.endMs,
        logErrorsPerMinute: logErrors.get(name),
      },
      steps,
    );
  });
  const unwell = { bad: 0, warn: 1, ok: 2, unknown: 3 };
  return {
    services: summaries.sort((a, b) => unwell[a.health] - unwell[b.health] || (a.name < b.name ? -1 : 1)),
  };
}

/** The newest record wins; what it leaves open the other may tell. */
function togetherByName(all: readonly Presence[]): Map<string, Presence> {
  const byName = new Map<string, Presence>();
  for (const presence of [...all].sort((a, b) => a.lastSeenMs - b.lastSeenMs)) {
    if (presence.service === '') continue;
    const known = byName.get(presence.service);
    byName.set(presence.service, { ...presence, ...factsFirst(presence, known ?? noFacts) });
  }
  return byName;
}

export function factsOf(present: ServiceFacts | undefined, metrics: MetricService | undefined): ServiceFacts {
  return factsFirst(present ?? noFacts, metrics?.about ?? noFacts);
}

function factsFirst(first: ServiceFacts, second: ServiceFacts): ServiceFacts {
  return {
    namespace: first.namespace || second.namespace,
    environment: first.environment || second.environment,
    language: first.language || second.language,
    version: first.version || second.version,
  };
}
