import type { Chart, ServiceAnswer } from '@farol/contract';
import { Refusal } from '#model';
import { deploysOf } from './deploys.ts';
import type { ServiceQuestion, ServicesDeps } from './deps.ts';
import { requestMetrics } from './dialects.ts';
import { endpointList, endpointsGolden, endpointTraces } from './endpoints.ts';
import { errorLogRates, logChart } from './error-logs.ts';
import { exemplarsOf } from './exemplars.ts';
import { errorShare, type Golden, type Requests } from './golden.ts';
import { inventoryOf } from './inventory.ts';
import { factsOf } from './list.ts';
import { goldenOf, type RequestCells, requestCells } from './metric-signals.ts';
import { peersOf } from './peers.ts';
import { presenceIn } from './presence.ts';
import { fullestOf, saturationCharts } from './saturation.ts';
import { saturationMetrics } from './saturation-table.ts';
import { spanSignals } from './span-signals.ts';
import { chartOf, type Steps, stepsOf } from './steps.ts';
import { summaryOf } from './summary.ts';
import { verdictOf } from './verdict.ts';

const chartSteps = 120;

/** One service in full. Refuses with NOT_FOUND when nothing was heard of it in the range. */
export async function describeService(deps: ServicesDeps, question: ServiceQuestion): Promise<ServiceAnswer> {
  const { ask } = deps;
  const steps = stepsOf(question, chartSteps);
  const [signals, spanPresence, logPresence, logErrors, traces, exemplars, deploys, dependencies, logs] =
    await Promise.all([
      signalsOf(deps, question, steps),
      presenceIn(ask, 'spans', question),
      presenceIn(ask, 'logs', question),
      errorLogRates(ask, question),
      endpointTraces(ask, question),
      exemplarsOf(ask, question, steps),
      deploysOf(ask, question),
      peersOf(ask, question, steps),
      logChart(ask, question, steps),
    ]);
  const present = spanPresence[0] ?? logPresence[0];
  if (!present && !signals.cells) {
    throw new Refusal(`nothing was heard of the service "${question.service}" in this range; widen it`, {
      code: 'NOT_FOUND',
    });
  }
  const { golden, endpoints } = signals;
  const lastSeenMs = Math.max(spanPresence[0]?.lastSeenMs ?? 0, logPresence[0]?.lastSeenMs ?? 0) || question.endMs;
  const summary = summaryOf(
    {
      name: question.service,
      facts: factsOf(present, signals.metrics),
      source: signals.cells ? 'metrics' : golden ? 'spans' : 'none',
      golden,
      saturation: signals.fullest,
      lastSeenMs,
      logErrorsPerMinute: logErrors.get(question.service),
    },
    steps,
  );
  return {
    summary,
    verdict: verdictOf({ golden, endpoints, deploys, steps }),
    latency: latencyChart(golden, steps),
    rate: rateChart(golden, signals.cells, steps),
    errors: chartOf(steps, { errors: perStep(golden, steps, errorShare) }),
    saturation: signals.saturation,
    exemplars,
    deploys,
    endpoints: endpointList(endpoints, traces, steps),
    dependencies,
    logs,
  };
}

/** From metrics when the service has request metrics with requests in the range, else from its spans. */
async function signalsOf(deps: ServicesDeps, question: ServiceQuestion, steps: Steps) {
  const metrics = [...requestMetrics, ...saturationMetrics];
  const inventory = await inventoryOf(deps.ask, { ...question, metrics });
  const own = inventory.get(question.service);
  const services = own ? [own] : [];
  const [byService, fullest, saturation] = await Promise.all([
    requestCells(deps.ask, { ...question, steps, services, byEndpoint: true }),
    fullestOf(deps, question, services),
    own ? saturationCharts(deps, question, { service: own, steps }) : Promise.resolve([]),
  ]);
  const cells = byService.get(question.service);
  const spans = cells ? undefined : await bySpans(deps, question, steps);
  return {
    metrics: own,
    cells,
    golden: cells ? goldenOf(cells, steps) : spans?.golden,
    endpoints: cells ? endpointsGolden(cells, steps) : (spans?.endpoints ?? new Map<string, Golden>()),
    fullest: fullest.get(question.service),
    saturation,
  };
}

async function bySpans({ ask }: ServicesDeps, question: ServiceQuestion, steps: Steps) {
  const [whole, endpoints] = await Promise.all([
    spanSignals(ask, { ...question, steps }, 'service'),
    spanSignals(ask, { ...question, steps }, 'endpoint'),
  ]);
  return { golden: whole.get(question.service), endpoints };
}

function perStep(
  golden: Golden | undefined,
  steps: Steps,
  value: (step: Requests) => number | null | undefined,
): (number | null)[] {
  return Array.from({ length: steps.count }, (_, i) => {
    const step = golden?.steps[i];
    return step ? (value(step) ?? null) : null;
  });
}

function latencyChart(golden: Golden | undefined, steps: Steps): Chart {
  return chartOf(steps, {
    p50: perStep(golden, steps, (step) => step.p50Ms),
    p95: perStep(golden, steps, (step) => step.p95Ms),
    p99: perStep(golden, steps, (step) => step.p99Ms),
  });
}

const perSecond = (steps: Steps) => (step: Requests) => (step.count * 1000) / steps.stepMs;

/** `total`, and a line per status class where the metrics tell it. */
function rateChart(golden: Golden | undefined, cells: RequestCells | undefined, steps: Steps): Chart {
  const lines: Record<string, (number | null)[]> = { total: perStep(golden, steps, perSecond(steps)) };
  for (const digit of ['2', '3', '4', '5']) {
    const counting =
      cells?.counting.filter((cell) => /^[1-5](\d\d|xx)$/i.test(cell.status) && cell.status[0] === digit) ?? [];
    if (counting.length === 0) continue;
    lines[`${digit}xx`] = perStep(goldenOf({ counting, timing: [] }, steps), steps, perSecond(steps));
  }
  return chartOf(steps, lines);
}
