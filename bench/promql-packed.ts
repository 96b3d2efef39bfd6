/** Times PromQL over a day of packed recent samples, without a store around them: `node bench/promql-packed.ts`. */
import { systemClock } from '../server/src/kit/clock.ts';
import { limits, type SeriesColumns } from '../server/src/model/index.ts';
import { createPromql } from '../server/src/query/promql/index.ts';
import { Head } from '../server/src/store/head/head.ts';
import { median } from './http.ts';

const seriesCount = 1_600;
const samplesPerSeries = 2_880;
const intervalMs = 30_000;
const startMs = 1_700_000_000_000;
const endMs = startMs + (samplesPerSeries - 1) * intervalMs;
const rounds = 9;

const queries = [
  'sum by (g) (rate(m_total[5m]))',
  'max by (g) (max_over_time(m_total[10m]))',
  'quantile by (g) (0.9, m_total)',
];

const windows = [
  { name: 'a day, step 5 min', beforeMs: 0, lengthMs: 86_400_000 - 900_000, stepMs: 300_000 },
  { name: '3 h long ago, step 5 min', beforeMs: 6 * 3_600_000, lengthMs: 3 * 3_600_000, stepMs: 300_000 },
  { name: 'the last hour, step 15 s', beforeMs: 0, lengthMs: 3_600_000, stepMs: 15_000 },
];

const labels = Array.from({ length: seriesCount }, (_, i) => {
  return ['__name__', 'm_total', 'g', `g${i % 50}`, 'instance', `i${i}`];
});
const head = filledHead();
const { bytes, samples } = head.size();
console.log(`${seriesCount} series x ${samplesPerSeries} samples, ${(bytes / samples).toFixed(2)} bytes a sample`);
console.log(`${rounds} rounds: median (best) ms`);

const promql = createPromql({
  select: async ({ startMs: fromMs, endMs: toMs }) => columnsBetween(fromMs, toMs),
  limits: limits.query,
  clock: systemClock,
});
for (const window of windows) {
  for (const text of queries) {
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) times.push(await time(text, window, round));
    const best = Math.min(...times).toFixed(0);
    console.log(`${median(times).toFixed(0).padStart(6)} (${best})  ${text}, ${window.name}`);
  }
}

async function time(text: string, { beforeMs, lengthMs, stepMs }: (typeof windows)[number], round: number) {
  const lastMs = endMs - beforeMs - round * 1000;
  const { signal } = new AbortController();
  const about = { tenant: 'main', text, startMs: lastMs - lengthMs, endMs: lastMs, stepMs, signal };
  return (await promql.range(about)).stats.totalMs;
}

/** Counters that grow unevenly, sent as scrapes find them. */
function filledHead(): Head {
  const clock = { ...systemClock, nowMs: () => endMs };
  const filled = new Head({ recentMs: 26 * 3_600_000, recentBytesMax: 256 * 1024 * 1024, clock });
  const refs = Int32Array.from({ length: seriesCount }, (_, ref) => ref);
  const values = new Float64Array(seriesCount);
  for (let i = 0; i < samplesPerSeries; i++) {
    for (let ref = 0; ref < seriesCount; ref++) values[ref] = (values[ref] ?? 0) + ((ref * 7 + i * 13) % 41);
    const timesMs = new Float64Array(seriesCount).fill(startMs + i * intervalMs);
    filled.append({ count: seriesCount, refs, timesMs, values: values.slice() });
  }
  return filled;
}

function columnsBetween(fromMs: number, toMs: number): SeriesColumns[] {
  const read = head.reader();
  return labels.flatMap((own, ref) => {
    const columns = read(ref, fromMs, toMs);
    if (columns === undefined) return [];
    return [
      {
        labels: own,
        ...(columns.sampleCount !== undefined && { sampleCount: columns.sampleCount }),
        ...(columns.look && { look: columns.look.bind(columns) }),
        get timesMs() {
          return columns.timesMs;
        },
        get values() {
          return columns.values;
        },
      },
    ];
  });
}
