/** The series of the benchmark: what instances of a web service expose, and how their values move. */
import { chanceFrom } from './chance.ts';

export interface BenchSeries {
  readonly metric: string;
  readonly labels: readonly (readonly [string, string])[];
  readonly kind: 'counter' | 'bucket' | 'count' | 'seconds' | 'level' | 'bytes' | 'up';
}

export const seriesPerInstance = 250;

const routes = [
  '/',
  '/login',
  '/users',
  '/users/:id',
  '/orders',
  '/orders/:id',
  '/cart',
  '/search',
  '/health',
  '/export',
];
const bounds = ['0.005', '0.01', '0.025', '0.05', '0.075', '0.1', '0.25', '0.5', '0.75', '1', '2.5', '5', '10', '+Inf'];
const statuses = ['200', '302', '404', '500'];

export function benchSeries(instances = 40): BenchSeries[] {
  return Array.from({ length: instances }, (_, n) => seriesOf(n)).flat();
}

function seriesOf(instance: number): BenchSeries[] {
  const series: BenchSeries[] = [];
  const add = (metric: string, kind: BenchSeries['kind'], more: Record<string, string> = {}) => {
    const labels = {
      __name__: metric,
      instance: `10.0.${instance >> 3}.${instance & 7}:9090`,
      job: 'bench',
      zone: `z${instance % 3}`,
      ...more,
    };
    series.push({ metric, kind, labels: Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)) });
  };
  for (const route of routes) {
    for (const status of statuses) add('http_requests_total', 'counter', { route, status });
    for (const le of bounds) add('http_request_duration_seconds_bucket', 'bucket', { route, le });
    add('http_request_duration_seconds_sum', 'seconds', { route });
    add('http_request_duration_seconds_count', 'count', { route });
  }
  add('up', 'up');
  add('process_cpu_seconds_total', 'seconds');
  add('process_resident_memory_bytes', 'bytes');
  add('nodejs_active_handles', 'level');
  for (const state of ['idle', 'used', 'waiting']) add('db_connections', 'level', { state });
  for (let queue = 0; queue < 43; queue++) add('queue_depth', 'level', { queue: `q${queue}` });
  return series;
}

/** Steps every series once per call of `next`, in order, as scrapes would find them. */
export class Values {
  private readonly series: readonly BenchSeries[];
  private readonly values: Float64Array;
  private readonly chance: () => number;
  /** What the present histogram's buckets have risen by so far, for a bucket counts all that is below its bound. */
  private risen = 0;

  constructor(series: readonly BenchSeries[], seed: number) {
    this.series = series;
    this.chance = chanceFrom(seed);
    this.values = Float64Array.from(series, ({ kind }) => startOf(kind, this.chance()));
  }

  /** Hot. */
  next(index: number): number {
    const kind = this.series[index]?.kind ?? 'level';
    const now = this.values[index] ?? 0;
    const chance = this.chance();
    if (kind === 'bucket') this.risen += chance < 0.6 ? 0 : Math.floor((chance - 0.6) * 40);
    const after = kind === 'bucket' || kind === 'count' ? now + this.risen : step(kind, now, chance);
    if (kind === 'count') this.risen = 0;
    this.values[index] = after;
    return after;
  }
}

function startOf(kind: BenchSeries['kind'], chance: number): number {
  if (kind === 'bytes') return 2e8;
  return kind === 'bucket' || kind === 'count' ? 0 : Math.floor(chance * 1000);
}

function step(kind: Exclude<BenchSeries['kind'], 'bucket' | 'count'>, now: number, chance: number): number {
  switch (kind) {
    case 'up':
      return 1;
    case 'counter':
      return chance < 0.3 ? now : now + Math.floor(chance * 40);
    case 'seconds':
      return now + Math.round(chance * 9000) / 1000;
    case 'bytes':
      return now + Math.round((chance - 0.49) * 64) * 4096;
    case 'level':
      return chance < 0.6 ? now : Math.max(0, now + Math.round((chance - 0.8) * 20));
  }
}
