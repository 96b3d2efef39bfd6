/** How the cost of a question grows with the samples it touches: by its range, and by its series. */
import { ask, endOf, type Window } from '../asking.ts';
import { median } from '../http.ts';
import type { MetricsSet } from '../metrics-set.ts';
import { type PlotLine, plotted } from '../plot.ts';
import { totalCpuSeconds } from '../proc.ts';
import { atMost, code, count, digits, type Finding, milliseconds } from '../report.ts';
import type { MetricsServer } from '../server.ts';
import type { Bench } from './index.ts';

const metric = 'http_request_duration_seconds_bucket';
const bucketsPerInstance = 140;
const stepSeconds = 60;
const sizes = [1, 4, 16] as const;
/** By how much the cost of sixteen times as much may be more than sixteenfold before we call it more than linear. */
const slack = 1.25;
/** The kernel counts CPU in hundredths of a second: so much is measured to within a few percent. */
const cpuSecondsMin = 0.5;
const runsMin = 3;
const runsMax = 60;

interface Question {
  readonly query: string;
  readonly window: Window;
  /** That stand in the windows it asks for. */
  readonly samples: number;
}

interface Growth {
  readonly name: string;
  readonly questions: readonly Question[];
}

interface Cost {
  readonly samples: number;
  readonly cpuMs: number;
  readonly wallMs: number;
}

/** The range is that of the windows together; the steps grow with it. */
function growthsOf({ plan, times }: MetricsSet): Growth[] {
  const dayHours = plan.hours;
  const perHour = 3_600_000 / times.stepMs;
  const question = (selector: string, instances: number, hours: number): Question => ({
    query: `sum(rate(${metric}${selector}[5m]))`,
    window: { name: `${hours} h`, seconds: hours * 3_600 - 300, stepSeconds },
    samples: instances * bucketsPerInstance * hours * perHour,
  });
  const some: Readonly<Record<number, string>> = {
    1: '{instance=~"10[.]0[.]0[.][01]:9090"}',
    4: '{instance=~"10[.]0[.]0[.].*"}',
    16: '{instance=~"10[.]0[.][0-3][.].*"}',
  };
  return [
    {
      name: `range grows, all ${count(plan.instances * bucketsPerInstance)} series`,
      questions: sizes.map((size) => question('', plan.instances, (dayHours * size) / 16)),
    },
    {
      name: `series grow, ${dayHours} h`,
      questions: sizes.map((size) => question(some[size] ?? '', 2 * size, dayHours)),
    },
  ];
}

export async function cost({ sets }: Bench): Promise<Finding> {
  const set = await sets.get('series10k');
  const measured: { readonly name: string; readonly costs: readonly Cost[] }[] = [];
  for (const tablesAlone of [false, true]) {
    const farol = await set.farol({ tablesAlone });
    for (const { name, questions } of growthsOf(set)) {
      const costs: Cost[] = [];
      for (const question of questions) costs.push(await costOf(farol, question, set));
      measured.push({ name: `${tablesAlone ? 'tables' : 'memory'}: ${name}`, costs });
    }
  }
  return {
    title: 'What a question costs as it touches more samples',
    goals: measured.map(({ name, costs }) =>
      atMost(
        `CPU of 16 times the samples, ${name}`,
        times(costs, 'cpuMs'),
        16 * slack,
        (value) => `${digits(value, 1)}×`,
      ),
    ),
    pictures: [
      pictureOf('cost-cpu', 'CPU of one question', measured, 'cpuMs'),
      pictureOf('cost-time', 'Time of one question', measured, 'wallMs'),
    ],
    tables: [
      {
        head: ['from', 'samples', 'CPU', 'time', 'ns of CPU a sample'],
        rows: measured.flatMap(({ name, costs }) =>
          costs.map(({ samples, cpuMs, wallMs }) => [
            name,
            count(samples),
            milliseconds(cpuMs),
            milliseconds(wallMs),
            digits((cpuMs * 1e6) / samples, 1),
          ]),
        ),
      },
    ],
    notes: [
      `${code(`sum(rate(${metric}[5m]))`)} at steps of ${stepSeconds} s, with an end of its own each time. CPU is that of all of Farol's processes, the median of the time. Linear is at most ${digits(slack, 2)} × 16; less is what every question costs, however small.`,
    ],
  };
}

function times(costs: readonly Cost[], of: 'cpuMs' | 'wallMs'): number {
  return (costs.at(-1)?.[of] ?? 0) / (costs[0]?.[of] ?? 1);
}

async function costOf(
  farol: MetricsServer,
  { query, window, samples }: Question,
  { times }: MetricsSet,
): Promise<Cost> {
  const wallMs: number[] = [];
  let cpuBefore = 0;
  const cpu = () => totalCpuSeconds(farol.pid) - cpuBefore;
  // The first warms up.
  for (let run = 0; run <= runsMin || (cpu() < cpuSecondsMin && run <= runsMax); run++) {
    if (run === 1) cpuBefore = totalCpuSeconds(farol.pid);
    const { ms } = await ask(farol, { query, window, endSeconds: endOf(times, run % stepSeconds) });
    if (run > 0) wallMs.push(ms);
  }
  return { samples, cpuMs: (cpu() * 1000) / wallMs.length, wallMs: median(wallMs) };
}

function pictureOf(
  name: string,
  title: string,
  measured: readonly { name: string; costs: readonly Cost[] }[],
  of: 'cpuMs' | 'wallMs',
) {
  const lines: PlotLine[] = measured.map(({ name, costs }) => ({
    name: name.replace(/,.*/, ''),
    points: costs.map((cost) => ({ x: cost.samples, y: cost[of] })),
  }));
  const svg = plotted({
    title: `${title} (dotted: in proportion)`,
    xName: 'samples in the windows',
    yName: of === 'cpuMs' ? 'CPU' : 'time',
    xShown: (value) => (value >= 1e6 ? `${value / 1e6} M` : count(value)),
    yShown: (value) => (value >= 1000 ? `${value / 1000} s` : `${value} ms`),
    lines,
  });
  return { name, words: `${title} against the samples it touches`, svg };
}
