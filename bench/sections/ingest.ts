/** How fast each signal is taken in and acknowledged, at what CPU, whether all of it is there, and how large it is. */
import type { IngestAnswer } from '@farol/contract';
import { getJson } from '../http.ts';
import { type LoadPlan, type LoadReport, load } from '../load/index.ts';
import { memoryOf, totalCpuSeconds } from '../proc.ts';
import { type Product, type SignalStatus, settled, statusOf, withProduct } from '../product.ts';
import { atLeast, atMost, count, digits, type Finding, megabytes, milliseconds } from '../report.ts';
import { countSamples } from '../samples.ts';
import type { Scale } from '../scale.ts';
import type { Bench } from './index.ts';

const stepMs = 15_000;
/** Each has one request in flight, as an exporter does. */
const senders = 64;
const samplesBackMs = 20 * 3_600_000;

interface Run {
  readonly what: string;
  readonly wanted: number;
  readonly report: LoadReport;
  readonly cpuSeconds: number;
  readonly peakPssBytes: number;
  readonly stored: number;
  readonly settled: SignalStatus;
  readonly slowestQueryMs: number;
}

export async function ingest({ scale }: Bench): Promise<Finding> {
  const runs: Run[] = [];
  for (const signal of ['metrics', 'traces', 'logs'] as const) {
    runs.push(await withProduct((product) => measure(product, signal, scale)));
  }
  return {
    title: `Ingest, ${scale.ingestSeconds} s each, acknowledged durable`,
    goals: runs.flatMap((run) => [
      atLeast(`${run.what} acknowledged a second`, run.report.acknowledged / run.report.seconds, run.wanted, count),
      atMost(`${run.what} acknowledged and not stored`, run.report.acknowledged - run.stored, 0, count),
    ]),
    tables: [
      {
        head: [
          'signal',
          'acknowledged/s',
          'wanted/s',
          'CPU s per million',
          'lost',
          'bytes stored each',
          'ack P50',
          'ack P99',
          'memory (PSS)',
          'slowest query meanwhile',
        ],
        rows: runs.map(rowOf),
      },
    ],
    notes: [
      'Samples: remote write 1.0, snappy, 2,000 samples a request as Prometheus sends them, 40 shards, 10,000 series at 15 s. Spans and lines: OTLP/HTTP protobuf, uncompressed, 500 spans and 1,000 lines a request, 64 senders with one request in flight each.',
      'As fast as acknowledged; the loader shares the machine with the server. CPU is that of the server and the engine together. Lost: acknowledged less what the API counts afterwards. Bytes: of the active parts once merges have settled.',
      ...runs.flatMap(({ what, report }) =>
        report.firstRefusal
          ? [
              `${what}: ${count(report.refused)} refused, ${report.retries} requests sent again; first: ${report.firstRefusal}`,
            ]
          : [],
      ),
      `The loader itself used ${runs.map(({ what, report }) => `${digits(report.loaderCpuSeconds / report.seconds, 2)} cores (${what})`).join(', ')}.`,
    ],
  };
}

function rowOf(run: Run): string[] {
  const { report } = run;
  return [
    run.what,
    count(report.acknowledged / report.seconds),
    count(run.wanted),
    digits((run.cpuSeconds / report.acknowledged) * 1e6, 1),
    count(report.acknowledged - run.stored),
    digits(run.settled.bytesOnDisk / run.settled.rows, 1),
    milliseconds(report.ackMsP50),
    milliseconds(report.ackMsP99),
    megabytes(run.peakPssBytes),
    milliseconds(run.slowestQueryMs),
  ];
}

async function measure(product: Product, signal: SignalStatus['signal'], scale: Scale): Promise<Run> {
  const plan = planOf(product, signal, scale);
  const before = signal === 'traces' ? await othersSpans(product) : 0;
  const cpuBefore = totalCpuSeconds(product.pid);
  const watch = watchOver(product);
  const report = await load(plan);
  const watched = watch.stop();
  const cpuSeconds = totalCpuSeconds(product.pid) - cpuBefore;
  const stored = await storedItems(product, signal, before);
  return {
    ...watched,
    what: { metrics: 'samples', traces: 'spans', logs: 'log lines' }[signal],
    wanted: { metrics: 100_000, traces: 20_000, logs: 50_000 }[signal],
    report,
    cpuSeconds,
    stored,
    settled: await settled(product, signal),
  };
}

function planOf(product: Product, signal: SignalStatus['signal'], { ingestSeconds }: Scale): LoadPlan {
  const bounds = { secondsMax: ingestSeconds, itemsMax: Number.MAX_SAFE_INTEGER, leadMax: 6 };
  switch (signal) {
    case 'metrics': {
      const nowMs = Math.floor(Date.now() / stepMs) * stepMs;
      const plan = { instances: 40, shards: 40, firstMs: nowMs - samplesBackMs, lastMs: nowMs, stepMs };
      return { ...bounds, url: product.url, kind: 'samples', plan };
    }
    case 'traces':
      return { ...bounds, url: product.otlpUrl, kind: 'spans', plan: { lanes: senders, seed: 1 } };
    case 'logs': {
      const plan = { lanes: senders, seed: 1, needleEvery: 0, needle: '', spreadMs: 60_000 };
      return { ...bounds, url: product.otlpUrl, kind: 'logs', plan };
    }
  }
}

/** Samples are counted by PromQL, lines by their histogram, spans by the rows there are. */
async function storedItems(product: Product, signal: SignalStatus['signal'], before: number): Promise<number> {
  if (signal === 'metrics') return countSamples(`${product.url}/prometheus`, Date.now() / 1000 + 60, '24h');
  if (signal === 'traces') return othersSpans(product).then((spans) => spans - before);
  const range = `start=${Date.now() - 3_600_000}&end=${Date.now() + 60_000}`;
  const services = ['gateway', 'appointments', 'notifications', 'billing'].map((name) => `service=${name}`).join('&');
  return (await getJson<{ total: number }>(`${product.url}/api/logs/histogram?${range}&${services}`)).total;
}

/** Rows of spans, without those that Farol sends itself. */
async function othersSpans(product: Product): Promise<number> {
  const { senders: books } = await getJson<IngestAnswer>(`${product.url}/api/ingest`);
  const own = books.find(({ protocol, signal }) => protocol === 'self' && signal === 'traces')?.stored ?? 0;
  return (await statusOf(product, 'traces')).rows - own;
}

/** Asks a question every second while the load runs, as a person at a dashboard does, and notes the memory. */
function watchOver(product: Product): { stop(): { slowestQueryMs: number; peakPssBytes: number } } {
  let slowestQueryMs = 0;
  let peakPssBytes = 0;
  const timer = setInterval(async () => {
    peakPssBytes = Math.max(peakPssBytes, memoryOf(product.pid).pssBytes);
    const beganMs = performance.now();
    const url = `${product.url}/prometheus/api/v1/query?query=${encodeURIComponent('count(farol_ingest_stored_total) or vector(0)')}`;
    await getJson(url).catch((error: Error) => process.stderr.write(`  a query failed meanwhile: ${error.message}\n`));
    slowestQueryMs = Math.max(slowestQueryMs, performance.now() - beganMs);
  }, 1_000);
  return {
    stop() {
      clearInterval(timer);
      return { slowestQueryMs, peakPssBytes };
    },
  };
}
