import { systemClock } from '../../server/src/kit/clock.ts';
import { limits, Refusal } from '../../server/src/model/index.ts';
import { type Answer, createPromql, type Promql } from '../../server/src/query/promql/index.ts';
import { problemOf } from './promqltest-compare.ts';
import { pinned } from './promqltest-pin.ts';
import { type EvalCommand, parseScript } from './promqltest-script.ts';
import { SeriesInMemory } from './promqltest-series.ts';

/** What became of one `eval`: `problem` is undefined when it passed. */
export interface Verdict {
  readonly id: string;
  readonly text: string;
  readonly problem?: string;
}

/** Runs a promqltest script. Every instant eval also runs as the middle of a range, and with its times pinned by `@`. */
export async function runScript(name: string, script: string): Promise<Verdict[]> {
  const store = new SeriesInMemory();
  const promql = createPromql({ select: store.select, limits: limits.query, clock: systemClock, experimental: true });
  const verdicts: Verdict[] = [];
  for (const command of parseScript(script)) {
    if (command.kind === 'clear') store.clear();
    else if (command.kind === 'load') store.load(command.series, command);
    else
      verdicts.push({ id: `${name}:${command.line}`, text: command.text, problem: await problemIn(command, promql) });
  }
  return verdicts;
}

async function problemIn(command: EvalCommand, promql: Promql): Promise<string | undefined> {
  const outcome = await ask(command, promql);
  const failure = command.expects.filter(({ kind }) => kind === 'fail');
  if (failure.length > 0) {
    if (!(outcome instanceof Error)) return 'an answer, expected a failure';
    const text = outcome.message.replace(/^\d+:\d+: parse error: /, '');
    const unmet = failure.find(({ matches }) => matches !== undefined && !matches(text) && !matches(outcome.message));
    return unmet === undefined ? undefined : `failed with "${outcome.message}", expected ${unmet.wish}`;
  }
  if (outcome instanceof Error) return `failed with "${outcome.message}"`;
  return problemOf(command, outcome) ?? (await rangeProblem(command, promql)) ?? (await pinnedProblem(command, promql));
}

async function ask({ text, times }: EvalCommand, promql: Promql): Promise<Answer | Error> {
  const signal = new AbortController().signal;
  try {
    if (times.kind === 'instant') return await promql.instant({ tenant: 'main', text, timeMs: times.timeMs, signal });
    const { startMs, endMs, stepMs } = times;
    return await promql.range({ tenant: 'main', text, startMs, endMs, stepMs, signal });
  } catch (error) {
    if (error instanceof Refusal) return error;
    return new Error(`bug: ${error instanceof Error ? error.stack : error}`);
  }
}

/** The same question as a range of three steps, of which the middle one is the instant. */
async function rangeProblem(command: EvalCommand, promql: Promql): Promise<string | undefined> {
  const { times, text } = command;
  if (times.kind === 'range' || times.samples !== undefined || command.string !== undefined) return undefined;
  if (command.expects.some(({ kind }) => kind === 'ordered') || /\b(start|end|range|step)\(\)/.test(text))
    return undefined;
  const { timeMs } = times;
  const outcome = await ask(
    { ...command, times: { kind: 'range', startMs: timeMs - 60_000, endMs: timeMs + 60_000, stepMs: 60_000 } },
    promql,
  );
  if (outcome instanceof Error) return `as a range: failed with "${outcome.message}"`;
  if (outcome.value.kind !== 'matrix') return 'as a range: not a matrix';
  const series = outcome.value.series.filter(({ timesMs, histograms }) => {
    return timesMs.includes(timeMs) || histograms?.some((sample) => sample.timeMs === timeMs);
  });
  const scalar = command.scalar === undefined ? undefined : series[0]?.values[series[0].timesMs.indexOf(timeMs)];
  const value: Answer['value'] =
    scalar === undefined
      ? {
          kind: 'vector',
          timeMs,
          labels: series.map(({ labels }) => labels),
          values: Float64Array.from(series, ({ timesMs, values }) => values[timesMs.indexOf(timeMs)] ?? 0),
          histograms: series.map(({ histograms }) => histograms?.find((sample) => sample.timeMs === timeMs)?.histogram),
        }
      : { kind: 'scalar', timeMs, value: scalar };
  const problem = problemOf({ ...command, expects: [] }, { ...outcome, value });
  return problem === undefined ? undefined : `as a range: ${problem}`;
}

/** The same question with its times pinned has the same answer, whenever it is asked. */
async function pinnedProblem(command: EvalCommand, promql: Promql): Promise<string | undefined> {
  if (command.times.kind === 'range') return undefined;
  const { timeMs } = command.times;
  const text = pinned(command.text, timeMs);
  if (text === undefined) return undefined;
  for (const askedMs of timeMs === 0 ? [-1000, 0, 1000] : [-10 * timeMs, 0, timeMs / 5, timeMs, 10 * timeMs]) {
    const moved = { ...command, text, times: { ...command.times, timeMs: Math.trunc(askedMs) } };
    const outcome = await ask(moved, promql);
    if (outcome instanceof Error) return `pinned, at ${askedMs}: failed with "${outcome.message}"`;
    // The positions in annotations move with the text, so only their kinds are compared.
    const expects = command.expects.filter(({ matches }) => matches === undefined);
    const problem = problemOf({ ...moved, expects }, outcome) ?? (await rangeProblem(moved, promql));
    if (problem !== undefined) return `pinned, at ${askedMs}, ${text}: ${problem}`;
  }
  return undefined;
}
