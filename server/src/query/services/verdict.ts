/** What is wrong, since when and where, as facts; the UI makes the sentence in the reader's language. */
import type { Deploy, Verdict } from '@farol/contract';
import { change, errorShare, type Golden, hasPast, normalP95Ms, type Requests, requestsMin } from './golden.ts';
import type { Steps } from './steps.ts';

const slowTimes = 2;
const failingShare = 0.01;
const deployBeforeMs = 15 * 60_000;

export interface VerdictParts {
  readonly golden?: Golden;
  readonly endpoints: ReadonlyMap<string, Golden>;
  readonly deploys: readonly Deploy[];
  readonly steps: Steps;
}

export function verdictOf({ golden, endpoints, deploys, steps }: VerdictParts): Verdict {
  if (!golden || golden.now.count === 0) return { kind: 'no-data' };
  const isSlow = slow(golden);
  const isFailing = failing(golden.now);
  const base = { errorShare: errorShare(golden.now) ?? 0, p95Ms: golden.now.p95Ms };
  if (!isSlow && !isFailing) return { kind: 'healthy', ...base };
  const worst = worstOf(endpoints, isFailing ? failedRequests : slowedRequests);
  const culprit = worst?.golden ?? golden;
  const sinceMs = sinceOf(culprit, steps, isFailing ? failing : (step) => isSlowStep(step, normalP95Ms(culprit)));
  const deploy = deploys.findLast(
    ({ timeMs }) => sinceMs !== undefined && timeMs <= sinceMs + steps.stepMs && timeMs >= sinceMs - deployBeforeMs,
  );
  return {
    kind: isSlow && isFailing ? 'slow-and-failing' : isFailing ? 'failing' : 'slow',
    ...base,
    ...(worst && { endpoint: worst.name }),
    ...(sinceMs !== undefined && { sinceMs }),
    ...(isSlow && hasPast(golden) && { times: change(golden.now.p95Ms, golden.before.p95Ms) ?? undefined }),
    ...(deploy && { deploy: deploy.version }),
  };
}

const failing = (requests: Requests): boolean =>
  requests.count > 0 && requests.errors >= 1 && (errorShare(requests) ?? 0) >= failingShare;

const slow = (golden: Golden): boolean =>
  golden.now.count >= requestsMin && isSlowStep(golden.now, normalP95Ms(golden));

const isSlowStep = (step: Requests, normalMs: number | undefined): boolean =>
  (change(step.p95Ms, normalMs) ?? 0) >= slowTimes;

const failedRequests = ({ now }: Golden): number => now.errors;

/** How much longer its requests took in sum: a slow endpoint that nobody calls explains nothing. */
const slowedRequests = (golden: Golden): number =>
  golden.now.count * Math.max(0, (golden.now.p95Ms ?? 0) - (normalP95Ms(golden) ?? Number.POSITIVE_INFINITY));

function worstOf(endpoints: ReadonlyMap<string, Golden>, weigh: (golden: Golden) => number) {
  let worst: { name: string; golden: Golden; weight: number } | undefined;
  for (const [name, golden] of endpoints) {
    const weight = weigh(golden);
    if (weight > (worst?.weight ?? 0)) worst = { name, golden, weight };
  }
  return worst;
}

/** The start of the stretch of bad steps that reaches closest to now; gaps do not end it. */
function sinceOf(golden: Golden, steps: Steps, bad: (step: Requests) => boolean): number | undefined {
  let since: number | undefined;
  let good = 0;
  for (let i = golden.steps.length - 1; i >= 0; i--) {
    const step = golden.steps[i];
    if (!step || step.count === 0) continue;
    if (bad(step)) {
      since = steps.startMs + i * steps.stepMs;
      good = 0;
    } else if (since !== undefined && ++good >= 2) break;
  }
  return since;
}
