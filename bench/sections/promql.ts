/** PromQL over 10,000 and over 100,000 series, beside Prometheus and VictoriaMetrics that hold the very same samples. */
import { type Asking, momentRepeats, type Timed, timed, type Window } from '../asking.ts';
import { getJson, median } from '../http.ts';
import { seriesPerInstance } from '../load/index.ts';
import { memoryNote } from '../memory.ts';
import type { MetricsSet } from '../metrics-set.ts';
import { resetPeaks } from '../proc.ts';
import { atMost, code, count, digits, type Finding, type Goal, milliseconds, ratio } from '../report.ts';
import { countSamples } from '../samples.ts';
import type { Bench } from './index.ts';

const hourSeconds = 3_600;

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

/** Of a day over many series: one of each shape, for the others take minutes at Prometheus. */
const wideDay: readonly string[] = [questions[1], questions[4], questions[6], questions[7], questions[8], questions[9]];

function windowsOf(hours: number): { instant: Window; hour: Window; day: Window } {
  return {
    instant: { name: 'instant', seconds: 0, stepSeconds: 0 },
    hour: { name: 'last hour, step 15 s', seconds: hourSeconds, stepSeconds: 15 },
    day: { name: `last ${hours} h, step 5 min`, seconds: hours * hourSeconds - 600, stepSeconds: 300 },
  };
}

const asked = { instant: 0.3, hour: 0.3, day: 0.7 };

export async function promql({ scale, sets }: Bench): Promise<Finding> {
  const set = await sets.get('series10k');
  const { hours } = set.plan;
  const windows = windowsOf(hours);
  const farol = await set.farol();
  const held = await countSamples(farol.api, set.times.lastMs / 1000, `${hours + 1}h`);
  const asking: Asking = { servers: [farol, ...set.rivals()], times: set.times, repeats: scale.repeats };
  for (const { pid } of asking.servers) resetPeaks(pid);
  const rows: Timed[] = [];
  for (const window of Object.values(windows)) {
    for (const query of questions) rows.push(await timed(query, window, asking));
  }
  const memory = memoryNote(asking.servers);
  const { farol: warm, stopMs } = await set.restart();
  const answered = await getJson<{ status: string }>(
    `${warm.api}/api/v1/query?query=up&time=${set.times.lastMs / 1000}`,
  );
  const alone = Object.values(windows).map((window) => ({ ...window, name: `${window.name}, tables alone` }));
  const tables: Asking = {
    ...asking,
    servers: [await set.farol({ tablesAlone: true }), ...(set.prometheus ? [set.prometheus] : [])],
  };
  for (const window of alone) {
    for (const query of questions) rows.push(await timed(query, window, tables));
  }
  const allHeld = held === set.fed.Farol?.acknowledged;
  return {
    title: titleOf(set),
    goals: [
      ...goalsOf(rows, windows, seriesOf(set)),
      {
        what: 'samples acknowledged and then counted by PromQL',
        asked: 'all',
        measured: allHeld ? `all of ${count(held)}` : `${count(held)} of ${count(set.fed.Farol?.acknowledged ?? 0)}`,
        met: allHeld,
      },
      atMost('bytes stored for a sample', set.size.bytesOnDisk / set.size.rows, 1.5, (value) => digits(value, 2)),
    ],
    tables: tablesOf([...Object.values(windows), ...alone], rows),
    notes: [
      ...notesOf(rows, set, scale.repeats),
      memory,
      `Tables alone: Farol restarted without recent samples in memory, which is how it answers for what is older than they are.`,
      `Warm start on these data: ready in ${milliseconds(warm.startMs)} (and then ${answered.status}); the stop before took ${milliseconds(stopMs)}.`,
    ],
  };
}

export async function promqlWide({ scale, sets }: Bench): Promise<Finding> {
  const set = await sets.get('series100k');
  const windows = windowsOf(set.plan.hours);
  const asking: Asking = {
    servers: [await set.farol(), ...set.rivals()],
    times: set.times,
    repeats: Math.min(scale.repeats, 3),
  };
  for (const { pid } of asking.servers) resetPeaks(pid);
  const rows: Timed[] = [];
  for (const window of Object.values(windows)) {
    for (const query of window === windows.day ? wideDay : questions) rows.push(await timed(query, window, asking));
  }
  return {
    title: titleOf(set),
    goals: goalsOf(rows, windows, seriesOf(set)),
    tables: tablesOf(Object.values(windows), rows),
    notes: [...notesOf(rows, set, asking.repeats), memoryNote(asking.servers)],
  };
}

const seriesOf = ({ plan }: MetricsSet) => plan.instances * seriesPerInstance;

function titleOf(set: MetricsSet): string {
  const { hours, stepMs } = set.plan;
  return `PromQL over ${count(seriesOf(set))} series, ${hours} h of samples every ${stepMs / 1000} s`;
}

function goalsOf(rows: readonly Timed[], windows: ReturnType<typeof windowsOf>, series: number): Goal[] {
  const goals: Goal[] = [];
  for (const [kind, max] of Object.entries(asked) as [keyof typeof asked, number][]) {
    const { name } = windows[kind];
    const ratios = ratiosOf(rows, name, 'Prometheus');
    if (ratios.length === 0) continue;
    const toVictoria = ratiosOf(rows, name, 'VictoriaMetrics');
    const goal = atMost(`PromQL, ${count(series)} series, ${name}: ratio to Prometheus`, median(ratios), max, ratio);
    const beside = toVictoria.length ? ` (to VictoriaMetrics ${ratio(median(toVictoria))})` : '';
    goals.push({ ...goal, measured: `${goal.measured}${beside}` });
  }
  const compared = rows.flatMap(({ agreement }) => agreement ?? []);
  const differing = compared.filter(({ difference }) => difference).length;
  if (compared.length > 0) {
    const what = `PromQL, ${count(series)} series: answers equal to Prometheus'`;
    goals.push({
      what,
      asked: 'all',
      measured: `${compared.length - differing} of ${compared.length}`,
      met: differing === 0,
    });
  }
  return goals;
}

function ratiosOf(rows: readonly Timed[], window: string, rival: string): number[] {
  return rows
    .filter((row) => row.window === window && row.ms[rival])
    .map(({ ms }) => (ms.Farol ?? Number.POSITIVE_INFINITY) / (ms[rival] ?? 1));
}

function tablesOf(windows: readonly Window[], rows: readonly Timed[]) {
  const cell = (value: number | undefined, shown: (value: number) => string) =>
    value === undefined ? '–' : shown(value);
  const medianOf = (values: readonly number[]) => (values.length ? median(values) : undefined);
  return [
    {
      head: [
        'window',
        'Farol, median query',
        'Prometheus',
        'VictoriaMetrics',
        'ratio to Prometheus: median',
        'worst',
        'to VictoriaMetrics: median',
        'worst',
      ],
      rows: windows.map(({ name }) => [
        name,
        ...['Farol', 'Prometheus', 'VictoriaMetrics'].map((server) =>
          cell(medianOf(rows.filter((row) => row.window === name).flatMap(({ ms }) => ms[server] ?? [])), milliseconds),
        ),
        ...['Prometheus', 'VictoriaMetrics'].flatMap((rival) => {
          const ratios = ratiosOf(rows, name, rival);
          return [cell(medianOf(ratios), ratio), cell(ratios.length ? Math.max(...ratios) : undefined, ratio)];
        }),
      ]),
    },
    {
      lid: `Question by question (${rows.length})`,
      head: ['window', 'question', 'Farol', 'Prometheus', 'ratio', 'VictoriaMetrics', 'ratio'],
      rows: rows.map(({ window, query, ms }) => [
        window,
        code(query),
        cell(ms.Farol, milliseconds),
        ...['Prometheus', 'VictoriaMetrics'].flatMap((rival) => [
          cell(ms[rival], milliseconds),
          cell(ms.Farol && ms[rival] && ms.Farol / ms[rival], ratio),
        ]),
      ]),
    },
  ];
}

function notesOf(rows: readonly Timed[], set: MetricsSet, repeats: number): string[] {
  const rates = Object.entries(set.fed).map(
    ([name, { acknowledged, seconds }]) => `${name} ${count(acknowledged / seconds)}/s`,
  );
  return [
    `Median of ${repeats} runs (of a moment ${momentRepeats * repeats}) after one to warm up, each with an end of its own so that no kept answer helps (\`nocache=1\` for VictoriaMetrics), over HTTP and with the whole answer read. ${agreementNote(rows)}`,
    ...refusalsNote(rows),
    `Fed with ${count(set.fed.Farol?.acknowledged ?? 0)} samples, all servers at once: ${rates.join(', ')}. Farol: ${digits(set.size.bytesOnDisk / set.size.rows, 2)} bytes a sample.`,
  ];
}

function refusalsNote(rows: readonly Timed[]): string[] {
  const refusals = rows.flatMap(({ query, window, refusals }) =>
    refusals.map((words) => `${code(query)} (${window}): ${words}`),
  );
  return refusals.length ? [`Refused, ${refusals.length} in all: ${refusals.slice(0, 5).join('; ')}`] : [];
}

function agreementNote(rows: readonly Timed[]): string {
  const undecided = rows.filter(({ agreement }) => agreement?.undecided);
  const differing = rows.filter(({ agreement }) => agreement?.difference);
  const ties = undecided.length
    ? ` ${undecided.length} differ only where series tie or a quantile's rank falls on a bucket's edge: ${namesOf(undecided)}.`
    : '';
  const named = differing
    .slice(0, 5)
    .map(({ query, window, agreement }) => `${code(query)} (${window}): ${agreement?.difference}`);
  const differences = differing.length ? ` ${differing.length} differ, the first: ${named.join('; ')}.` : '';
  return `Every answer was compared with Prometheus'.${ties}${differences} VictoriaMetrics extrapolates otherwise, so its answers are not compared.`;
}

const namesOf = (rows: readonly Timed[]) => [...new Set(rows.map(({ query }) => code(query)))].join(', ');
