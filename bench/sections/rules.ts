/** Alert rules on a 15 s clock while their series arrive, beside Prometheus with the same rule file and samples. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getJson } from '../http.ts';
import { alertRules, LiveFeed, load, roundsPerRequest } from '../load/index.ts';
import { memoryOf, resetPeaks, totalCpuSeconds } from '../proc.ts';
import { startProduct } from '../product.ts';
import { startPrometheus } from '../prometheus.ts';
import { atMost, cores, count, digits, type Finding, megabytes } from '../report.ts';
import type { Scale } from '../scale.ts';
import { type MetricsServer, newDataDir, removeDataDir } from '../server.ts';
import type { Bench } from './index.ts';

const instances = 40;
const stepMs = 15_000;
/** Less than an hour: that is how late Prometheus takes samples once its rules have written some of now. */
const historyMs = 50 * 60_000;
/** A group that was not evaluated for longer than this has missed a turn. */
const lateMs = 2 * stepMs;
const writePath = '/api/v1/write';

interface Rule {
  readonly name: string;
  readonly state: string;
  readonly health: string;
}

interface RulesAnswer {
  readonly data: {
    readonly groups: readonly {
      readonly evaluationTime: number;
      readonly lastEvaluation: string;
      readonly rules: readonly Rule[];
    }[];
  };
}

interface Watched {
  readonly server: string;
  readonly rules: number;
  readonly cores: number;
  /** Of all groups once. */
  readonly evaluationSeconds: number;
  readonly late: number;
  readonly unhealthy: number;
  readonly pssBytes: number;
  readonly rssPeakBytes: number;
  readonly states: ReadonlyMap<string, string>;
}

export async function rules({ scale }: Bench): Promise<Finding> {
  const watched: Watched[] = [];
  for (const rules of [0, ...scale.rules]) watched.push(...(await watch(rules, scale)));
  const farol = (rules: number) => watched.find((one) => one.server === 'Farol' && one.rules === rules);
  const thousand = farol(1_000);
  return {
    title: `Alert rules on a ${stepMs / 1000} s clock, over 10,000 series`,
    goals: thousand
      ? [
          atMost('1,000 alert rules on a 15 s clock: CPU of all processes', thousand.cores, 0.5, cores),
          atMost('1,000 alert rules: groups late or rules failing', thousand.late + thousand.unhealthy, 0, count),
        ]
      : [],
    tables: [
      {
        head: [
          'rules',
          'server',
          'CPU, all processes',
          'of which the rules',
          'all groups once',
          'groups late',
          'rules failing',
          'firing',
          'memory (PSS)',
          'peak RSS',
        ],
        rows: watched.map((one) => [
          count(one.rules),
          one.server,
          cores(one.cores),
          one.rules === 0
            ? '–'
            : cores(
                one.cores - (watched.find(({ server, rules }) => server === one.server && rules === 0)?.cores ?? 0),
              ),
          one.rules === 0 ? '–' : `${digits(one.evaluationSeconds, 2)} s`,
          count(one.late),
          count(one.unhealthy),
          count([...one.states.values()].filter((state) => state === 'firing').length),
          megabytes(one.pssBytes),
          megabytes(one.rssPeakBytes),
        ]),
      },
    ],
    notes: [
      `Over ${scale.rulesSeconds} s, after ${scale.rulesWarmUpSeconds} s to warm up, while one sample of each series arrives every ${stepMs / 1000} s by remote write and after ${historyMs / 60_000} minutes of them; both servers at the same time. Twelve shapes of rule: shares of errors, quantiles of histograms, predict_linear over 45 minutes, absent, comparisons with half an hour ago, and so on, in groups of 50.`,
      `All groups once: the sum of the groups' own evaluation times. Late: not evaluated for ${lateMs / 1000} s. ${scale.rules.map((rules) => agreementNote(rules, watched)).join(' ')}`,
    ],
  };
}

/** The groups' offsets differ between servers, so a rule near its threshold may be seen a moment apart. */
function agreementNote(rules: number, watched: readonly Watched[]): string {
  const [farol, prometheus] = ['Farol', 'Prometheus'].map((name) =>
    watched.find((one) => one.server === name && one.rules === rules),
  );
  if (!farol || !prometheus) return '';
  const alike = [...prometheus.states].filter(([name, state]) => farol.states.get(name) === state).length;
  return `Of ${count(rules)} rules ${count(alike)} are in the state that Prometheus gives them.`;
}

async function watch(rules: number, { rulesSeconds, rulesWarmUpSeconds }: Scale): Promise<Watched[]> {
  const dir = await newDataDir();
  const file = join(dir, 'bench-rules.yml');
  if (rules > 0) await writeFile(file, alertRules(rules, { intervalSeconds: stepMs / 1000 }));
  const farol = await startProduct(join(dir, 'data'), rules > 0 ? ['--rules', file] : []);
  const prometheus = await startPrometheus(rules > 0 ? { rules: file } : {});
  const servers: MetricsServer[] = [farol, ...(prometheus ? [prometheus] : [])];
  try {
    const feeding = await feed(servers);
    await pause(rulesWarmUpSeconds * 1000);
    for (const { pid } of servers) resetPeaks(pid);
    const before = servers.map(({ pid }) => totalCpuSeconds(pid));
    const beganMs = performance.now();
    await pause(rulesSeconds * 1000);
    const wallSeconds = (performance.now() - beganMs) / 1000;
    const used = servers.map(({ pid }, index) => totalCpuSeconds(pid) - (before[index] ?? 0));
    const seen = await Promise.all(servers.map((server) => statesOf(server, rules)));
    await feeding.stop();
    return servers.map((server, index) => ({
      server: server.name,
      rules,
      cores: (used[index] ?? 0) / wallSeconds,
      ...(seen[index] ?? nothing),
      ...memoryOf(server.pid),
    }));
  } finally {
    await farol.stop();
    await prometheus?.stop();
    await removeDataDir(dir);
  }
}

const nothing = { evaluationSeconds: 0, late: 0, unhealthy: 0, states: new Map<string, string>() };

async function statesOf(server: MetricsServer, rules: number): Promise<typeof nothing> {
  if (rules === 0) return nothing;
  const { data } = await getJson<RulesAnswer>(`${server.api}/api/v1/rules`);
  const all = data.groups.flatMap((group) => group.rules);
  if (all.length !== rules) throw new Error(`${server.name} has ${all.length} of ${rules} rules`);
  return {
    evaluationSeconds: data.groups.reduce((sum, { evaluationTime }) => sum + evaluationTime, 0),
    late: data.groups.filter(({ lastEvaluation }) => Date.now() - Date.parse(lastEvaluation) > lateMs).length,
    unhealthy: all.filter(({ health }) => health !== 'ok').length,
    states: new Map(all.map(({ name, state }) => [name, state])),
  };
}

/** An hour of samples at once, then one round on every step until stopped. */
async function feed(servers: readonly MetricsServer[]): Promise<{ stop(): Promise<void> }> {
  const shards = instances;
  const roundsMs = roundsPerRequest({ instances, shards }) * stepMs;
  // Whole requests, the last of which ends now.
  const firstMs = Math.floor(Date.now() / stepMs) * stepMs - Math.ceil(historyMs / roundsMs) * roundsMs;
  const plan = { instances, shards, firstMs, lastMs: Date.now() - roundsMs, stepMs };
  const limits = { kind: 'samples', secondsMax: 600, itemsMax: Number.MAX_SAFE_INTEGER, leadMax: 6 } as const;
  const fed = await Promise.all(servers.map(({ api }) => load({ ...limits, url: api, path: writePath, plan })));
  const refused = fed.find((report) => report.refused > 0);
  if (refused) throw new Error(`the samples were refused: ${refused.firstRefusal}`);
  let nextMs = Math.ceil(Date.now() / stepMs) * stepMs;
  const live = new LiveFeed(
    servers.map(({ api }) => `${api}${writePath}`),
    { instances, firstMs: nextMs, stepMs },
  );
  const stopping = new AbortController();
  const running = (async () => {
    for (; !stopping.signal.aborted; nextMs += stepMs) {
      await pause(nextMs - Date.now(), stopping.signal);
      if (!stopping.signal.aborted) await live.round();
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, Math.max(0, ms));
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
