/** What a sample costs by remote write, in CPU, beside Prometheus and VictoriaMetrics that take the same requests. */
import { load, seriesPerInstance } from '../load/index.ts';
import { memoryOf, resetPeaks, totalCpuSeconds } from '../proc.ts';
import { startProduct } from '../product.ts';
import { startPrometheus } from '../prometheus.ts';
import { atMost, count, digits, type Finding, megabytes, milliseconds, ratio } from '../report.ts';
import type { Scale } from '../scale.ts';
import { type MetricsServer, newDataDir, type Rival, removeDataDir } from '../server.ts';
import { startVictoria } from '../victoria.ts';
import type { Bench } from './index.ts';

const instances = 40;
const shards = 40;
const stepMs = 15_000;

interface Run {
  readonly server: string;
  readonly version: 1 | 2;
  readonly perSecond: number;
  /** Per million samples, until acknowledged. */
  readonly cpuSeconds: number;
  /** Per million samples, until a while after. */
  readonly cpuSecondsWithRest: number;
  readonly ackMsP50: number;
  readonly ackMsP99: number;
  readonly pssBytes: number;
  readonly rssPeakBytes: number;
}

export async function remoteWrite({ scale }: Bench): Promise<Finding> {
  const runs: Run[] = [];
  runs.push(await withFarol((farol) => measure(farol, 1, scale)));
  for (const start of [startPrometheus, startVictoria]) {
    const rival = await start();
    if (rival) runs.push(await withRival(rival, (server) => measure(server, 1, scale)));
  }
  runs.push(await withFarol((farol) => measure(farol, 2, scale)));
  const prometheus = runs.find(({ server }) => server === 'Prometheus');
  const toPrometheus = (run: Run) => (prometheus ? run.cpuSecondsWithRest / prometheus.cpuSecondsWithRest : Number.NaN);
  return {
    title: 'Remote write, CPU per sample',
    goals: prometheus
      ? runs
          .filter(({ server }) => server === 'Farol')
          .map((run) =>
            atMost(
              `remote write ${run.version}.0: CPU per sample, ratio to Prometheus' (1.0)`,
              toPrometheus(run),
              1.5,
              ratio,
            ),
          )
      : [],
    tables: [
      {
        head: [
          'server',
          'remote write',
          'samples/s',
          'CPU s per million',
          `and ${scale.writtenRestMs / 1000} s after`,
          'ratio to Prometheus',
          'ack P50',
          'ack P99',
          'memory (PSS)',
          'peak RSS',
        ],
        rows: runs.map((run) => [
          run.server,
          `${run.version}.0`,
          count(run.perSecond),
          digits(run.cpuSeconds, 2),
          digits(run.cpuSecondsWithRest, 2),
          prometheus ? ratio(toPrometheus(run)) : '–',
          milliseconds(run.ackMsP50),
          milliseconds(run.ackMsP99),
          megabytes(run.pssBytes),
          megabytes(run.rssPeakBytes),
        ]),
      },
    ],
    notes: [
      `${count(scale.writtenSamples)} samples of ${count(instances * seriesPerInstance)} series at ${stepMs / 1000} s, 2,000 a request, ${shards} requests in flight, to one server after another, each on a fresh folder, as fast as it acknowledges. CPU is user and system time of all its processes; the ratio counts the ${scale.writtenRestMs / 1000} s after too, for merges. Farol acknowledges what is fsynced; Prometheus and VictoriaMetrics acknowledge earlier. Remote write 2.0 has each request's texts once and metadata with every series; Debian's Prometheus and VictoriaMetrics do not take it.`,
    ],
  };
}

async function withFarol<T>(work: (server: MetricsServer) => Promise<T>): Promise<T> {
  const dir = await newDataDir();
  const farol = await startProduct(dir);
  return withRival({ ...farol, stop: () => farol.stop().then(() => removeDataDir(dir)) }, work);
}

async function withRival<T>(rival: Rival, work: (server: MetricsServer) => Promise<T>): Promise<T> {
  try {
    return await work(rival);
  } finally {
    await rival.stop();
  }
}

async function measure(server: MetricsServer, version: 1 | 2, scale: Scale): Promise<Run> {
  const rounds = Math.ceil(scale.writtenSamples / (instances * seriesPerInstance));
  const lastMs = Math.floor(Date.now() / stepMs) * stepMs;
  resetPeaks(server.pid);
  const before = totalCpuSeconds(server.pid);
  const report = await load({
    url: server.api,
    path: '/api/v1/write',
    kind: 'samples',
    secondsMax: 1_800,
    itemsMax: Number.MAX_SAFE_INTEGER,
    leadMax: 6,
    plan: { instances, shards, firstMs: lastMs - rounds * stepMs, lastMs, stepMs, version },
  });
  if (report.refused > 0) throw new Error(`${server.name} refused ${report.refused} samples: ${report.firstRefusal}`);
  const until = totalCpuSeconds(server.pid);
  await new Promise((resolve) => setTimeout(resolve, scale.writtenRestMs));
  const perMillion = (seconds: number) => (seconds / report.acknowledged) * 1e6;
  return {
    server: server.name,
    version,
    perSecond: report.acknowledged / report.seconds,
    cpuSeconds: perMillion(until - before),
    cpuSecondsWithRest: perMillion(totalCpuSeconds(server.pid) - before),
    ackMsP50: report.ackMsP50,
    ackMsP99: report.ackMsP99,
    ...memoryOf(server.pid),
  };
}
