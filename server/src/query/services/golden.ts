/** Golden signals of something that answers requests: a service or one endpoint of it. Pure arithmetic. */
import type { Steps } from './steps.ts';
import { lengthSeconds } from './steps.ts';

/** Requests of a stretch of time. Quantiles are undefined when there were none, or when only their count is known. */
export interface Requests {
  readonly count: number;
  readonly errors: number;
  readonly p50Ms?: number;
  readonly p95Ms?: number;
  readonly p99Ms?: number;
}

export interface Golden {
  readonly now: Requests;
  /** The range of equal length before. */
  readonly before: Requests;
  /** One per step of the range; undefined is a gap. */
  readonly steps: readonly (Requests | undefined)[];
}

/**
 * The seconds that a rate is over: the range, or, where nothing was known before it, what is left of it since the first
 * request. A service that was started two minutes ago is not idle.
 */
export function seenSeconds(all: readonly Golden[], steps: Steps): number {
  if (all.some(({ before }) => before.count > 0)) return lengthSeconds(steps);
  const firsts = all.map((golden) => golden.steps.findIndex((step) => (step?.count ?? 0) > 0)).filter((i) => i >= 0);
  const first = firsts.length > 0 ? Math.min(...firsts) : 0;
  return lengthSeconds(steps) - (first * steps.stepMs) / 1000;
}

export const errorShare = (requests: Requests): number | null =>
  requests.count > 0 ? Math.min(1, requests.errors / requests.count) : null;

/** Fewer requests than this say nothing about shares or quantiles of them. */
export const requestsMin = 10;

/** What a service without a past is measured against: a person notices half a second, and minds a whole one. */
const noPastP95Ms = 500;

export const hasPast = ({ before }: Golden): boolean => before.count >= requestsMin;

/** The P95 that is normal here: that of the range before, when it had enough requests to tell. */
export const normalP95Ms = (golden: Golden): number | undefined =>
  hasPast(golden) ? golden.before.p95Ms : noPastP95Ms;

/** How many times as much as before; null when there is nothing to compare with. */
export function change(now: number | null | undefined, before: number | null | undefined): number | null {
  if (now === null || now === undefined || before === null || before === undefined) return null;
  return before > 0 ? now / before : null;
}

/**
 * A quantile of cumulative buckets, as Prometheus estimates it: linear inside a bucket, the highest finite bound for
 * what lies above it. `bounds` ascend and end with +Infinity. Undefined when nothing was counted.
 */
export function bucketQuantile(
  share: number,
  bounds: readonly number[],
  cumulative: readonly number[],
): number | undefined {
  const total = cumulative.at(-1) ?? 0;
  if (!(total > 0)) return undefined;
  const rank = share * total;
  let i = cumulative.findIndex((count) => count >= rank);
  if (i < 0) i = bounds.length - 1;
  const upper = bounds[i] ?? Number.POSITIVE_INFINITY;
  if (upper === Number.POSITIVE_INFINITY) return bounds.length > 1 ? bounds.at(-2) : undefined;
  const lower = i > 0 ? (bounds[i - 1] ?? 0) : Math.min(0, upper);
  const below = i > 0 ? (cumulative[i - 1] ?? 0) : 0;
  const inside = (cumulative[i] ?? 0) - below;
  return inside > 0 ? lower + ((upper - lower) * (rank - below)) / inside : upper;
}
