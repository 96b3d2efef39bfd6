import type { SentSample, SentSeries } from '../../kit/remotewrite.ts';
import type { Random } from '../random.ts';

/** How far back the samples reach. */
const spanMs = 75 * 60_000;
const intervalMs = 15_000;

/** The metrics that queries are made of, by what they are good for. */
export const metrics = {
  counters: ['requests_total', 'restarts_total'],
  gauges: ['temperature', 'queue', 'sparse', 'weird', 'owner'],
  buckets: ['duration_bucket'],
} as const;

/** Every label, with values that occur and one that does not. */
export const labelValues: Readonly<Record<string, readonly string[]>> = {
  job: ['a', 'b', 'none'],
  instance: ['0', '1', '2', 'none'],
  code: ['200', '500'],
  zone: ['x', 'y'],
  kind: ['nan', 'inf', 'mixed'],
  team: ['red', 'blue'],
  le: ['0.5', '+Inf'],
};

type NextValue = (i: number) => SentSample['value'] | undefined;

/** Series of every kind: restarts, gaps, stale markers, NaN, infinities, ties, sparse ones, classic histograms. */
export function fuzzSeries(endMs: number, random: Random): SentSeries[] {
  const series: SentSeries[] = [];
  const add = (name: string, labels: Readonly<Record<string, string>>, next: NextValue): void => {
    series.push({ labels: { __name__: name, ...labels }, samples: samplesOf(endMs, random, next) });
  };
  for (const job of ['a', 'b']) {
    for (const instance of ['0', '1', '2']) {
      const target = { job, instance };
      for (const code of ['200', '500']) add('requests_total', { ...target, code }, highCounter(random));
      add('restarts_total', target, withGaps(lowCounter(random), random));
      add('temperature', { ...target, zone: instance === '0' ? 'x' : 'y' }, withGaps(walk(random), random));
      add('queue', target, () => random.whole(0, 5));
    }
    add('sparse', { job }, sparse(random));
    add('owner', { job, team: job === 'a' ? 'red' : 'blue' }, () => 1);
    for (const kind of ['nan', 'inf', 'mixed']) add('weird', { job, kind }, weird(kind, random));
    addHistogram(job, job === 'a' ? ['0.1', '0.5', '1', '5', '+Inf'] : ['0.5', '2.5', '10', '+Inf'], add, random);
  }
  addHistogram('c', ['0.5', '2'], add, random);
  return series;
}

/** No sample lies on a whole second: since Prometheus 3, the left end of a window is outside of it. */
function samplesOf(endMs: number, random: Random, next: NextValue): SentSample[] {
  const samples: SentSample[] = [];
  for (let timeMs = endMs - spanMs, i = 0; timeMs < endMs; timeMs += intervalMs, i++) {
    const value = next(i);
    const atMs = timeMs + random.whole(0, 2) * 1000 + random.whole(1, 999);
    if (value !== undefined) samples.push({ timeMs: atMs, value });
  }
  return samples;
}

/** Restarts, but never near zero, where Prometheus has since changed how far `rate` stretches. */
function highCounter(random: Random): NextValue {
  let value = random.whole(8_000, 20_000);
  return () => {
    value = random.isTrue(0.02) ? random.whole(5_000, 8_000) : value + random.whole(0, 40) / 4;
    return value;
  };
}

function lowCounter(random: Random): NextValue {
  let value = 0;
  return () => {
    value = random.isTrue(0.03) ? 0 : value + random.whole(0, 8);
    return value;
  };
}

function walk(random: Random): NextValue {
  let value = random.whole(-20, 60);
  return () => {
    value += random.whole(-8, 8) / 4;
    return value;
  };
}

/** Gaps begin with a stale marker, or just so, as when a target vanishes. */
function withGaps(next: NextValue, random: Random): NextValue {
  let missing = 0;
  return (i) => {
    const value = next(i);
    if (missing > 0) {
      missing--;
      return undefined;
    }
    if (!random.isTrue(0.03)) return value;
    missing = random.whole(1, 30);
    return random.isTrue(0.5) ? 'stale' : undefined;
  };
}

function sparse(random: Random): NextValue {
  let wait = 0;
  return () => {
    if (wait-- > 0) return undefined;
    wait = random.whole(10, 30);
    return random.isTrue(0.2) ? 'stale' : random.whole(-100, 100);
  };
}

function weird(kind: string, random: Random): NextValue {
  return () => {
    if (kind === 'nan') return random.isTrue(0.5) ? Number.NaN : random.whole(0, 3);
    if (kind === 'inf') return random.isTrue(0.3) ? Number.POSITIVE_INFINITY : random.whole(-3, 3);
    return random.pick([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 1, -1.5, 1e-300, 1e300]);
  };
}

type Add = (name: string, labels: Readonly<Record<string, string>>, next: NextValue) => void;

/** Cumulative buckets with a high first value, so that they are no matter of extrapolation to zero. */
function addHistogram(job: string, bounds: readonly string[], add: Add, random: Random): void {
  const seed = random.whole(0, 1_000_000);
  let count = 100_000;
  const counts: number[] = [];
  for (let i = 0; i * intervalMs < spanMs; i++) {
    count += random.whole(0, 40);
    counts.push(count);
  }
  for (const [at, le] of bounds.entries()) {
    const share = (at + 1) / bounds.length;
    add('duration_bucket', { job, le }, (i) => Math.floor((counts[i] ?? 0) * share) + ((at * seed) % 7));
  }
  add('duration_count', { job }, (i) => counts[i]);
  add('duration_sum', { job }, (i) => (counts[i] ?? 0) / 4);
}
