/** PromQL over 10,000 series, beside Debian's Prometheus that was given the very same samples. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getJson, median, postForm } from '../http.ts';
import { type LoadReport, load, roundsPerRequest } from '../load/index.ts';
import { useOf } from '../proc.ts';
import { newDataDir, removeDataDir, settled, startProduct } from '../product.ts';
import { type Prometheus, prometheusVersion, startPrometheus } from '../prometheus.ts';
import { count, digits, type Finding, megabytes, milliseconds } from '../report.ts';
import { countSamples } from '../samples.ts';
import type { Scale } from '../scale.ts';
import { differenceOf } from './agreement.ts';

const instances = 40;
const shards = 50;
const hourSeconds = 3_600;
/** Prometheus 2 takes the sample at a window's left edge, Prometheus 3 and Farol do not: no sample stands on an edge. */
const offGridSeconds = 7;

const questions = [
  'sum(rate(http_requests_total[5m]))',
  'sum by (route) (rate(http_requests_total[5m]))',
  'topk(5, sum by (instance) (rate(http_requests_total{status!="200"}[5m])))',
  'sum by (route) (rate(http_requests_total{status="500"}[5m])) / sum by (route) (rate(http_requests_total[5m]))',
  'histogram_quantile(0.95, sum by (le, route) (rate(http_request_duration_seconds_bucket[5m])))',
  'histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket{instance=~"10.0.[01].*"}[5m])))',
  'sum(rate(http_request_duration_seconds_sum[5m])) / sum(rate(http_request_duration_seconds_count[5m]))',
  'avg by (zone) (process_resident_memory_bytes)',
  'max by (queue) (max_over_time(queue_depth[10m]))',
  'queue_depth{instance="10.0.2.3:9090"}',
  'count(up == 1)',
  'quantile by (zone) (0.9, queue_depth)',
] as const;

type Window = { readonly name: string; readonly seconds: number; readonly stepSeconds: number };

export async function promql(scale: Scale): Promise<Finding> {
  const windows: Window[] = [
    { name: 'instant', seconds: 0, stepSeconds: 0 },
    { name: 'last hour, step 15 s', seconds: hourSeconds, stepSeconds: 15 },
    {
      name: `last ${scale.promqlHours} h, step 5 min`,
      seconds: scale.promqlHours * hourSeconds - 600,
      stepSeconds: 300,
    },
  ];
  const data = timesOf(scale);
  const dir = await newDataDir();
  const prometheus = prometheusVersion() === undefined ? undefined : await startPrometheus();
  const farol = await startProduct(dir);
  try {
    const base = `${farol.url}/prometheus`;
    const fedFarol = await feed(farol.url, '/prometheus/api/v1/write', data);
    const fedPrometheus = prometheus && (await feed(prometheus.url, '/api/v1/write', data));
    const size = await settled(farol, 'metrics');
    const held = await countSamples(base, data.lastMs / 1000, `${scale.promqlHours + 1}h`);
    const rows: Row[] = [];
    for (const window of windows) {
      for (const question of questions) rows.push(await compare({ base, prometheus, question, window, data, scale }));
    }
    const memory = useOf(farol.pid).reduce((sum, { pssBytes }) => sum + pssBytes, 0);
    const stopped = performance.now();
    await farol.stop();
    const stopMs = performance.now() - stopped;
    const warm = await startProduct(dir);
    const answered = await getJson<{ status: string }>(
      `${warm.url}/prometheus/api/v1/query?query=up&time=${data.lastMs / 1000}`,
    );
    await warm.stop();
    rows.push(...(await fromTablesAlone(dir, { prometheus, windows, data, scale })));
    return {
      title: `PromQL over ${count(instances * 250)} series, ${scale.promqlHours} h of samples every ${scale.promqlStepMs / 1000} s`,
      tables: [summaryOf([...windows, ...windows.map(tablesAlone)], rows), detailOf(rows)],
      notes: [
        `Median of ${scale.repeats} runs after one to warm up, the end moved by a step each time, over HTTP and with the whole answer read. Ratio: Farol's median by Prometheus'; below 1 Farol is faster. Every answer was compared: ${agreement(rows)}`,
        `Fed with ${count(fedFarol.acknowledged)} samples at ${count(fedFarol.acknowledged / fedFarol.seconds)}/s${fedPrometheus ? ` (Prometheus: ${count(fedPrometheus.acknowledged / fedPrometheus.seconds)}/s)` : ''}; PromQL counts ${count(held)} of them. ${digits(size.bytesOnDisk / size.rows, 2)} bytes a sample.`,
        `Memory after the questions: Farol ${megabytes(memory)}${prometheus ? `, Prometheus ${megabytes(useOf(prometheus.pid)[0]?.pssBytes ?? 0)}` : ''} (PSS).`,
        `Warm start on these data: ready in ${milliseconds(warm.startMs)} (and then ${answered.status}); the stop before took ${milliseconds(stopMs)}.`,
      ],
    };
  } finally {
    await farol.stop();
    await prometheus?.stop();
    await removeDataDir(dir);
  }
}

/** What a window is called when memory is not asked. */
const tablesAlone = (window: Window): Window => ({ ...window, name: `${window.name}, tables alone` });

type FromTables = Pick<Comparing, 'prometheus' | 'data' | 'scale'> & { readonly windows: readonly Window[] };

/** The same questions without recent samples in memory: so is what is older than they are answered. */
async function fromTablesAlone(dir: string, { windows, ...about }: FromTables): Promise<Row[]> {
  const config = join(dir, 'tables-alone.yaml');
  await writeFile(config, 'limits: { store: { recentMs: 1 } }\n');
  process.env.FAROL_CONFIG = config;
  const farol = await startProduct(dir);
  try {
    const base = `${farol.url}/prometheus`;
    const rows: Row[] = [];
    for (const window of windows.map(tablesAlone)) {
      for (const question of questions) rows.push(await compare({ base, question, window, ...about }));
    }
    return rows;
  } finally {
    delete process.env.FAROL_CONFIG;
    await farol.stop();
  }
}

interface Data {
  readonly firstMs: number;
  readonly lastMs: number;
  readonly stepMs: number;
}

/** Whole requests, so that both hold the same; the last sample is of about now. */
function timesOf({ promqlHours, promqlStepMs }: Scale): Data {
  const perRequest = roundsPerRequest({ instances, shards });
  const rounds = Math.ceil((promqlHours * hourSeconds * 1000) / promqlStepMs / perRequest) * perRequest;
  const lastMs = Math.floor(Date.now() / promqlStepMs) * promqlStepMs;
  return { firstMs: lastMs - (rounds - 1) * promqlStepMs, lastMs, stepMs: promqlStepMs };
}

async function feed(url: string, path: string, data: Data): Promise<LoadReport> {
  const report = await load({
    url,
    path,
    kind: 'samples',
    secondsMax: 3_600,
    itemsMax: Number.MAX_SAFE_INTEGER,
    leadMax: 6,
    plan: { instances, shards, ...data },
  });
  if (report.refused > 0) throw new Error(`${url}${path} refused ${report.refused} samples: ${report.firstRefusal}`);
  return report;
}

interface Row {
  readonly question: string;
  readonly window: string;
  readonly farolMs: number;
  readonly prometheusMs?: number;
  /** What the two answers differ in; undefined when in nothing. */
  readonly difference?: string;
}

interface Comparing {
  readonly base: string;
  readonly prometheus?: Prometheus;
  readonly question: string;
  readonly window: Window;
  readonly data: Data;
  readonly scale: Scale;
}

async function compare({ base, prometheus, question, window, data, scale }: Comparing): Promise<Row> {
  const farolMs: number[] = [];
  const prometheusMs: number[] = [];
  let difference: string | undefined;
  for (let run = 0; run <= scale.repeats; run++) {
    const endSeconds = data.lastMs / 1000 - offGridSeconds - run * (window.stepSeconds || 15);
    const ours = await ask(base, question, window, endSeconds);
    const theirs = prometheus && (await ask(prometheus.url, question, window, endSeconds));
    if (theirs && run === 0) difference = differenceOf(ours.body, theirs.body);
    if (run === 0) continue;
    farolMs.push(ours.ms);
    if (theirs) prometheusMs.push(theirs.ms);
  }
  return {
    question,
    window: window.name,
    farolMs: median(farolMs),
    ...(prometheus && { prometheusMs: median(prometheusMs) }),
    ...(difference && { difference }),
  };
}

async function ask(base: string, query: string, window: Window, endSeconds: number) {
  const answer =
    window.seconds === 0
      ? await postForm(`${base}/api/v1/query`, { query, time: String(endSeconds) })
      : await postForm(`${base}/api/v1/query_range`, {
          query,
          start: String(endSeconds - window.seconds),
          end: String(endSeconds),
          step: String(window.stepSeconds),
        });
  if (answer.status !== 200) throw new Error(`${base} answered ${answer.status} to ${query}: ${answer.body}`);
  return answer;
}

function summaryOf(windows: readonly Window[], rows: readonly Row[]) {
  return {
    head: ['window', 'Farol, median query', 'Prometheus, median query', 'median ratio', 'worst ratio'],
    rows: windows.map(({ name }) => {
      const mine = rows.filter((row) => row.window === name);
      const ratios = mine.flatMap((row) => (row.prometheusMs ? [row.farolMs / row.prometheusMs] : []));
      const theirs = mine.flatMap((row) => row.prometheusMs ?? []);
      return [
        name,
        milliseconds(median(mine.map((row) => row.farolMs))),
        theirs.length ? milliseconds(median(theirs)) : '–',
        ratios.length ? digits(median(ratios), 2) : '–',
        ratios.length ? digits(Math.max(...ratios), 2) : '–',
      ];
    }),
  };
}

function detailOf(rows: readonly Row[]) {
  return {
    head: ['window', 'question', 'Farol', 'Prometheus', 'ratio'],
    rows: rows.map(({ window, question, farolMs, prometheusMs }) => [
      window,
      `\`${question.replaceAll('|', '\\|')}\``,
      milliseconds(farolMs),
      prometheusMs ? milliseconds(prometheusMs) : '–',
      prometheusMs ? digits(farolMs / prometheusMs, 2) : '–',
    ]),
  };
}

function agreement(rows: readonly Row[]): string {
  const different = rows.filter((row) => row.difference);
  if (different.length === 0) return 'all alike.';
  const named = different.slice(0, 5).map((row) => `\`${row.question}\` (${row.window}): ${row.difference}`);
  return `${different.length} of ${rows.length} differ, the first: ${named.join('; ')}.`;
}
