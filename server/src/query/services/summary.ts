import type { ServiceSummary, SignalSource } from '@farol/contract';
import { change, errorShare, type Golden, normalP95Ms, requestsMin, seenSeconds } from './golden.ts';
import type { ServiceFacts } from './inventory.ts';
import { chartOf, type Steps } from './steps.ts';

export interface SummaryParts {
  readonly name: string;
  readonly facts: ServiceFacts;
  readonly source: SignalSource;
  readonly golden?: Golden;
  readonly saturation?: { readonly share: number; readonly of: string };
  readonly lastSeenMs: number;
  readonly logErrorsPerMinute?: number;
}

export function summaryOf(parts: SummaryParts, steps: Steps): ServiceSummary {
  const { golden } = parts;
  const now = golden?.now;
  return {
    name: parts.name,
    ...parts.facts,
    source: parts.source,
    ratePerSecond: golden ? golden.now.count / seenSeconds([golden], steps) : null,
    errorShare: now ? errorShare(now) : null,
    p50Ms: now?.p50Ms ?? null,
    p95Ms: now?.p95Ms ?? null,
    p99Ms: now?.p99Ms ?? null,
    saturation: parts.saturation ?? null,
    change: {
      rate: change(now?.count, golden?.before.count),
      errors: change(now && errorShare(now), golden && errorShare(golden.before)),
      p95: change(now?.p95Ms, golden?.before.p95Ms),
    },
    trend: trendOf(golden, steps),
    lastSeenMs: parts.lastSeenMs,
    health: healthOf(golden, parts.saturation?.share),
    logErrorsPerMinute: parts.logErrorsPerMinute ?? null,
  };
}

function trendOf(golden: Golden | undefined, steps: Steps): ServiceSummary['trend'] {
  if (!golden) return chartOf(steps, {});
  const of = (value: (step: Golden['now']) => number | null | undefined) =>
    Array.from({ length: steps.count }, (_, i) => {
      const step = golden.steps[i];
      return step ? (value(step) ?? null) : null;
    });
  return chartOf(steps, {
    rate: of((step) => (step.count * 1000) / steps.stepMs),
    errors: of(errorShare),
    p95: of((step) => step.p95Ms),
  });
}

/**
 * `bad`: one request in twenty fails, or it takes three times as long as before. `warn`: one in a hundred, or twice. Few
 * requests are no measure of slowness and never bad, but those that fail are said: the verdict says so, too.
 */
function healthOf(golden: Golden | undefined, saturated = 0): ServiceSummary['health'] {
  if (!golden || golden.now.count === 0) return 'unknown';
  const few = golden.now.count < requestsMin;
  const errors = errorShare(golden.now) ?? 0;
  const slower = few ? 1 : (change(golden.now.p95Ms, normalP95Ms(golden)) ?? 1);
  if ((errors >= 0.05 && !few) || slower >= 3 || saturated >= 0.95) return 'bad';
  if (errors >= 0.01 || slower >= 2 || saturated >= 0.8) return 'warn';
  return 'ok';
}
