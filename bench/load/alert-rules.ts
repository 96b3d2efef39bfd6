/** Alert rules as people write them, over the benchmark's series, in Prometheus' rule file format. */
const groupRules = 50;
const instances = 40;

type Shape = (about: { instance: string; route: string; queue: string; status: string; n: number }) => {
  readonly expr: string;
  readonly for?: string;
};

/** `n` moves the thresholds, so that no two rules ask the very same; about one in five fires. */
const shapes: readonly Shape[] = [
  ({ instance, route, n }) => ({
    expr: `sum by (route) (rate(http_requests_total{instance="${instance}",route="${route}",status="500"}[5m])) / sum by (route) (rate(http_requests_total{instance="${instance}",route="${route}"}[5m])) > 0.${30 + (n % 60)}`,
    for: '5m',
  }),
  ({ route, n }) => ({
    expr: `histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket{route="${route}"}[5m]))) > ${8 + n / 1000}`,
    for: '2m',
  }),
  ({ instance, n }) => ({ expr: `up{instance="${instance}"} * ${n + 1} == 0`, for: '1m' }),
  ({ instance, queue, n }) => ({ expr: `absent(queue_depth{instance="${instance}",queue="${queue}"} > ${-1 - n})` }),
  ({ instance, n }) => ({
    expr: `predict_linear(process_resident_memory_bytes{instance="${instance}"}[45m], 4 * 3600) > ${2.2e8 + n * 1000}`,
    for: '10m',
  }),
  ({ queue, n }) => ({ expr: `max by (zone) (max_over_time(queue_depth{queue="${queue}"}[10m])) > ${900 + n}` }),
  ({ queue, n }) => ({ expr: `avg_over_time(queue_depth{queue="${queue}",zone="z1"}[10m]) > ${850 + n}`, for: '5m' }),
  ({ instance, n }) => ({ expr: `rate(process_cpu_seconds_total{instance="${instance}"}[5m]) > 0.${20 + (n % 70)}` }),
  ({ instance, n }) => ({ expr: `db_connections{instance="${instance}",state="waiting"} > ${700 + n}`, for: '2m' }),
  ({ route, n }) => ({
    expr: `sum(rate(http_request_duration_seconds_sum{route="${route}"}[5m])) / sum(rate(http_request_duration_seconds_count{route="${route}"}[5m])) > ${1 + n / 1000}`,
    for: '5m',
  }),
  ({ instance, status, n }) => ({
    expr: `increase(http_requests_total{instance="${instance}",status="${status}"}[10m]) > ${400 + n}`,
  }),
  ({ route, n }) => ({
    expr: `sum by (zone) (rate(http_requests_total{route="${route}"}[5m])) < 0.8 * sum by (zone) (rate(http_requests_total{route="${route}"}[5m] offset 30m)) - ${n / 1000}`,
    for: '10m',
  }),
];

/** A rule file of so many alerts in groups of fifty, each evaluated every `intervalSeconds`. */
export function alertRules(count: number, { intervalSeconds }: { intervalSeconds: number }): string {
  const lines = ['groups:'];
  for (let n = 0; n < count; n++) {
    if (n % groupRules === 0)
      lines.push(`- name: bench-${n / groupRules}`, `  interval: ${intervalSeconds}s`, '  rules:');
    const { expr, for: hold } = ruleOf(n);
    lines.push(`  - alert: Bench${n}`, `    expr: ${JSON.stringify(expr)}`);
    if (hold) lines.push(`    for: ${hold}`);
    lines.push('    labels: { severity: warning }', '    annotations:');
    lines.push('      summary: "{{ $labels.instance }} is at {{ $value | humanize }}"');
  }
  return `${lines.join('\n')}\n`;
}

function ruleOf(n: number): ReturnType<Shape> {
  const turn = Math.floor(n / shapes.length);
  const instance = turn % instances;
  const shape = shapes[n % shapes.length];
  if (!shape) throw new TypeError('n is counted in shapes');
  return shape({
    instance: `10.0.${instance >> 3}.${instance & 7}:9090`,
    route: ['/', '/login', '/users', '/orders', '/cart', '/search', '/health', '/export'][turn % 8] ?? '/',
    queue: `q${turn % 43}`,
    status: ['200', '302', '404', '500'][turn % 4] ?? '200',
    n: turn,
  });
}
