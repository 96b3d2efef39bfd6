import type { SentSample, SentSeries } from '../kit/remotewrite.ts';
import { Random } from '../prometheus/random.ts';

export interface DemoTimes {
  /** No sample may lie on a whole second: since Prometheus 3, the left end of a window is outside of it. */
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

type Labels = Readonly<Record<string, string>>;

/** The series of PromLabs' demo service, which the compliance queries are about, for its three instances. */
export function demoSeries(times: DemoTimes, seed: number): SentSeries[] {
  const random = new Random(seed);
  return [10000, 10001, 10002].flatMap((port) => {
    const target = { instance: `demo.promlabs.com:${port}`, job: 'demo' };
    const gauge = (name: string, labels: Labels, value: (timeMs: number, i: number) => number | 'stale' | undefined) =>
      seriesOf({ __name__: name, ...target, ...labels }, times, value);
    return [
      ...['idle', 'system', 'user'].map((mode) =>
        gauge('demo_cpu_usage_seconds_total', { mode }, counter(random, { rise: 4, reset: 1 / 150 })),
      ),
      ...['buffers', 'cached', 'free', 'used'].map((type) =>
        gauge('demo_memory_usage_bytes', { type }, walk(random, { start: 2e9, step: 5e7 })),
      ),
      gauge('demo_num_cpus', {}, () => 4),
      gauge('demo_disk_total_bytes', {}, () => 2.56e11),
      gauge('demo_disk_usage_bytes', {}, walk(random, { start: 8e10, step: 1e6, drift: 2e5 })),
      gauge('demo_items_shipped_total', {}, counter(random, { rise: 20, reset: 1 / 200 })),
      gauge('demo_batch_last_success_timestamp_seconds', {}, lastSuccess(random)),
      gauge('demo_batch_last_run_timestamp_seconds', {}, (timeMs) => Math.floor(timeMs / 60_000) * 60),
      gauge('demo_intermittent_metric', {}, intermittent(random)),
      ...requestDurations(target, times, random),
    ];
  });
}

function seriesOf(
  labels: Labels,
  { startMs, endMs, stepMs }: DemoTimes,
  value: (timeMs: number, i: number) => number | 'stale' | undefined,
): SentSeries {
  const samples: SentSample[] = [];
  for (let timeMs = startMs, i = 0; timeMs <= endMs; timeMs += stepMs, i++) {
    const sample = value(timeMs, i);
    if (sample !== undefined) samples.push({ timeMs, value: sample });
  }
  return { labels, samples };
}

function counter(random: Random, { rise, reset }: { rise: number; reset: number }): () => number {
  let value = random.next() * 10_000;
  return () => {
    value = random.isTrue(reset) ? 0 : value + random.next() * rise;
    return value;
  };
}

function walk(random: Random, { start, step, drift = 0 }: { start: number; step: number; drift?: number }) {
  let value = start * (0.5 + random.next());
  return () => {
    value = Math.max(0, value + drift + (random.next() - 0.5) * step);
    return value;
  };
}

function lastSuccess(random: Random): (timeMs: number) => number {
  let seconds = 0;
  return (timeMs) => {
    if (seconds === 0 || random.isTrue(1 / 12)) seconds = timeMs / 1000;
    return seconds;
  };
}

/** Comes and goes; its absence is marked, as a scrape that misses it does. */
function intermittent(random: Random): () => number | 'stale' | undefined {
  let isThere = true;
  return () => {
    const before = isThere;
    if (random.isTrue(1 / 20)) isThere = !isThere;
    if (isThere) return random.next();
    return before ? 'stale' : undefined;
  };
}

const routes = [
  { method: 'GET', path: '/api/foo', status: '200' },
  { method: 'GET', path: '/api/foo', status: '500' },
  { method: 'POST', path: '/api/bar', status: '200' },
  { method: 'GET', path: '/api/nonexistent', status: '404' },
];
const bounds = Array.from({ length: 26 }, (_, i) => Number((0.0001 * 1.5 ** i).toPrecision(12)));

function requestDurations(target: Labels, times: DemoTimes, random: Random): SentSeries[] {
  const name = 'demo_api_request_duration_seconds';
  return routes.flatMap((route) => {
    const samples = observations(times, random);
    const of = (suffix: string, more: Labels, value: (sample: Observed) => number): SentSeries => ({
      labels: { __name__: `${name}_${suffix}`, ...target, ...route, ...more },
      samples: samples.map((sample) => ({ timeMs: sample.timeMs, value: value(sample) })),
    });
    return [
      ...bounds.map((bound, i) => of('bucket', { le: String(bound) }, ({ cumulative }) => cumulative[i] ?? 0)),
      of('bucket', { le: '+Inf' }, ({ count }) => count),
      of('count', {}, ({ count }) => count),
      of('sum', {}, ({ sum }) => sum),
    ];
  });
}

interface Observed {
  readonly timeMs: number;
  readonly cumulative: readonly number[];
  readonly count: number;
  readonly sum: number;
}

function observations({ startMs, endMs, stepMs }: DemoTimes, random: Random): Observed[] {
  const out: Observed[] = [];
  let cumulative = bounds.map(() => 0);
  let [count, sum] = [0, 0];
  for (let timeMs = startMs; timeMs <= endMs; timeMs += stepMs) {
    if (random.isTrue(1 / 150)) [cumulative, count, sum] = [bounds.map(() => 0), 0, 0];
    cumulative = [...cumulative];
    for (let i = random.whole(1, 6); i > 0; i--) {
      const seconds = 0.0002 * Math.exp(5 * random.next());
      for (const [at, bound] of bounds.entries()) if (seconds <= bound) cumulative[at] = (cumulative[at] ?? 0) + 1;
      count++;
      sum += seconds;
    }
    out.push({ timeMs, cumulative, count, sum });
  }
  return out;
}
