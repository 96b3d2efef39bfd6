/** Label names, values and series among a million series, beside Prometheus and VictoriaMetrics that hold the same. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { get, getOk, median } from '../http.ts';
import { type LoadReport, load } from '../load/index.ts';
import { memoryNote } from '../memory.ts';
import { memoryOf, resetPeaks, totalCpuSeconds, untilIdle } from '../proc.ts';
import { startProduct } from '../product.ts';
import { startPrometheus } from '../prometheus.ts';
import { atMost, count, digits, type Finding, milliseconds, ratio } from '../report.ts';
import { type MetricsServer, newDataDir, removeDataDir } from '../server.ts';
import { startVictoria } from '../victoria.ts';
import type { Bench } from './index.ts';

const lanes = 16;
const backMs = 30 * 60_000;
const repeats = 10;

const one = 'bench_listing_metric_07';
const questions: readonly { readonly name: string; readonly path: string; readonly match?: string }[] = [
  { name: 'label names', path: 'labels' },
  { name: 'values of a label that has 10', path: 'label/zone/values' },
  { name: 'values of a label that has 100,000', path: 'label/pod/values' },
  { name: 'values among 1 % of the series', path: 'label/pod/values', match: `{__name__="${one}"}` },
  { name: 'metric names', path: 'label/__name__/values' },
  { name: 'series, 1,000 of a host', path: 'series', match: '{host="host-0017"}' },
  { name: 'series, 1,000 where two meet', path: 'series', match: `{zone="zone-3",__name__="${one}"}` },
  { name: 'series, 100 by a regex', path: 'series', match: '{pod=~"pod-0001[0-9]7"}' },
  { name: 'label names of 100,000 series', path: 'labels', match: '{zone="zone-3"}' },
  { name: 'series, 100,000', path: 'series', match: '{zone="zone-3"}' },
  { name: 'cardinality', path: 'status/tsdb' },
];

interface Row {
  readonly name: string;
  readonly window: string;
  readonly ms: Readonly<Record<string, number>>;
  /** Whether all answers are Prometheus'; undefined where answers are not to be compared. */
  readonly equal?: boolean;
}

export async function listings({ scale: { listedSeries } }: Bench): Promise<Finding> {
  const dir = await newDataDir();
  const config = join(dir, 'farol.yaml');
  // Farol's own series count too, and its limit is a million.
  await writeFile(config, 'limits: { store: { seriesMax: 1100000 } }\n');
  const rivals = [await startPrometheus(), await startVictoria()].filter((rival) => rival !== undefined);
  let farol = await startProduct(dir, ['--config', config]);
  try {
    const before = memoryOf(farol.pid).pssBytes;
    const nowMs = Math.floor(Date.now() / 15_000) * 15_000;
    const fed: { server: MetricsServer; report: LoadReport; cpuSeconds: number }[] = [];
    for (const server of [farol, ...rivals]) fed.push(await feed(server, [nowMs - backMs, nowMs], listedSeries));
    for (const { api, name } of rivals) if (name === 'VictoriaMetrics') await get(`${api}/internal/force_flush`);
    await farol.stop();
    farol = await startProduct(dir, ['--config', config]);
    const held = memoryOf(farol.pid).pssBytes - before;
    const servers = [farol, ...rivals];
    for (const { pid } of servers) await untilIdle(pid);
    for (const { pid } of servers) resetPeaks(pid);
    const rows = await ask(servers, nowMs);
    const compared = rows.filter(({ equal }) => equal !== undefined);
    const ratios = rows.flatMap(({ ms }) => (ms.Prometheus ? [(ms.Farol ?? 0) / ms.Prometheus] : []));
    const worst = rows.filter(({ ms }) => ms.Prometheus).toSorted((a, b) => ratioOf(b) - ratioOf(a))[0];
    return {
      title: `Labels and series among ${count(listedSeries)}`,
      goals: ratios.length
        ? [
            atMost(`listings of ${count(listedSeries)} series: median ratio to Prometheus`, median(ratios), 1, ratio),
            atMost(`… and the worst (${worst?.name}, ${worst?.window})`, Math.max(...ratios), 1, ratio),
            {
              what: `listings of ${count(listedSeries)} series: answers equal to Prometheus'`,
              asked: 'all',
              measured: `${compared.filter(({ equal }) => equal).length} of ${compared.length}`,
              met: compared.every(({ equal }) => equal),
            },
          ]
        : [],
      tables: [
        {
          head: ['question', 'window', 'Farol', 'Prometheus', 'ratio', 'VictoriaMetrics', 'ratio', 'same answer'],
          rows: rows.map(({ name, window, ms, equal }) => [
            name,
            window,
            milliseconds(ms.Farol ?? 0),
            ...['Prometheus', 'VictoriaMetrics'].flatMap((rival) =>
              ms[rival] ? [milliseconds(ms[rival]), ratio((ms.Farol ?? 0) / ms[rival])] : ['–', '–'],
            ),
            equal === undefined ? '–' : equal ? 'yes' : '**no**',
          ]),
        },
      ],
      notes: [
        `Median of ${repeats} after one to warm up, whole answers read, not compressed. Two samples of each series, half an hour apart; 100 metric names, 100,000 pods, 1,000 hosts, 10 zones. The same answer: the same things in whatever order; where nothing is selected, Farol also lists its own series.`,
        `Taking them in: ${fed.map(({ server, report, cpuSeconds }) => `${server.name} ${count(report.acknowledged / report.seconds)} samples/s, ${digits((cpuSeconds / report.acknowledged) * 1e6, 1)} CPU s per million`).join('; ')}. Farol then started on them again in ${milliseconds(farol.startMs)}, with ${count(held / listedSeries)} bytes of memory more for each series than it started with on an empty folder. Before the questions all servers were given the time to come to rest.`,
        memoryNote(servers),
      ],
    };
  } finally {
    await farol.stop();
    for (const rival of rivals) await rival.stop();
    await removeDataDir(dir);
  }
}

const ratioOf = ({ ms }: Row) => (ms.Farol ?? 0) / (ms.Prometheus ?? 1);

async function feed(server: MetricsServer, timesMs: readonly number[], series: number) {
  const cpuBefore = totalCpuSeconds(server.pid);
  const report = await load({
    url: server.api,
    path: '/api/v1/write',
    kind: 'listings',
    secondsMax: 1_800,
    itemsMax: Number.MAX_SAFE_INTEGER,
    leadMax: 1_000,
    plan: { series, lanes, timesMs },
  });
  if (report.refused > 0) throw new Error(`${server.name} refused ${report.refused} samples: ${report.firstRefusal}`);
  return { server, report, cpuSeconds: totalCpuSeconds(server.pid) - cpuBefore };
}

async function ask(servers: readonly MetricsServer[], nowMs: number): Promise<Row[]> {
  const end = nowMs / 1000;
  const windows: { readonly name: string; readonly params: Record<string, string> }[] = [
    { name: 'last hour', params: { start: String(end - 3_600), end: String(end) } },
    { name: 'none given', params: {} },
  ];
  const rows: Row[] = [];
  for (const { name, path, match } of questions) {
    for (const window of path === 'status/tsdb' ? windows.slice(1) : windows) {
      const params = new URLSearchParams({ ...window.params, ...(match && { 'match[]': match }) });
      rows.push({ name, window: window.name, ...(await timed(servers, `/api/v1/${path}?${params}`)) });
    }
  }
  return rows;
}

async function timed(servers: readonly MetricsServer[], path: string): Promise<Pick<Row, 'ms' | 'equal'>> {
  const taken = servers.map((): number[] => []);
  const answers = new Map<string, ReadonlySet<string>>();
  for (let run = 0; run <= repeats; run++) {
    for (const [index, { name, api }] of servers.entries()) {
      const { ms, body } = await getOk(`${api}${path}`);
      if (run > 0) taken[index]?.push(ms);
      else if (name !== 'VictoriaMetrics') answers.set(name, listed(body));
    }
  }
  const ms = Object.fromEntries(servers.map(({ name }, index) => [name, median(taken[index] ?? [])]));
  const [ours, theirs] = [answers.get('Farol'), answers.get('Prometheus')];
  if (!ours || !theirs || path.includes('status/tsdb')) return { ms };
  const isAllThere = [...theirs].every((text) => ours.has(text));
  // Unasked for a selection, Farol lists its own series too.
  return { ms, equal: isAllThere && (ours.size === theirs.size || !path.includes('match')) };
}

/** What an answer lists: names, or series with their labels in order. */
function listed(body: Buffer): Set<string> {
  const { data } = JSON.parse(body.toString()) as { data: readonly (string | Record<string, string>)[] };
  if (!Array.isArray(data)) return new Set();
  return new Set(
    data.map((one) =>
      typeof one === 'string' ? one : JSON.stringify(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1))),
    ),
  );
}
