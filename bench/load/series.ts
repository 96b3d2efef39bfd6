/** The 10,000 series of the benchmark: what forty instances of a web service expose, and how their values move. */
import { chanceFrom } from './chance.ts';

export interface BenchSeries {
  readonly metric: string;
  readonly labels: readonly (readonly [string, string])[];
  readonly kind: 'counter' | 'seconds' | 'level' | 'bytes' | 'up';
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
    for (const le of bounds) add('http_request_duration_seconds_bucket', 'counter', { route, le });
    add('http_request_duration_seconds_sum', 'seconds', { route });
    add('http_request_duration_seconds_count', 'counter', { route });
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

  constructor(series: readonly BenchSeries[], seed: number) {
    this.series = series;
    this.chance = chanceFrom(seed);
    this.values = Float64Array.from(series, (one) => (one.kind === 'bytes' ? 2e8 : Math.floor(this.chance() * 1000)));
  }

  /** Hot. */
  next(index: number): number {
    const now = this.values[index] ?? 0;
    const chance = this.chance();
    const after = step(this.series[index]?.kind ?? 'level', now, chance);
    this.values[index] = after;
    return after;
  }
}

function step(kind: BenchSeries['kind'], now: number, chance: number): number {
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
