/** A dashboard left open: the same panels over and over, their end moved on, while samples arrive. */
import { type Asked, ask, type Window } from '../asking.ts';
import { median } from '../http.ts';
import { LiveFeed, seriesPerInstance } from '../load/index.ts';
import { memoryNote } from '../memory.ts';
import { resetPeaks, totalCpuSeconds } from '../proc.ts';
import { count, digits, type Finding, milliseconds } from '../report.ts';
import type { MetricsServer } from '../server.ts';
import type { Bench } from './index.ts';

const panels = [
  'sum by (route) (rate(http_requests_total[5m]))',
  'sum(rate(http_requests_total{status="500"}[5m])) / sum(rate(http_requests_total[5m]))',
  'histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))',
  'histogram_quantile(0.95, sum by (le, route) (rate(http_request_duration_seconds_bucket[5m])))',
  'sum by (instance) (rate(process_cpu_seconds_total[5m]))',
  'max by (queue) (max_over_time(queue_depth[10m]))',
  'avg by (zone) (process_resident_memory_bytes)',
  'sum by (state) (db_connections)',
] as const;

const refreshes = 6;

interface Board extends Window {
  /** How far the end has moved when it is asked again. */
  readonly everySeconds: number;
}

/** As Grafana asks on a screen of some 1,400 points. */
function boardsOf(hours: number): Board[] {
  return [
    { name: 'an hour, step 15 s', seconds: 3_600, stepSeconds: 15, everySeconds: 15 },
    { name: `${hours} h, step 1 min`, seconds: hours * 3_600, stepSeconds: 60, everySeconds: 60 },
  ];
}

export async function dashboard({ sets }: Bench): Promise<Finding> {
  const set = await sets.get('series10k');
  const servers = [await set.farol(), ...set.rivals()];
  for (const { pid } of servers) resetPeaks(pid);
  const { lastMs, stepMs } = set.times;
  const feed = new LiveFeed(set.writeUrls(), { instances: set.plan.instances, firstMs: lastMs + stepMs, stepMs });
  let writtenMs = lastMs;
  const rows: string[][] = [];
  for (const board of boardsOf(set.plan.hours)) {
    const refreshed = new Map<MetricsServer, Refreshes>(
      servers.map((server) => [server, { first: 0, later: [], again: [], cpu: [] }]),
    );
    const startMs = writtenMs;
    for (let refresh = 0; refresh <= refreshes; refresh++) {
      const endMs = startMs + refresh * board.everySeconds * 1000;
      for (; writtenMs < endMs; writtenMs += stepMs) await feed.round();
      // Grafana aligns both ends to the step.
      const endSeconds = Math.floor(endMs / 1000 / board.stepSeconds) * board.stepSeconds;
      for (const [server, seen] of refreshed) {
        const { ms, cpuSeconds } = await open(server, board, endSeconds);
        if (refresh === 0) seen.first = ms;
        else {
          seen.later.push(ms);
          seen.cpu.push(cpuSeconds);
        }
        seen.again.push((await open(server, board, endSeconds)).ms);
      }
    }
    rows.push(...[...refreshed].map(([server, seen]) => rowOf(board, server, seen)));
  }
  return {
    title: 'A dashboard that refreshes',
    tables: [
      {
        head: [
          'board',
          'server',
          'first',
          'each refresh, median',
          'CPU of a refresh',
          'the same once more',
          'refresh by first',
        ],
        rows,
      },
    ],
    notes: [
      `${panels.length} panels over ${count(set.plan.instances * seriesPerInstance)} series, asked one after another; the time is that of all of them. Each refresh moves the end on by a step, and before it the samples up to there arrive; the median of ${refreshes}. Then the very same is asked once more, as a second viewer does. VictoriaMetrics keeps answers here, as it does by default.`,
      memoryNote(servers),
    ],
  };
}

interface Refreshes {
  first: number;
  readonly later: number[];
  readonly again: number[];
  readonly cpu: number[];
}

/** All panels, one after another. */
async function open(server: MetricsServer, board: Board, endSeconds: number) {
  const cpuBefore = totalCpuSeconds(server.pid);
  let ms = 0;
  for (const query of panels) {
    const asked: Asked = { query, window: board, endSeconds };
    ms += (await ask(server, asked, true)).ms;
  }
  return { ms, cpuSeconds: totalCpuSeconds(server.pid) - cpuBefore };
}

function rowOf(board: Board, server: MetricsServer, { first, later, again, cpu }: Refreshes): string[] {
  return [
    board.name,
    server.name,
    milliseconds(first),
    milliseconds(median(later)),
    milliseconds(median(cpu) * 1000),
    milliseconds(median(again)),
    digits(median(later) / first, 2),
  ];
}
