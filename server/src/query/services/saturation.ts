/** How full a service's resources are: the fullest as one share for the list, each as a chart for its page. */
import type { SaturationChart } from '@farol/contract';
import { type Labels, labelValue, type SeriesColumns } from '#model';
import type { ServicesDeps, ServicesQuestion } from './deps.ts';
import type { MetricService } from './inventory.ts';
import { fillings, type ResourceMetric, resourceMetrics, stateLabels } from './saturation-table.ts';
import { inEither, nameIn, serviceMatchers } from './selectors.ts';
import { chartOf, type Steps } from './steps.ts';

export interface Fullness {
  readonly share: number;
  readonly of: string;
}

type Promql = Pick<ServicesDeps, 'promql'>;

/** By service; services without such metrics are absent. */
export async function fullestOf(
  { promql }: Promql,
  question: ServicesQuestion,
  services: readonly MetricService[],
): Promise<Map<string, Fullness>> {
  const wanted = fillings.flatMap(({ used, limit }) => [used, ...(limit ? [limit] : [])]);
  const present = wanted.filter((metric) => services.some((service) => service.metrics.has(metric)));
  if (present.length === 0) return new Map();
  const select = inEither(question.environment, (more) => `{${[nameIn(present), ...more].join(',')}}`);
  const answer = await promql.instant({
    tenant: question.tenant,
    text: `sum by (__name__, service_name, job, instance, ${stateLabels.join(', ')}) (${select})`,
    timeMs: question.endMs,
    signal: question.signal,
  });
  if (answer.value.kind !== 'vector') return new Map();
  return fullestFrom(answer.value.labels, answer.value.values);
}

function fullestFrom(labels: readonly Labels[], values: Float64Array): Map<string, Fullness> {
  const known = new Map<string, number>();
  const places = new Map<string, { service: string; place: string }>();
  for (const [i, label] of labels.entries()) {
    const service = labelValue(label, 'service_name') || labelValue(label, 'job');
    const place = `${labelValue(label, 'service_name')}\n${labelValue(label, 'job')}\n${labelValue(label, 'instance')}`;
    places.set(place, { service, place });
    known.set(`${place}\n${labelValue(label, '__name__')}\n${stateOf(label)}`, values[i] ?? Number.NaN);
  }
  const fullest = new Map<string, Fullness>();
  for (const { service, place } of places.values()) {
    for (const { of, used, limit, state = '' } of fillings) {
      const share = shareOf(known.get(`${place}\n${used}\n${state}`), limit ? known.get(`${place}\n${limit}\n`) : 1);
      if (share !== undefined && share > (fullest.get(service)?.share ?? -1)) fullest.set(service, { share, of });
    }
  }
  return fullest;
}

function stateOf(labels: Labels): string {
  for (const name of stateLabels) {
    const state = labelValue(labels, name);
    if (state !== '') return state;
  }
  return '';
}

function shareOf(used: number | undefined, limit: number | undefined): number | undefined {
  if (used === undefined || limit === undefined || !(limit > 0) || !(used >= 0)) return undefined;
  return Math.min(1, used / limit);
}

export async function saturationCharts(
  deps: Promql,
  question: ServicesQuestion,
  about: { readonly service: MetricService; readonly steps: Steps },
): Promise<SaturationChart[]> {
  const present = resourceMetrics.filter(({ metric }) => about.service.metrics.has(metric));
  const answers = await Promise.all([
    readGauges(deps, question, { ...about, metrics: present.filter((metric) => !metric.counter) }),
    ...present.filter((metric) => metric.counter).map((metric) => readCounter(deps, question, { ...about, metric })),
  ]);
  return chartsFrom(answers.flat(), about.steps);
}

interface ResourceLine {
  readonly metric: ResourceMetric;
  readonly name: string;
  readonly series: SeriesColumns;
}

async function readGauges(
  { promql }: Promql,
  { tenant, signal }: ServicesQuestion,
  about: { service: MetricService; steps: Steps; metrics: readonly ResourceMetric[] },
): Promise<ResourceLine[]> {
  if (about.metrics.length === 0) return [];
  const matchers = [nameIn(about.metrics.map(({ metric }) => metric)), ...serviceMatchers(about.service)].join(',');
  const text = `sum by (__name__, instance, ${stateLabels.join(', ')}) ({${matchers}})`;
  const answer = await promql.range({ tenant, text, ...evaluated(about.steps), signal });
  if (answer.value.kind !== 'matrix') return [];
  return answer.value.series.flatMap((series) => {
    const metric = about.metrics.find(({ metric }) => metric === labelValue(series.labels, '__name__'));
    return metric ? [lineOf(metric, series)] : [];
  });
}

async function readCounter(
  { promql }: Promql,
  { tenant, signal }: ServicesQuestion,
  about: { service: MetricService; steps: Steps; metric: ResourceMetric },
): Promise<ResourceLine[]> {
  const windowSeconds = Math.ceil(Math.max(150_000, about.steps.stepMs) / 1000);
  const selector = `${about.metric.metric}{${serviceMatchers(about.service).join(',')}}`;
  const text = `sum by (instance) (rate(${selector}[${windowSeconds}s]))`;
  const answer = await promql.range({ tenant, text, ...evaluated(about.steps), signal });
  return answer.value.kind === 'matrix' ? answer.value.series.map((series) => lineOf(about.metric, series)) : [];
}

const evaluated = ({ startMs, stepMs, count }: Steps) => ({
  startMs: startMs + stepMs,
  endMs: startMs + count * stepMs,
  stepMs,
});

function lineOf(metric: ResourceMetric, series: SeriesColumns): ResourceLine {
  const split = metric.split === undefined ? '' : stateOf(series.labels);
  return { metric, name: split || metric.line, series };
}

function chartsFrom(lines: readonly ResourceLine[], steps: Steps): SaturationChart[] {
  const charts = new Map<
    string,
    { name: SaturationChart['name']; unit: SaturationChart['unit']; lines: Record<string, (number | null)[]> }
  >();
  for (const { metric, name, series } of lines) {
    const key = `${metric.chart} ${metric.unit}`;
    const chart = charts.get(key) ?? { name: metric.chart, unit: metric.unit, lines: {} };
    charts.set(key, chart);
    chart.lines[name] ??= new Array<number | null>(steps.count).fill(null);
    addValues(chart.lines[name], series, steps, metric.over);
  }
  const order = resourceMetrics.map(({ chart, unit }) => `${chart} ${unit}`);
  return [...charts.entries()]
    .sort(([a], [b]) => order.indexOf(a) - order.indexOf(b))
    .map(([, { name, unit, lines }]) => ({ name, unit, chart: chartOf(steps, lines) }));
}

function addValues(
  into: (number | null)[],
  series: SeriesColumns,
  { startMs, stepMs }: Steps,
  over: 'sum' | 'max',
): void {
  for (let i = 0; i < series.timesMs.length; i++) {
    const step = Math.round(((series.timesMs[i] ?? 0) - startMs) / stepMs) - 1;
    const value = series.values[i] ?? Number.NaN;
    const known = into[step];
    if (known === undefined || !Number.isFinite(value)) continue;
    into[step] = known === null ? value : over === 'sum' ? known + value : Math.max(known, value);
  }
}
