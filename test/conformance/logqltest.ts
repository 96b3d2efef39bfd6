import { systemClock } from '../../server/src/kit/clock.ts';
import { type Labels, labelPairs, limits } from '../../server/src/model/index.ts';
import { createLogql, type Logql, type LogqlValue } from '../../server/src/query/logql/index.ts';
import { EntriesInMemory } from './logqltest-entries.ts';
import { type EvalCommand, type ExpectedSeries, parseScript } from './logqltest-script.ts';

/** What became of one `eval`: `problem` is undefined when it passed. */
export interface Verdict {
  readonly id: string;
  readonly query: string;
  readonly isRange: boolean;
  readonly problem?: string;
}

/** 2026-01-01T00:00:00Z. */
const epochNs = 1_767_225_600_000_000_000n;

/** Runs a logqltest script. Every eval runs twice: reading all entries, and with a store that counts where it is asked. */
export async function runScript(name: string, script: string): Promise<Verdict[]> {
  const store = new EntriesInMemory();
  const common = { entries: store.read, limits: limits.query, clock: systemClock };
  const engines = [createLogql(common), createLogql({ ...common, count: store.count })];
  const verdicts: Verdict[] = [];
  for (const command of parseScript(script)) {
    if (command.kind === 'clear') store.clear();
    else if (command.kind === 'load') store.load(command.lines, epochNs);
    else {
      const problems = await Promise.all(engines.map((engine) => problemIn(command, engine)));
      verdicts.push({
        id: `${name}:${command.lineNumber}`,
        query: command.query,
        isRange: command.stepMs !== undefined,
        problem: problems.find((problem) => problem !== undefined),
      });
    }
  }
  return verdicts;
}

async function problemIn(command: EvalCommand, logql: Logql): Promise<string | undefined> {
  const { expected } = command;
  const outcome = await ask(command, logql);
  if (expected.kind === 'fail') {
    if (!(outcome instanceof Error)) return 'an answer, expected a failure';
    return expected.matches(outcome.message)
      ? undefined
      : `failed with "${outcome.message}", expected ${expected.wish}`;
  }
  if (outcome instanceof Error) return `failed with "${outcome.message}"`;
  const actual = seriesIn(outcome, command);
  if (expected.kind === 'scalar') {
    if (outcome.kind !== 'scalar') return `a ${outcome.kind}, expected a scalar`;
    return isClose(outcome.value, expected.value) ? undefined : `${outcome.value}, expected ${expected.value}`;
  }
  if (outcome.kind === 'scalar') return 'a scalar, expected series';
  return difference(
    actual,
    expected.kind === 'empty' ? [] : expected.series,
    expected.kind === 'series' && expected.isOrdered,
  );
}

async function ask({ query, startNs, endNs, stepMs }: EvalCommand, logql: Logql): Promise<LogqlValue | Error> {
  const { signal } = new AbortController();
  const common = { tenant: 'test', text: query, signal };
  try {
    const { value } = await logql.query(
      stepMs === undefined
        ? { kind: 'instant', ...common, timeNs: epochNs + startNs }
        : { kind: 'range', ...common, startNs: epochNs + startNs, endNs: epochNs + endNs, stepMs },
    );
    return value;
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}

function seriesIn(value: LogqlValue, { startNs, endNs, stepMs = 1 }: EvalCommand): ExpectedSeries[] {
  if (value.kind === 'vector')
    return value.samples.map(({ labels, value }) => ({ labels: mapOf(labels), points: [value] }));
  if (value.kind !== 'matrix') return [];
  const startMs = Number((epochNs + startNs) / 1_000_000n);
  const steps = Math.floor(Number(endNs - startNs) / 1e6 / stepMs) + 1;
  return value.series.map(({ labels, timesMs, values }) => {
    const points = new Array<number | undefined>(steps).fill(undefined);
    for (const [i, timeMs] of timesMs.entries()) points[Math.round((timeMs - startMs) / stepMs)] = values[i];
    return { labels: mapOf(labels), points };
  });
}

function mapOf(labels: Labels): Map<string, string> {
  return new Map(labelPairs(labels));
}

function difference(
  actual: readonly ExpectedSeries[],
  expected: readonly ExpectedSeries[],
  isOrdered: boolean,
): string | undefined {
  const show = (series: readonly ExpectedSeries[]): string => series.map(textOf).join('; ');
  if (actual.length !== expected.length) return `${show(actual)}, expected ${show(expected)}`;
  const left = isOrdered ? [...actual] : [...actual].sort(byLabels);
  const right = isOrdered ? [...expected] : [...expected].sort(byLabels);
  const isSame = left.every((series, i) => isSameSeries(series, right[i]));
  return isSame ? undefined : `${show(left)}, expected ${show(right)}`;
}

function labelsOf({ labels }: ExpectedSeries): string {
  return JSON.stringify([...labels].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function byLabels(a: ExpectedSeries, b: ExpectedSeries): number {
  return labelsOf(a) < labelsOf(b) ? -1 : 1;
}

function textOf(series: ExpectedSeries): string {
  return `${labelsOf(series)} ${series.points.map((point) => point ?? '_').join(' ')}`;
}

function isSameSeries(a: ExpectedSeries, b: ExpectedSeries | undefined): boolean {
  if (b === undefined || labelsOf(a) !== labelsOf(b)) return false;
  const count = Math.max(a.points.length, b.points.length);
  return Array.from({ length: count }, (_, i) => isSamePoint(a.points[i], b.points[i])).every(Boolean);
}

function isSamePoint(a: number | undefined, b: number | undefined): boolean {
  return a === undefined || b === undefined ? a === b : isClose(a, b);
}

function isClose(a: number, b: number): boolean {
  if (Object.is(a, b) || a === b) return true;
  return Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b), 1e-300);
}
