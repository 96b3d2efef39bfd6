/** The resource metrics that Farol knows: what each shows on which chart, and which pairs make a share of a limit. */
import type { SaturationChart } from '@farol/contract';

export interface ResourceMetric {
  readonly metric: string;
  readonly chart: SaturationChart['name'];
  readonly unit: SaturationChart['unit'];
  readonly line: string;
  /** A counter is shown as its rate. */
  readonly counter?: true;
  /** How instances become one line. */
  readonly over: 'sum' | 'max';
  /** The connection's state (`used`, `idle`) makes lines of their own. */
  readonly split?: 'state';
}

const gauge = (metric: string, at: Omit<ResourceMetric, 'metric'>): ResourceMetric => ({ metric, ...at });

export const resourceMetrics: readonly ResourceMetric[] = [
  gauge('process_cpu_utilization_ratio', { chart: 'cpu', unit: '1', line: 'utilization', over: 'max' }),
  gauge('process_cpu_time_seconds_total', { chart: 'cpu', unit: '1', line: 'cores', over: 'sum', counter: true }),
  gauge('process_cpu_seconds_total', { chart: 'cpu', unit: '1', line: 'cores', over: 'sum', counter: true }),
  gauge('process_resident_memory_bytes', { chart: 'memory', unit: 'By', line: 'resident', over: 'sum' }),
  gauge('process_memory_usage_bytes', { chart: 'memory', unit: 'By', line: 'resident', over: 'sum' }),
  gauge('v8js_memory_heap_used_bytes', { chart: 'memory', unit: 'By', line: 'heap used', over: 'sum' }),
  gauge('v8js_memory_heap_limit_bytes', { chart: 'memory', unit: 'By', line: 'heap limit', over: 'sum' }),
  gauge('nodejs_heap_size_used_bytes', { chart: 'memory', unit: 'By', line: 'heap used', over: 'sum' }),
  gauge('nodejs_heap_size_total_bytes', { chart: 'memory', unit: 'By', line: 'heap total', over: 'sum' }),
  gauge('go_memstats_alloc_bytes', { chart: 'memory', unit: 'By', line: 'allocated', over: 'sum' }),
  gauge('nodejs_eventloop_utilization_ratio', { chart: 'event-loop', unit: '1', line: 'utilization', over: 'max' }),
  gauge('nodejs_eventloop_delay_p99_seconds', { chart: 'event-loop', unit: 's', line: 'delay p99', over: 'max' }),
  gauge('nodejs_eventloop_lag_p99_seconds', { chart: 'event-loop', unit: 's', line: 'delay p99', over: 'max' }),
  gauge('go_goroutines', { chart: 'goroutines', unit: '{count}', line: 'goroutines', over: 'sum' }),
  gauge('go_goroutine_count', { chart: 'goroutines', unit: '{count}', line: 'goroutines', over: 'sum' }),
  gauge('v8js_gc_duration_seconds_sum', { chart: 'gc', unit: '1', line: 'share of time', over: 'max', counter: true }),
  gauge('nodejs_gc_duration_seconds_sum', {
    chart: 'gc',
    unit: '1',
    line: 'share of time',
    over: 'max',
    counter: true,
  }),
  gauge('go_gc_duration_seconds_sum', { chart: 'gc', unit: '1', line: 'share of time', over: 'max', counter: true }),
  gauge('process_threads', { chart: 'threads', unit: '{count}', line: 'threads', over: 'sum' }),
  gauge('process_thread_count', { chart: 'threads', unit: '{count}', line: 'threads', over: 'sum' }),
  gauge('jvm_thread_count', { chart: 'threads', unit: '{count}', line: 'threads', over: 'sum' }),
  gauge('go_threads', { chart: 'threads', unit: '{count}', line: 'threads', over: 'sum' }),
  ...['db_client_connection_count', 'db_client_connections_usage'].map((metric) =>
    gauge(metric, { chart: 'connections', unit: '{count}', line: 'connections', over: 'sum', split: 'state' }),
  ),
  ...['db_client_connection_max', 'db_client_connections_max', 'db_pool_connections_max'].map((metric) =>
    gauge(metric, { chart: 'connections', unit: '{count}', line: 'max', over: 'sum' }),
  ),
  gauge('db_client_connection_pending_requests', {
    chart: 'connections',
    unit: '{count}',
    line: 'waiting',
    over: 'sum',
  }),
  gauge('db_client_connections_pending_requests', {
    chart: 'connections',
    unit: '{count}',
    line: 'waiting',
    over: 'sum',
  }),
  gauge('db_pool_connections_active', { chart: 'connections', unit: '{count}', line: 'used', over: 'sum' }),
  gauge('db_pool_connections_idle', { chart: 'connections', unit: '{count}', line: 'idle', over: 'sum' }),
  gauge('db_connections_active', { chart: 'connections', unit: '{count}', line: 'used', over: 'sum' }),
];

/** What fills up, and its limit; without one, the value is a share already. Newer names first. */
export const fillings: readonly {
  readonly of: string;
  readonly used: string;
  readonly limit?: string;
  readonly state?: string;
}[] = [
  { of: 'event-loop', used: 'nodejs_eventloop_utilization_ratio' },
  { of: 'cpu', used: 'process_cpu_utilization_ratio' },
  { of: 'memory', used: 'v8js_memory_heap_used_bytes', limit: 'v8js_memory_heap_limit_bytes' },
  { of: 'connections', used: 'db_client_connection_count', limit: 'db_client_connection_max', state: 'used' },
  { of: 'connections', used: 'db_client_connections_usage', limit: 'db_client_connections_max', state: 'used' },
  { of: 'connections', used: 'db_pool_connections_active', limit: 'db_pool_connections_max' },
];

/** A connection's state, under the stable label and the one before it. */
export const stateLabels: readonly string[] = ['db_client_connection_state', 'state'];

export const saturationMetrics: readonly string[] = resourceMetrics.map(({ metric }) => metric);
