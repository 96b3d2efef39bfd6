/** People may ask as much as they like: rules keep their time. */
import { expect, test } from 'vitest';
import { startProduct } from '../kit/product.ts';
import { encodeWriteRequest, remoteWriteHeaders, type SentSeries } from '../kit/remotewrite.ts';
import { until } from '../kit/until.ts';
import { freshFolder } from '../prometheus/programs.ts';

const intervalMs = 15_000;
const crowd = 60;
const floodMs = 40_000;

const rules = `
groups:
  - name: g
    interval: 15s
    rules:
      - {record: 'job:requests:rate5m', expr: 'sum by (job) (rate(requests_total[5m]))'}
      - {alert: Errors, expr: 'sum(rate(requests_total{code="500"}[5m])) / sum(job:requests:rate5m) > 0.5'}
      - {alert: Absent, expr: 'absent(requests_total{job="api"})'}
      - {alert: Per, expr: 'sum by (instance) (rate(requests_total[1m])) > 1e9'}
`;

function history(endMs: number): SentSeries[] {
  return Array.from({ length: 3_000 }, (_, i) => ({
    labels: {
      __name__: 'requests_total',
      job: 'api',
      instance: `i${i % 300}`,
      code: i % 2 ? '200' : '500',
      route: `r${i}`,
    },
    samples: Array.from({ length: 40 }, (_, k) => ({ timeMs: endMs - (40 - k) * 15_000, value: i + k * 15 })),
  }));
}

test('a crowd that asks all the time delays no rule by more than an interval', async () => {
  using folder = freshFolder();
  await using product = await startProduct({ flags: ['--rules', folder.file('rules.yml', rules)] });
  const api = `${product.url}/prometheus/api/v1`;
  const endMs = Date.now();
  const sent = history(endMs);
  for (let i = 0; i < sent.length; i += 500) {
    const body = encodeWriteRequest(sent.slice(i, i + 500));
    expect((await fetch(`${api}/write`, { method: 'POST', headers: remoteWriteHeaders, body })).ok).toBe(true);
  }
  const lastMs = async (): Promise<number> => {
    const answer = await (await fetch(`${api}/rules?exclude_alerts=true`)).json();
    const group = (answer as { data: { groups: { lastEvaluation: string; rules: { health: string }[] }[] } }).data
      .groups[0];
    expect(group?.rules.filter(({ health }) => health === 'err')).toEqual([]);
    return Date.parse(group?.lastEvaluation ?? '');
  };
  await until(async () => (await lastMs()) > 0, 30_000, 'the first evaluation');

  const stop = new AbortController();
  let answered = 0;
  const someone = async (i: number): Promise<void> => {
    while (!stop.signal.aborted) {
      // Each asks another question, so that no two share an answer.
      const query = `quantile by (job) (0.9, rate(requests_total{route!="r${i}"}[${60 + (answered % 200)}s]))`;
      const range = { start: `${endMs / 1000 - 500}`, end: `${endMs / 1000}`, step: '5' };
      const reply = await fetch(`${api}/query_range`, {
        method: 'POST',
        body: new URLSearchParams({ query, ...range }),
      });
      await reply.arrayBuffer();
      answered++;
    }
  };
  const people = Array.from({ length: crowd }, (_, i) => someone(i));
  const seen = new Set<number>([await lastMs()]);
  const floodEndMs = Date.now() + floodMs;
  while (Date.now() < floodEndMs) {
    seen.add(await lastMs());
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  stop.abort();
  await Promise.all(people);
  const times = [...seen].sort((a, b) => a - b);
  const gaps = times.slice(1).map((timeMs, i) => timeMs - (times[i] ?? 0));
  expect(answered).toBeGreaterThan(crowd / 2);
  expect(times.length).toBeGreaterThan(2);
  expect(Math.max(...gaps)).toBeLessThanOrEqual(2 * intervalMs);
  const metrics = await (await fetch(`${product.url}/metrics`)).text();
  expect(metrics).toMatch(/farol_rule_group_iterations_missed_total\{rule_group="[^"]*;g"\} 0\n/);
});
