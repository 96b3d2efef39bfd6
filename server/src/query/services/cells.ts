/** Request metrics, asked of PromQL once per metric and kept as counts per step: every signal is a sum over these. */
import { type Labels, labelValue, type SeriesColumns } from '#model';
import type { ServicesDeps, ServicesQuestion } from './deps.ts';
import type { Dialect } from './dialects.ts';
import { inEither } from './selectors.ts';
import type { Steps } from './steps.ts';

/** Requests of one service, endpoint and outcome. Arrays hold `2 × count` steps: the range before, then the range. */
export interface Cell {
  readonly service: string;
  readonly method: string;
  readonly route: string;
  readonly status: string;
  readonly error: boolean;
  /** Requests per step; NaN where nothing was measured. */
  readonly counts: Float64Array;
  /** Cumulative requests per step, by the bucket's upper bound in milliseconds (+Infinity too); none for counters. */
  readonly buckets: Map<number, Float64Array>;
}

export interface CellQuestion extends ServicesQuestion {
  readonly dialect: Dialect;
  readonly steps: Steps;
  /** Label matchers that narrow it down to one service. */
  readonly matchers: readonly string[];
  /** Keep endpoints apart; the list of services does not need to. */
  readonly byEndpoint: boolean;
}

/** Scrapes and exports are rarely further apart than a minute, and a rate needs two of them. */
const windowMsMin = 150_000;

export async function cellsOf(
  { promql }: Pick<ServicesDeps, 'promql'>,
  question: CellQuestion,
  metric: string,
): Promise<Cell[]> {
  const { steps, tenant, signal } = question;
  const answer = await promql.range({
    tenant,
    text: cellsQuery(question, metric),
    // A step is evaluated at its end, looking back.
    startMs: steps.startMs - (steps.count - 1) * steps.stepMs,
    endMs: steps.startMs + steps.count * steps.stepMs,
    stepMs: steps.stepMs,
    signal,
  });
  const cells = new Map<string, Cell>();
  if (answer.value.kind === 'matrix') for (const series of answer.value.series) addSeries(cells, series, question);
  return [...cells.values()];
}

export function cellsQuery({ dialect, steps, matchers, byEndpoint, environment }: CellQuestion, metric: string): string {
  const endpoint = byEndpoint ? [...dialect.methods, ...dialect.routes] : [];
  const by = ['service_name', 'job', ...dialect.statuses, ...endpoint, ...(metric === dialect.counter ? [] : ['le'])];
  const windowSeconds = Math.ceil(Math.max(windowMsMin, steps.stepMs) / 1000);
  const rates = inEither(environment, (more) => `rate(${metric}{${[...matchers, ...more].join(',')}}[${windowSeconds}s])`);
  return `sum by (${by.join(', ')}) (${rates})`;
}

function addSeries(cells: Map<string, Cell>, series: SeriesColumns, { dialect, steps }: CellQuestion): void {
  const { labels } = series;
  const status = firstOf(labels, dialect.statuses);
  const service = firstOf(labels, ['service_name', 'job']);
  const method = firstOf(labels, dialect.methods);
  const route = firstOf(labels, dialect.routes);
  const key = JSON.stringify([service, method, route, status]);
  let cell = cells.get(key);
  if (cell === undefined) {
    const counts = emptySteps(steps);
    cell = { service, method, route, status, error: dialect.errorOf(status), counts, buckets: new Map() };
    cells.set(key, cell);
  }
  const le = labelValue(labels, 'le');
  if (le === '') return addRates(cell.counts, series, steps);
  const bound = le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le) * dialect.msPerUnit;
  if (Number.isNaN(bound)) return;
  const bucket = cell.buckets.get(bound) ?? emptySteps(steps);
  cell.buckets.set(bound, bucket);
  addRates(bucket, series, steps);
  if (bound === Number.POSITIVE_INFINITY) addRates(cell.counts, series, steps);
}

const emptySteps = (steps: Steps): Float64Array => new Float64Array(2 * steps.count).fill(Number.NaN);

function firstOf(labels: Labels, names: readonly string[]): string {
  for (const name of names) {
    const value = labelValue(labels, name);
    if (value !== '') return value;
  }
  return '';
}

/** Rates become counts; series that several labels tell apart but we do not are summed. */
function addRates(into: Float64Array, { timesMs, values }: SeriesColumns, { startMs, stepMs, count }: Steps): void {
  for (let i = 0; i < timesMs.length; i++) {
    const step = Math.round(((timesMs[i] ?? 0) - startMs) / stepMs) - 1 + count;
    if (step < 0 || step >= into.length) continue;
    const known = into[step] ?? Number.NaN;
    into[step] = (Number.isNaN(known) ? 0 : known) + ((values[i] ?? 0) * stepMs) / 1000;
  }
}
