/** Times PromQL over series in memory, without a store: `node bench/promql-kernels.ts`. */
import { systemClock } from '../server/src/kit/clock.ts';
import { limits, type SeriesColumns } from '../server/src/model/index.ts';
import { createPromql } from '../server/src/query/promql/index.ts';

const seriesCount = 10_000;
const samplesPerSeries = 240;
const intervalMs = 15_000;
const startMs = 1_700_000_000_000;
const steps = 221;
const rounds = 7;

const queries = [
  'm',
  'sum by (g) (m)',
  'rate(m[5m])',
  'sum by (g) (rate(m[5m]))',
  'max by (g) (max_over_time(m[5m]))',
  'avg_over_time(m[5m])',
  'quantile by (g) (0.9, m)',
  'topk by (g) (3, m)',
  'm / ignoring (none) m',
  'm > 100',
  'histogram_quantile(0.9, sum by (g, le) (rate(m[5m])))',
  'sum(rate(m[5m] offset 1m)) / sum(rate(m[5m]))',
];

const series = Array.from({ length: seriesCount }, (_, index) => columns(index));
const endMs = startMs + (samplesPerSeries - 1) * intervalMs;
const stepMs = intervalMs;
const promql = createPromql({
  select: async () => series,
  limits: limits.query,
  clock: systemClock,
});

console.log(`${seriesCount} series x ${samplesPerSeries} samples, ${steps} steps, ${rounds} rounds: median (best) ms`);
for (const text of queries) {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) times.push(await time(text));
  times.sort((a, b) => a - b);
  const median = times[Math.floor(rounds / 2)] ?? 0;
  console.log(`${median.toFixed(0).padStart(6)} (${(times[0] ?? 0).toFixed(0)})  ${text}`);
}

async function time(text: string): Promise<number> {
  const { signal } = new AbortController();
  const { stats } = await promql.range({
    tenant: 'main',
    text,
    startMs: endMs - (steps - 1) * stepMs,
    endMs,
    stepMs,
    signal,
  });
  return stats.evalMs;
}

/** A counter that grows unevenly; one in ten restarts half-way. */
function columns(index: number): SeriesColumns {
  const timesMs = new Float64Array(samplesPerSeries);
  const values = new Float64Array(samplesPerSeries);
  let value = index;
  for (let i = 0; i < samplesPerSeries; i++) {
    timesMs[i] = startMs + i * intervalMs + (index % 1000);
    value = index % 10 === 0 && i === samplesPerSeries / 2 ? 0 : value + ((index * 7 + i * 13) % 11);
    values[i] = value;
  }
  const labels = ['__name__', 'm_total', 'g', `g${index % 50}`, 'instance', `i${index}`, 'le', String(index % 20)];
  return { labels, timesMs, values };
}
